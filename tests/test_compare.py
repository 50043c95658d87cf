"""Two versions are compared by what they showed: a change that may be none is not called one."""

from __future__ import annotations

import pytest

from workbench.exhibits.forms import House
from workbench.releases.compare import change_of


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
    (headline(0.25, form="share"), headline(0.5, form="share"), "+25%"),
])
def test_a_change_is_told_where_its_interval_leaves_out_zero(before, after, expected):
    assert change_of(before, after, House()) == expected
