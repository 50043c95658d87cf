"""Linking that cannot fool itself: two-way names, contradictions, and estimates that are none."""

from __future__ import annotations

import itertools

import duckdb
import numpy as np
import pandas as pd
import pytest
from made_lists import make_lists, pairwise
from made_names import list_with_wrong_days, two_way_list
from test_link_file import crosswalk, link

from workbench.people.anytables.doubts import find_doubts
from workbench.people.anytables.group import Evidence, group_records
from workbench.people.anytables.grow import Groups
from workbench.people.anytables.hard import Hard, hard_of
from workbench.people.anytables.seen import same_day_by_chance

ESTIMATE = "by the model's own estimate"


@pytest.mark.slow
@pytest.mark.parametrize("share", [
    0.0, pytest.param(0.01, marks=pytest.mark.slow), pytest.param(0.02, marks=pytest.mark.slow),
    0.05, 0.1])
def test_people_with_two_given_names_are_not_taken_for_each_other(tmp_path, capsys, share):
    rows = two_way_list(1_500, share=share, seed=8)
    rows.drop(columns="who").to_csv(tmp_path / "names.csv", index=False)
    assert link(tmp_path, "names.csv") == 0
    found = crosswalk(tmp_path)
    precision, recall = pairwise(found, rows["who"])
    assert precision >= 0.97 or ESTIMATE not in capsys.readouterr().err
    assert recall >= 0.9
    assert _n_contradicting(rows.assign(person=found["person"])) == 0


@pytest.mark.slow
def test_one_day_of_birth_does_not_make_strangers_one_person(tmp_path, capsys):
    """Learning took all who share a day for one person: 80 % right, 95 % printed."""
    rows = list_with_wrong_days(2_750, share=0.05, seed=1)
    rows.drop(columns="who").to_csv(tmp_path / "names.csv", index=False)
    (tmp_path / "map.yaml").write_text(
        "date_format: '%Y%m%d'\ncolumns: {first_name: first_name, last_name: last_name, "
        "birth_date: birth_digits}\n")
    assert link(tmp_path, "names.csv", "--map", "map.yaml") == 0
    precision, recall = pairwise(crosswalk(tmp_path), rows["who"])
    assert ESTIMATE in capsys.readouterr().err
    assert precision >= 0.97
    assert recall >= 0.95


def test_the_chance_of_one_day_of_birth_follows_from_years_and_days_of_the_year():
    """Ten pairs of five rows: four share the year, one the day, so 0.4 times 0.1."""
    connection = duckdb.connect()
    connection.execute("CREATE TABLE record AS SELECT unnest(['19500101', '19500102', '19500103', "
                       "'19510101', '19510104', '1951']) AS birth_digits")
    assert same_day_by_chance(connection) == pytest.approx(0.4 * 0.1)
    connection.execute("DELETE FROM record")
    assert same_day_by_chance(connection) == 0


@pytest.mark.parametrize(("is_said_elsewhere", "n_people"), [(False, 2), (True, 1)])
def test_rows_that_sure_links_hold_together_say_how_much_doubtful_pairs_are_worth(
    is_said_elsewhere, n_people
):
    """Two pairs of rows of whom one of four pairs between them is likelier than not.

    Forty people have three rows, held together by two sure links. Where the third pair of each
    is as doubtful as those, such pairs are one person more often than the model holds.
    """
    weights = {(120, 121): 40.0, (122, 123): 40.0, (120, 122): 7.2, (120, 123): 5.5,
               (121, 122): 5.5, (121, 123): 5.5}
    for first in range(0, 120, 3):
        weights |= {(first, first + 1): 40.0, (first + 1, first + 2): 40.0}
        weights |= {(first, first + 2): 5.5} if is_said_elsewhere else {}
    person = group_records(_one_file(weights, n=124), precision_min=0.0, cut=0.5).person
    assert len(set(person[120:])) == n_people
    assert len(set(person[:120])) == 40


