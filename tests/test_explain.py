"""Explaining a link: the same weights as linking's own, told in words, and the veto with them."""

from __future__ import annotations

import pandas as pd
import pytest
from test_people import linked, made_tables

from workbench.people.compiled import prior_weight
from workbench.people.explain import explain_pair, explain_pairs, reasons_of, veto_of
from workbench.people.score import VETO, weights_sql

LIKE = {"first_name": "ann", "first_initial": "a", "formals": ["ann"], "first_root": "ann",
        "last_name": "foxton", "house": "1", "street": "mill rd", "flat": "", "town": "norby",
        "postcode": "10001", "tf_first_name": 0.05, "tf_last_name": 0.04}


@pytest.fixture(scope="module")
def campaign():
    tables, _ = made_tables(n=300)
    found, connection = linked(tables)
    return found.model, connection


@pytest.fixture(scope="module")
def sampled(campaign):
    """Pairs of records, their sides, and the weights that linking gave their comparisons."""
    model, connection = campaign
    weights = connection.execute(
        f"SELECT * FROM ({weights_sql(model)}) ORDER BY hash(rid_l, rid_r) LIMIT 400"
    ).df()
    sides = connection.execute("SELECT * FROM side ORDER BY rid").df().set_index("rid")
    left, right = (sides.loc[weights[f"rid_{side}"]].reset_index(drop=True) for side in "lr")
    return weights, left, right


def test_an_explanation_has_the_weights_that_linking_gave(campaign, sampled):
    model, _ = campaign
    weights, left, right = sampled
    told = explain_pairs(left, right, model)
    wide = told.pivot_table(index="pair_number", columns="comparison_name",
                            values="match_weight")
    assert len(wide) == len(weights) > 100
    for comparison in model["comparisons"]:
        name = comparison["output_column_name"]
        difference = wide[name].to_numpy() - weights[f"weight_{name}"].to_numpy()
        assert abs(difference).max() < 1e-9, name


def test_the_running_weight_leads_from_the_prior_to_the_sum(campaign, sampled):
    model, _ = campaign
    weights, left, right = sampled
    steps = explain_pair(left.loc[0].to_dict(), right.loc[0].to_dict(), model)
    assert steps["running_weight"].iloc[0] == pytest.approx(prior_weight(model), abs=1e-12)
    parts = weights.loc[0, [c for c in weights.columns if c.startswith("weight_")]].sum()
    assert steps["running_weight"].iloc[-1] == pytest.approx(prior_weight(model) + parts)
    assert (steps["running_weight"].diff().iloc[1:] - steps["match_weight"].iloc[1:]).abs().max(
        ) < 1e-9


def test_a_veto_is_told_exactly_where_linking_has_it(campaign, sampled):
    model, connection = campaign
    _, left, right = sampled
    told = explain_pairs(left, right[::-1].reset_index(drop=True), model)
    weights = told.pivot_table(index="pair_number", columns="comparison_name",
                               values="match_weight").add_prefix("weight_")
    connection.register("weighed_here", weights)
    is_vetoed = connection.execute(f"SELECT ({VETO}) AS v FROM weighed_here").df()["v"]
    words = [veto_of(part) for _, part in told.groupby("pair_number")]
    assert [bool(text) for text in words] == list(is_vetoed)
    assert is_vetoed.sum() > 100
    assert not any(veto_of(part) for _, part in explain_pairs(left, left, model)
                   .groupby("pair_number"))


def test_reasons_are_words_and_no_value_is_among_them(campaign):
    model, _ = campaign
    told = reasons_of(explain_pair(LIKE, {**LIKE, "phone": "2915550000"}, model))
    assert "the same given name" in told
    assert "the same home" in told
    assert told.index("For one person") < told.index("Nothing to compare")
    assert "telephone number" in told[told.index("Nothing to compare"):]
    assert "place" not in told[told.index("Nothing to compare"):]
    for value in ("ann", "foxton", "mill", "norby", "10001", "2915550000"):
        assert value not in told.lower().replace("anniversary", "")


def test_two_of_one_home_whose_given_names_clash_are_kept_apart_in_words(campaign):
    model, _ = campaign
    other = {**LIKE, "first_name": "hugo", "first_initial": "h", "formals": ["hugo"],
             "first_root": "hugo"}
    steps = explain_pair(LIKE, other, model)
    assert "their given names clash" in veto_of(steps)
    assert "Against: different given names." in reasons_of(steps)
    assert veto_of(explain_pair(LIKE, LIKE, model)) == ""


def test_which_record_stands_on_the_left_does_not_matter(campaign, sampled):
    model, _ = campaign
    _, left, right = sampled
    one, other = explain_pairs(left, right, model), explain_pairs(right, left, model)
    pd.testing.assert_frame_equal(one, other)


def test_missing_values_of_any_kind_say_nothing(campaign):
    model, _ = campaign
    bare = dict.fromkeys(LIKE)
    blank = {"first_name": float("nan"), "birth_date": pd.NaT, "phone": pd.NA}
    steps = explain_pair(bare, blank, model)
    assert (steps["match_weight"].iloc[1:] == 0).all()
