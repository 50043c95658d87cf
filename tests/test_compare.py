"""Two versions are compared by what they showed: a change that may be none is not called one."""

from __future__ import annotations

import pytest

from workbench.exhibits.changes import change_of, change_since
from workbench.exhibits.forms import House


def headline(value, low=None, high=None, form="count"):
    return {"value": value, "low": low, "high": high, "form": form}


@pytest.mark.parametrize(("before", "after", "expected"), [
    (headline(40), headline(50), "+10"),
    (headline(50), headline(40), "−10"),
    (headline(40), headline(40), "no change"),
    (headline(40, 30, 50), headline(55, 50, 60), "no clear change"),
    (headline(40, 30, 50), headline(56, 51, 61), "+16"),
    (headline(None), headline(40), "not known"),
    (headline(None), headline(None), "no change"),
    (headline(40), headline(0.5, form="share"), "not known"),
    (headline(0.25, form="share"), headline(0.5, form="share"), "+25 points"),
    (headline(0.25, form="probability"), headline(0.5, form="probability"), "+25 points"),
    (headline(0.25, form="share"), headline(0.24, form="share"), "−1 point"),
])
def test_a_change_is_told_where_its_interval_leaves_out_zero(before, after, expected):
    assert change_of(before, after, House()) == expected


@pytest.mark.parametrize(("release", "before", "expected"), [
    ("", None, "no earlier version"),
    ("2026-10-05-a", None, "new since 2026-10-05-a"),
    ("2026-10-05-a", headline(40), "+10 since 2026-10-05-a"),
    ("2026-10-05-a", headline(50), "no change since 2026-10-05-a"),
])
def test_a_tile_is_never_without_a_word_on_its_change(release, before, expected):
    assert change_since(release, before, headline(50), House()) == expected