def test_however_many_rows_people_have_one_doubtful_link_chains_no_strangers():
    """Ten people of twelve rows make 550 doubtful pairs that their sure links hold together.

    Two others of two rows each have one doubtful link, and three pairs that share nothing.
    """
    weights = {(120, 121): 40.0, (122, 123): 40.0, (120, 122): 5.0}
    for first in range(0, 120, 12):
        for one, other in itertools.combinations(range(first, first + 12), 2):
            weights[one, other] = 40.0 if other == one + 1 else 4.0
    person = group_records(_one_file(weights, n=124), precision_min=0.0, cut=0.5).person
    assert len(set(person[120:])) == 2
    assert len(set(person[:120])) == 10


def _one_file(weights: dict[tuple[int, int], float], n: int) -> Evidence:
    left, right = (np.array(side) for side in zip(*weights, strict=True))
    nothing = np.zeros(n, dtype=int)
    return Evidence(nothing, np.array([False]), left, right, np.array(list(weights.values())),
                    np.zeros(len(left), dtype=bool), Hard(nothing, nothing, nothing))


def _n_contradicting(rows: pd.DataFrame) -> int:
    """Count pairs of one person whose dates of birth have more than two digits different."""
    return sum(
        sum(a != b for a, b in zip(one, other, strict=True)) > 2
        and (one[:4] != other[:4] or one[5:7] != other[8:] or one[8:] != other[5:7])
        and (one[5:] != other[5:] or abs(int(one[:4]) - int(other[:4])) > 10)
        and "01-01" not in (one[5:], other[5:])
        for _, group in rows.groupby("person") if len(group) > 1
        for one, other in itertools.combinations(group["birth_date"], 2))


def test_a_group_does_not_grow_to_one_that_has_two_dates_of_birth():
    """The first and the third speak for the second; together they contradict each other."""
    nothing = np.zeros(3, dtype=int)
    hard = Hard(np.array([19800203, 0, 19711130]), nothing, nothing)
    groups = Groups(nothing, np.array([False]), threshold=0.0, hard=hard)
    groups.connect([0, 1, 0], [1, 2, 2], [9.0, 8.0, 7.0])
    assert groups.grown() == {0: [0, 1], 2: [2]}


@pytest.mark.parametrize(("one", "other", "is_contradiction"), [
    (19800203, 19711130, True), (19800203, 19800203, False), (19800203, 19800204, False),
    (19800203, 19800302, False), (19800203, 19890203, False), (19800203, 19960203, False),
    (19800203, 20030203, True), (19800203, 19991224, True), (19800203, 0, False),
    (19800203, 19710101, False), (19830215, 19831015, False), (19830215, 19831029, True),
    (17250725, 17320925, False), (17250725, 17370925, True), (16280613, 16320614, False),
])
def test_two_days_of_birth_contradict_where_no_typing_error_explains_them(
    one, other, is_contradiction
):
    nothing = np.zeros(2, dtype=int)
    hard = Hard(np.array([one, other]), nothing, nothing)
    assert hard.contradict(np.array([0]), np.array([1])).tolist() == [is_contradiction]


@pytest.mark.parametrize(("numbers", "n_people"), [
    (("E100234", "E100871"), 2), (("E100234", "e-100 234"), 1), (("000456", "456"), 1),
])
def test_two_elector_numbers_are_two_people_and_spelling_does_not_matter(
    tmp_path, numbers, n_people
):
    rows = make_lists(40, seed=3)[0].drop(columns=["who", "id"]).assign(
        voter_id=lambda x: [f"N{n}" for n in range(len(x))])
    twice = pd.DataFrame({
        "first_name": "zebedee", "last_name": "quillfeather", "birth_date": "1961-05-17",
        "address_line": "3 far lane", "postcode": "99999", "voter_id": numbers})
    pd.concat([rows, twice]).to_csv(tmp_path / "electors.csv", index=False)
    assert link(tmp_path, "electors.csv") == 0
    assert crosswalk(tmp_path)["person"].tail(2).nunique() == n_people


