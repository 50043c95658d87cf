"""A build notes what it shows, refuses what no rule has seen, and hides more where it must."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_briefs import made_settings
from made_campaign import FINDING, make_campaign, make_notebook, write_notebook

from workbench.briefs.run import run_notebook
from workbench.disclosure import (
    Shape,
    close_ledger,
    exempt,
    forget_ledger,
    open_ledger,
    protect,
    protect_measure,
)
from workbench.errors import DisclosureError
from workbench.exhibits import open_brief
from workbench.figures import bars
from workbench.measures import Measure
from workbench.settings import Disclosure, load_settings

pytestmark = pytest.mark.usefixtures("in_stage")

PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)
AREAS = Shape("n_people", ("n_people",), population="people", dimensions=("area",))
SHOW = """\
headlines = [Measure("n_people", "People", 77, "count", "people", "All.", n=77,
                     population="people"), measure("n_second", 2), measure("n_third", 3)]
brief.headlines(headlines)"""
TABLE = """\
from workbench.disclosure import Shape, protect
people = pd.DataFrame({"area": ["east", "north", "west"], "n_people": [40, 33, 4]})
shape = Shape("n_people", ("n_people",), population="people", dimensions=("area",))
brief.table(protect(people, load_settings().disclosure, shape=shape), title="People by area")"""


@pytest.fixture(autouse=True)
def own_ledger():
    open_ledger()
    yield
    forget_ledger()


def areas(*counts):
    return pd.DataFrame({"area": list("abcdefg")[: len(counts)], "n_people": list(counts)})


def total(n, **of):
    return Measure("n_people", "People", n, "count", "people", "All.", n=n, **of)


def planned(**options):
    return close_ledger(data="x", **options).content["plan"]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A brief whose headline and table would give its small area away."""
    forget_ledger()
    root = make_campaign(tmp_path_factory.mktemp("campaign"))
    write_notebook(root, "count", make_notebook(FINDING, SHOW, TABLE, "brief.provenance()"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_WARM", "0")
        run_notebook(load_settings(root), "count")
    return root


@pytest.mark.slow
def test_a_brief_is_run_again_with_one_more_area_hidden(built):
    page = (built / "reports/count.html").read_text(encoding="utf-8")
    assert page.count("<td class=\"r\">hidden</td>") == 2
    assert "<strong>75</strong>" in page
    executed = json.loads((built / "data/executed/count.ipynb").read_text(encoding="utf-8"))
    assert executed["metadata"]["n_hidden_second"] == 1
    assert not [cell for cell in executed["cells"] if "close_ledger" in "".join(cell["source"])]


def test_a_brief_leaves_its_public_cells_and_no_exact_number(built):
    text = (built / "data/shown/count.json").read_text(encoding="utf-8")
    values = {tuple(cell["dimensions"].values()): cell["value"]
              for cell in json.loads(text)["cells"]}
    assert values == {(): 75, ("east",): 40, ("north",): None, ("west",): None}
    assert "33" not in text


def test_a_table_that_no_rule_has_seen_is_refused_in_a_build():
    brief = open_brief(made_settings())
    with pytest.raises(DisclosureError, match="'By area' shows 1 numbers in column 'n_people'"):
        brief.table(areas(40), title="By area")
    caption = brief.caption(title="Areas", subtitle="People", alt_text="Bars of people by area.")
    with pytest.raises(DisclosureError, match="did not come out"):
        bars(areas(40), category="area", value="n_people", caption=caption)


def test_protected_and_exempt_numbers_are_shown():
    brief = open_brief(made_settings())
    brief.table(protect(areas(41, 77), PROFILE, shape=AREAS), title="By area")
    brief.table(exempt(areas(3), "rows of a file"), title="By file")
    assert close_ledger(data="x").content["shown"]["exempt"] == ["n_people: rows of a file"]


def test_outside_a_build_nothing_is_noted_or_refused():
    forget_ledger()
    protect(areas(41, 4), PROFILE, shape=AREAS)
    open_brief(made_settings()).table(areas(41), title="By area")
    assert close_ledger(data="x").content["shown"]["cells"] == []


@pytest.mark.parametrize(
    ("counts", "n_more"),
    [((40, 33, 4), 1),  # the total leaves the last one between 0 and 6
     ((40, 33, 14), 0),  # nothing is small
     ((40, 4, 1), 1),  # the two small ones together are 1 to 9, so each is 0 to 9
     ((40, 4, 4), 0),  # together they are 6 to 14, so each is 0 to 14
     ((41, 42, 43, 44, 9), 0)],  # rounding alone leaves the last one between 0 and 17
)
def test_one_cell_more_is_hidden_where_the_total_gives_a_small_one_away(counts, n_more):
    protect(areas(*counts), PROFILE, shape=AREAS)
    protect_measure(total(sum(counts), population="people"), PROFILE)
    assert len(planned()) == n_more


def test_a_table_whose_total_nobody_shows_hides_nothing_more():
    protect(areas(40, 33, 4), PROFILE, shape=AREAS)
    protect_measure(total(77), PROFILE)
    assert planned() == []


def test_the_few_who_are_left_over_from_a_share_are_not_given_away():
    rows = areas(500, 500).assign(n_known=[495, 300])
    shape = Shape("n_people", ("n_people", "n_known"), {"share": ("n_known", "n_people")},
                  population="people", dimensions=("area",))
    protect(rows, PROFILE, shape=shape)
    assert planned() == [["people", "n_known", {"area": "a"}]]


def test_a_planned_basis_hides_its_whole_row():
    open_ledger(json.dumps([["people", "n_people", {"area": "a"}]]))
    rows = areas(500, 500).assign(n_known=[300, 300])
    shape = Shape("n_people", ("n_people", "n_known"), {"share": ("n_known", "n_people")},
                  population="people", dimensions=("area",))
    shown = protect(rows, PROFILE, shape=shape)
    assert shown.drop(columns="area").isna().all(axis=1).tolist() == [True, False]


def test_a_sum_of_money_that_others_give_away_takes_another_with_it():
    money = areas(20, 20, 20).assign(
        raised_minor=[100_000, 90_000, 50_000], top=[10_000, 9_000, 40_000],
        two=[20_000, 18_000, 45_000])
    shape = Shape("n_people", ("n_people",), sums={"raised_minor": ("top", "two")},
                  mean_of={"mean_minor": "raised_minor"}, population="people",
                  dimensions=("area",))
    shown = protect(money, PROFILE, shape=shape)
    assert shown["mean_minor"].fillna(0).tolist() == [5000, 4500, 0]
    raised = Measure("raised", "Raised", 240_000, "money", "", "All.", n=60, population="people",
                     column="raised_minor")
    protect_measure(raised, PROFILE)
    assert planned() == [["people", "raised_minor", {"area": "b"}]]


def test_cells_that_are_said_to_add_up_and_do_not_are_refused():
    protect(areas(40, 33, 4), PROFILE, shape=AREAS)
    protect_measure(total(90, population="people"), PROFILE)
    with pytest.raises(DisclosureError, match="said to be the sum of 3 cells.*and is not"):
        close_ledger(data="x")


def test_one_cell_with_two_numbers_is_refused():
    protect(areas(40, 33), PROFILE, shape=AREAS)
    protect(areas(40, 32), PROFILE, shape=AREAS)
    with pytest.raises(DisclosureError, match=r"differently.*\(area b\)"):
        close_ledger(data="x")


def test_tables_that_name_no_population_are_kept_apart():
    plain = Shape("n_people", ("n_people",))
    protect(areas(40, 33), PROFILE, shape=plain)
    protect(areas(40, 32), PROFILE, shape=plain)
    assert len(close_ledger(data="x").content["shown"]["cells"]) == 4


def test_a_run_without_a_hidden_cell_solves_no_programme(monkeypatch):
    monkeypatch.setattr("workbench.disclosure.secondary.plan_hiding", None)
    protect(areas(40, 33), PROFILE, shape=AREAS)
    assert planned() == []


def test_cells_of_the_same_data_that_were_published_are_not_hidden_in_vain(tmp_path):
    protect(areas(40, 33, 30), PROFILE, shape=AREAS)
    before = close_ledger(data="x").content["shown"]
    (tmp_path / "before.json").write_text(json.dumps(before))
    open_ledger()
    protect(areas(40, 33, 30).assign(n_new=[12, 30, 4]), PROFILE, shape=Shape(
        "n_people", ("n_people", "n_new"), population="people", dimensions=("area",)))
    protect_measure(Measure("n_new", "New", 46, "count", "people", "All.", n=46,
                            population="people"), PROFILE)
    told = planned(baseline=[str(tmp_path / "before.json")])
    assert told == [["people", "n_new", {"area": "a"}]]


def test_a_cell_hidden_before_is_not_given_away_by_a_new_table(tmp_path):
    protect(areas(58, 53, 3), PROFILE, shape=AREAS)
    (tmp_path / "before.json").write_text(json.dumps(close_ledger(data="x").content["shown"]))
    open_ledger()
    protect_measure(total(114, population="people"), PROFILE)
    told = planned(baseline=[str(tmp_path / "before.json")])
    assert told == [["people", "n_people", {}]]


def share(frame, part="n_known"):
    whole = int(frame["n_people"].sum())
    return Measure("known_share", "Known", frame[part].sum() / whole, "share", "people", "All.",
                   n=whole, population="people", column="n_people", part=part)


def test_a_share_of_which_the_part_is_hidden_still_says_of_how_many_it_is():
    open_ledger(json.dumps([["people", "n_known", {}]]))
    shown = protect_measure(share(areas(200, 100).assign(n_known=[150, 80])), PROFILE)
    assert (shown.value, shown.n) == (None, 300)
    cells = {cell["measure"]: cell["value"] for cell in
             close_ledger(data="x").content["shown"]["cells"]}
    assert cells == {"n_people": 300, "n_known": None}


@pytest.mark.parametrize("seed", range(40))
def test_a_second_run_shows_no_other_cells_than_the_first_asked_for(seed):
    """Parts, shares and totals of one population, of which any may be small."""
    chosen = np.random.default_rng(seed)
    n_areas = int(chosen.integers(1, 7))
    people = chosen.integers(1, 70, n_areas)
    known = chosen.binomial(people, chosen.choice([0.05, 0.5, 0.97]))
    frame = areas(*map(int, people)).assign(n_known=known)
    parts = Shape("n_people", ("n_people", "n_known"), population="people",
                  dimensions=("area",), shares={"known_share": ("n_known", "n_people")},
                  parts={"n_people": ("n_known",)})
    whole = frame[["n_people", "n_known"]].sum().to_frame().T.assign(seat="the only one")
    plan = []
    for _ in range(2):
        open_ledger(json.dumps(plan))
        protect(frame, PROFILE, shape=parts)
        protect(whole, PROFILE, shape=replace(parts, dimensions=("seat",)))
        protect_measure(share(frame), PROFILE)
        plan = planned()
    assert plan == []


def test_the_base_of_a_number_counts_people_of_its_population():
    """Else all people of a budget, less those of its shown channels, would be the hidden ones."""
    open_ledger()
    votes = Measure("votes", "Votes", 10.4, "number", "votes", "Votes.", n=98,
                    population="contacts", column="n_people")
    rows = pd.DataFrame({"channel": ["door", "phone", "post"], "n_people": [53, 42, 3]})
    shape = Shape("n_people", ("n_people",), population="contacts", dimensions=("channel",))
    assert protect_measure(votes, PROFILE).n == 100
    protect(rows, PROFILE, shape=shape)
    closed = close_ledger(data="x").content
    assert [cell["value"] for cell in closed["shown"]["cells"] if not cell["dimensions"]] == [100]
