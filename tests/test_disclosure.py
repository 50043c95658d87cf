"""Small cells are hidden, counts rounded, shares taken from rounded counts."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.disclosure import (
    Shape,
    is_dominated,
    protect,
    protect_measure,
    rounded_count,
    rounded_share,
    rounded_sum,
    sum_is_safe,
)
from workbench.errors import DisclosureError
from workbench.measures import Measure
from workbench.settings import Disclosure

PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)


@pytest.mark.parametrize(
    ("n", "shown"), [(0, None), (9, None), (10, 10), (12, 10), (13, 15), (17, 15), (18, 20)]
)
def test_a_count_below_ten_is_hidden_and_others_go_to_the_nearest_five(n, shown):
    assert rounded_count(n, PROFILE) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(10, 47, None), (10, 48, 0.20), (9, 100, None), (24, 98, 0.25), (100, 100, 1.0)],
)
def test_a_share_comes_from_rounded_counts_on_a_base_of_fifty_or_more(part, whole, shown):
    assert rounded_share(part, whole, PROFILE) == shown


@pytest.mark.parametrize(
    ("total", "largest", "two", "hidden"),
    [(100, 50, 90, False), (100, 51, 60, True), (100, 50, 91, True), (0, 0, 0, True),
     (-5, 1, 2, True)],
)
def test_a_sum_that_one_or_two_gifts_dominate_is_hidden(total, largest, two, hidden):
    assert is_dominated(total, largest, two) is hidden


def test_a_sum_keeps_three_digits():
    assert [rounded_sum(v) for v in (0, 123, 99_950, -1_234_567, None)] == [
        0, 123, 100_000, -1_230_000, None,
    ]


def test_one_large_gift_makes_a_sum_unsafe():
    assert sum_is_safe(pd.Series([10, 10, 10, 10]))
    assert not sum_is_safe(pd.Series([10, 10, 1000]))


def test_a_hidden_row_shows_no_number_at_all():
    frame = pd.DataFrame({
        "segment": ["a", "b"], "n_donors": [9, 101], "n_all": [110, 110],
        "raised": [900, 10_123], "top": [100, 300], "top_two": [200, 600],
        "mean": [100.0, 100.2],
    })
    shape = Shape("n_donors", ("n_donors", "n_all"), {"share": ("n_donors", "n_all")},
                  {"raised": ("top", "top_two")}, ("mean",))
    shown = protect(frame, PROFILE, shape=shape)
    numbers = ["n_donors", "n_all", "share", "raised", "mean"]
    assert shown.loc[0, numbers].isna().all()
    assert shown.loc[1, numbers].tolist() == [100, 110, 0.91, 10_100, 100]
    assert not {"top", "top_two"} & set(shown.columns)


def test_a_number_without_a_rule_is_refused():
    with pytest.raises(DisclosureError, match="Column 'age_years'.*no rule protects"):
        protect(pd.DataFrame({"n": [50], "age_years": [40]}), PROFILE, shape=Shape("n", ("n",)))


def measure(value, form, n, **ends):
    return Measure("m", "M", value, form, "people", "Meaning.", n=n, **ends)


@pytest.mark.parametrize(
    ("form", "value", "n", "shown"),
    [("count", 9, 9, None), ("count", 1013, 1013, 1015), ("share", 0.333, 99, 0.35),
     ("share", 0.333, 40, None), ("money", 123_456, 12, 123_000), ("money", 123_456, 9, None),
     ("number", 3.14159, 100, 3.1)],
)
def test_a_measure_is_protected_by_its_form(form, value, n, shown):
    assert protect_measure(measure(value, form, n), PROFILE).value == shown


def test_a_tally_of_rows_stays_exact():
    exact = Measure("rows", "Rows", 7, "count", "rows", "Rows.", is_about_people=False)
    assert protect_measure(exact, PROFILE) == exact


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_no_shown_share_tells_a_part_under_ten(part, rest):
    shown = rounded_share(part, part + rest, PROFILE)
    assert shown is None or (part >= 10 and 0 <= shown <= 1)


@pytest.mark.parametrize("form", ["share", "count", "money", "number", "days", "probability"])
def test_a_measure_of_nobody_has_no_value_and_can_be_protected(form):
    none = Measure("x", "X", float("nan"), form, "", "", n=0, low=float("nan"),
                   high=float("inf"), column="n_all", part="n_part", population="people")
    assert (none.value, none.low, none.high) == (None, None, None)
    assert protect_measure(none, PROFILE).value is None