def test_dates_that_are_not_of_birth_get_no_estimate_and_the_reason(tmp_path, capsys):
    """Mapped is the day on which a row was written, another one in every row of a person."""
    rng = np.random.default_rng(4)
    for name, rows in zip("ab", make_lists(80, seed=6), strict=True):
        days = [f"{rng.integers(1950, 2005)}-{rng.integers(1, 13):02d}-{rng.integers(2, 29):02d}"
                for _ in range(len(rows))]
        rows.drop(columns=["who", "id"]).assign(birth_date=days).to_csv(
            tmp_path / f"{name}.csv", index=False)
    assert link(tmp_path, "a.csv", "b.csv") == 0
    said = capsys.readouterr().err
    assert ESTIMATE not in said
    assert "no estimate of how many links are right" in said
    assert "the date of birth differs" in said


def test_dates_decide_nothing_where_rows_with_one_number_often_have_two():
    """Of forty pairs that share a number one has two dates: 2.5 %, more than one in a hundred."""
    born = np.repeat([19800203], 80)
    born[1] = 19711130
    numbers = np.repeat(np.arange(1, 41), 2)
    left, right = np.arange(0, 80, 2), np.arange(1, 80, 2)
    hard = Hard(born, np.zeros(80, dtype=int), numbers)
    strangers = (np.array([1]), np.array([2]))
    assert hard.contradict(*strangers).tolist() == [True]
    assert hard.with_dates_that_hold(left, right).contradict(*strangers).tolist() == [False]
    few = hard.with_dates_that_hold(left[:20], right[:20])
    assert few.contradict(*strangers).tolist() == [True]


def test_a_year_in_which_nobody_of_a_list_was_born_is_no_evidence():
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE record AS SELECT rid, strptime(said, '%Y%m%d')::DATE AS birth_date, said AS "
        "birth_digits, NULL::TEXT AS voter_id, NULL::TEXT AS person_number FROM (VALUES "
        "(1, '19210808'), (2, '98210808'), (3, '10210808')) AS t(rid, said)")
    assert hard_of(connection).born.tolist() == [19210808, 0, 0]


def test_links_that_other_rows_contradict_are_a_doubt():
    """One in five likely links is not made since other rows of the groups speak against it."""
    assert find_doubts({"comparisons": []}, torn_share=0.04) == ()
    (said,) = find_doubts({"comparisons": []}, torn_share=0.2)
    assert said.startswith("20% of the likely links are contradicted by other rows")


def test_places_that_say_nothing_of_a_person_get_no_estimate_and_the_reason(tmp_path, capsys):
    """The town is the one in which a row was written, another one in most rows of a person."""
    towns = np.array([f"{name}ton" for name in ("nor", "east", "sou", "wes", "mid", "upper", "lo",
                                                "far", "near", "old", "new", "king")])
    rng = np.random.default_rng(4)
    for name, rows in zip("ab", make_lists(80, seed=6), strict=True):
        rows.drop(columns=["who", "id", "address_line", "postcode"]).assign(
            town_name=rng.choice(towns, len(rows))).to_csv(tmp_path / f"{name}.csv", index=False)
    assert link(tmp_path, "a.csv", "b.csv") == 0
    said = capsys.readouterr().err
    assert ESTIMATE not in said
    assert "the place differs" in said


def test_lists_whose_links_hold_together_get_an_estimate(tmp_path, capsys):
    for name, rows in zip("ab", make_lists(80, seed=6), strict=True):
        rows.drop(columns=["who", "id"]).to_csv(tmp_path / f"{name}.csv", index=False)
    assert link(tmp_path, "a.csv", "b.csv") == 0
    assert ESTIMATE in capsys.readouterr().err
