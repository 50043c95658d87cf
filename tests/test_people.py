"""Linking: standard identifiers, weights equal to Splink's, and people who are one or two."""

from __future__ import annotations

import copy
from functools import cache

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workbench.people import standardise as s
from workbench.people.compiled import prior_weight
from workbench.people.em import Vectors, maximise_m
from workbench.people.link import link_tables
from workbench.people.model import TRAINING_KEYS, assumed_m, learned_from_key
from workbench.people.posterior import (
    choose_cut,
    pair_probabilities,
    repeat_factors,
    rival_probabilities,
    without_repeats,
)
from workbench.people.reading import Reading
from workbench.people.resolve import NOBODY, Evidence, resolve
from workbench.people.score import weights_sql
from workbench.tables import TABLES, table_named

AS_OF_YEAR = 2026
FIRST = ("Ann", "Robert", "Carla", "Dmitri", "Elaine", "Frank", "Grace", "Hugo", "Ines", "Jonas",
         "Karen", "Liam", "Maria", "Noel", "Olga", "Peter", "Quentin", "Rosa", "Simon", "Tessa")
LAST = ("Abbot", "Brankov", "Carver", "Dunmore", "Ellery", "Foxton", "Garrick", "Holloway",
        "Ivers", "Jessop", "Kirwan", "Lomax", "Maddox", "Norwood", "Oakden", "Penrose",
        "Quarles", "Rowntree", "Selwyn", "Thackray", "Underhay", "Vickers", "Wardle", "Yardley")


def sql(expression, text):
    return duckdb.execute(f"SELECT {expression} FROM (SELECT ? AS x)", [text]).fetchall()[0][0]


@pytest.mark.parametrize(("text", "plain"), [
    ("Müller-Lüdenscheidt", "muller ludenscheidt"), ("O'Neil", "oneil"), ("Łukasz", "lukasz"),
    ("Straße", "strasse"), (" JR. ", "jr"), ("", None), ("—", None), (None, None),
])
def test_names_become_plain_letters(text, plain):
    assert sql(s.letters("x"), text) == plain


@pytest.mark.parametrize(("words", "name"), [
    ("dr robert", "robert"), ("robert james", "robert"), ("mr", "mr"), ("drew", "drew"),
])
def test_a_title_is_no_given_name(words, name):
    assert sql(s.given_name("x"), words) == name


@pytest.mark.parametrize(("text", "digits"), [
    ("+44 (0)7700 900123", "7700900123"), ("07700 900123", "7700900123"),
    ("(291) 555-1234", "2915551234"), ("1-291-555-1234", "2915551234"), ("0000000000", None),
    ("123", None), ("1234567890", None), ("", None),
])
def test_a_number_is_compared_without_its_country(text, digits):
    assert sql(s.phone_digits("x"), text) == digits


@pytest.mark.parametrize(("text", "address"), [
    (" Ann+news@Example.ORG ", "ann@example.org"), ("none@example.org", None), ("ann@", None),
])
def test_an_address_that_is_none_says_nothing(text, address):
    assert sql(s.email_address("x"), text) == address


@pytest.mark.parametrize(("text", "key"), [
    ("2134", "02134"), ("02134-1000", "02134"), ("ab1 2cd", "AB12CD"), ("", None),
])
def test_a_postcode_has_one_form(text, key):
    assert sql(s.postcode_key("x"), text) == key


def test_an_address_is_parted_into_house_street_and_flat():
    for text in ("12b North Street, Apt. 4", "12B N St #4", "Apartment 4, 12b North St"):
        plain = sql(s.address_text("x"), text)
        assert sql(s.house_number("x"), plain) == "12b", text
        assert sql(s.flat_number("x"), plain) == "4", text
        assert sql(s.street_name("x"), plain) == "n st", text
    assert sql(s.address_text("x"), "REMOVED") is None


def made_tables(n=600, *, seed=5, moved=0.15):
    """An invented register, and a file of donors of whom the elector is known by number."""
    tables, truth = _made_once(n, seed, moved)
    return {name: rows.copy() for name, rows in tables.items()}, truth.copy()


@cache
def _made_once(n, seed, moved):
    rng = np.random.default_rng(seed)
    number = np.arange(n)
    voters = pd.DataFrame({
        "source_name": "register", "voter_id": [f"V{i:05}" for i in number],
        "first_name": rng.choice(FIRST, n), "last_name": rng.choice(LAST, n),
        "birth_date": pd.Timestamp("1950-01-01")
        + pd.to_timedelta(rng.integers(0, 18_000, n), "D"),
        "address_line": [f"{rng.integers(1, 90)} {w} Road" for w in rng.choice(LAST, n)],
        "town_name": rng.choice(["Norby", "Estham"], n),
        "postcode": [f"{p:05}" for p in rng.integers(10_000, 10_060, n)],
        "phone": [f"291{p:07}" for p in rng.permutation(9_000_000)[:n] + 1_000_000],
    })
    gifts = voters.sample(n // 2, random_state=seed).reset_index(drop=True)
    truth = gifts["voter_id"].to_numpy()
    gifts = gifts.assign(source_name="gifts", donation_id=[f"D{i:04}" for i in gifts.index],
                         email=[f"m{i}@mail.example" for i in gifts.index])
    has_moved = rng.random(len(gifts)) < moved
    gifts.loc[has_moved, ["address_line", "postcode"]] = ["1 New Street", "99999"]
    gifts.loc[rng.random(len(gifts)) < 0.3, "phone"] = None
    return {"voters": voters, "donations": gifts.drop(columns=["voter_id", "birth_date"])}, truth


def laid_out(connection, tables):
    """Lay the tables in ``connection`` with the columns and kinds of the canonical ones."""
    kinds = {"birth_date": "DATE", "birth_year": "BIGINT", "age_years": "BIGINT"}
    for name, rows in tables.items():
        frame = rows.reindex(columns=table_named(name).column_names)
        chosen = ", ".join(
            f'CAST("{c}" AS {kinds.get(c, "VARCHAR")}) AS "{c}"' for c in frame.columns)
        connection.register(f"given_{name}", frame.astype(object).where(frame.notna(), None))
        connection.execute(f"CREATE TABLE {name} AS SELECT {chosen} FROM given_{name}")


def linked(tables, *, precision_min=0.99, model=None):
    connection = duckdb.connect()
    laid_out(connection, tables)
    found = link_tables(connection, list(tables), reading=Reading(AS_OF_YEAR),
                        precision_min=precision_min, model=model)
    return found, connection


def rows_of(connection):
    return connection.execute("SELECT * FROM crosswalk ORDER BY source_name, row_key").df()


@pytest.fixture(scope="module")
def campaign():
    tables, truth = made_tables()
    found, connection = linked(tables)
    return tables, truth, found, connection


def electors_of(connection):
    """The elector's number that stands for each donation's person, None where there is none."""
    rows = rows_of(connection)
    electors = rows[rows["source_name"] == "register"].set_index("person")["row_key"]
    gifts = rows[rows["source_name"] == "gifts"].sort_values("row_key")
    return gifts["person"].map(electors[~electors.index.duplicated()]).to_numpy()


def test_records_find_their_electors(campaign):
    _, truth, _, connection = campaign
    elector = electors_of(connection)
    has_one = pd.notna(elector)
    assert (elector[has_one] == truth[has_one]).mean() >= 0.99
    assert has_one.mean() >= 0.9


def test_every_row_is_in_the_crosswalk_once(campaign):
    tables, _, _, connection = campaign
    rows = rows_of(connection)
    assert len(rows) == sum(map(len, tables.values()))
    assert not rows.duplicated(["source_name", "row_key"]).any()
    assert rows["link_probability"].between(0, 1).all()
    assert set(rows["how_code"]) <= {"register", "voter_id", "model", "alone"}


def test_the_weights_are_those_of_splink(campaign):
    from splink import DuckDBAPI, Linker

    _, _, found, connection = campaign
    total = " + ".join(f"weight_{c['output_column_name']}" for c in found.model["comparisons"])
    ours = connection.execute(
        f"SELECT rid_l, rid_r, {total} AS weight FROM ({weights_sql(found.model)})"
    ).df()
    model = found.model | {"blocking_rules_to_generate_predictions": ["l.phone = r.phone"]}
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register("record", dataset_display_name="parity"), model)
    theirs = linker.inference.predict().as_pandas_dataframe()
    both = ours.merge(theirs, on=["rid_l", "rid_r"], validate="one_to_one")
    assert len(both) == len(theirs) > 100
    weight = both["weight"] + prior_weight(found.model)
    assert np.abs(weight - both["match_weight"]).max() < 1e-9


def test_what_a_key_teaches_is_what_splink_learns_from_its_pairs(campaign):
    """Both see the pairs of one telephone and given name, with the same chances to begin with."""
    from splink import DuckDBAPI, Linker

    _, _, found, connection = campaign
    key = next(key for key in TRAINING_KEYS if key.name == "phone_first")
    u = {c["output_column_name"]: np.array([level.get("u_probability", np.nan)
                                            for level in c["comparison_levels"]])
         for c in found.model["comparisons"]}
    ours = learned_from_key(connection, key, u, {name: assumed_m(values)
                                                 for name, values in u.items()})
    model = copy.deepcopy(found.model)
    for comparison in model["comparisons"]:
        start = assumed_m(u[comparison["output_column_name"]])
        for level, m in zip(comparison["comparison_levels"], start, strict=True):
            if not level.get("is_null_level"):
                level["m_probability"] = m
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register("record", dataset_display_name="training"), model)
    linker.training.estimate_parameters_using_expectation_maximisation(
        "l.phone = r.phone AND l.first_root = r.first_root")
    theirs = {c["output_column_name"]: [level.get("m_probability") for level in
                                        c["comparison_levels"]]
              for c in linker.misc.save_model_to_json()["comparisons"]}
    n_compared = 0
    for name, m in ours.items():
        for mine, other in zip(m, theirs[name], strict=True):
            if not np.isnan(mine) and other is not None and np.nansum(m):
                assert mine == pytest.approx(other, abs=2e-3), name
                n_compared += 1
    assert n_compared >= 4


def test_the_share_of_agreement_that_was_planted_is_learned_without_labels():
    rng = np.random.default_rng(8)
    n, prior = 40_000, 0.3
    m = [np.array([0.8, 0.15, 0.05]), np.array([0.95, 0.05]), np.array([0.7, 0.3])]
    u = [np.array([0.01, 0.04, 0.95]), np.array([0.1, 0.9]), np.array([0.02, 0.98])]
    is_one = rng.random(n) < prior
    level = np.column_stack([
        np.where(is_one, rng.choice(len(a), n, p=a), rng.choice(len(b), n, p=b))
        for a, b in zip(m, u, strict=True)])
    level[rng.random(level.shape) < 0.2] = -1  # nothing to compare
    start = [np.r_[0.8, np.full(len(a) - 1, 0.2 / (len(a) - 1))] for a in m]
    learned, share = maximise_m(Vectors(level, np.full(level.shape, np.nan)), u, start)
    assert share == pytest.approx(prior, abs=0.01)
    for found, planted in zip(learned, m, strict=True):
        assert found == pytest.approx(planted, abs=0.015)


def test_shuffled_rows_give_the_same_people(campaign):
    tables, _, found, connection = campaign
    shuffled = {name: rows.sample(frac=1, random_state=9) for name, rows in tables.items()}
    again, others = linked(shuffled)
    pd.testing.assert_frame_equal(rows_of(connection), rows_of(others))
    assert found.model == again.model


def test_a_stored_model_gives_the_same_people(campaign):
    tables, _, found, connection = campaign
    _, others = linked(tables, model=found.model)
    pd.testing.assert_frame_equal(rows_of(connection), rows_of(others))


def test_an_elector_is_no_other_elector_for_a_shared_telephone_and_home(campaign):
    tables, _, found, _ = campaign
    voters = tables["voters"].copy()
    husband = voters.iloc[0].copy()
    husband["voter_id"], husband["first_name"] = "V99999", "Zebedee"
    both = pd.concat([voters, husband.to_frame().T], ignore_index=True)
    _, others = linked({**tables, "voters": both}, model=found.model)
    rows = rows_of(others).set_index("row_key")["person"]
    assert rows["V99999"] != rows["V00000"]


@pytest.mark.parametrize("missing", ["voters", "donations"])
def test_a_table_may_be_empty(campaign, missing):
    tables, _, found, _ = campaign
    less = {name: rows.iloc[:0] if name == missing else rows for name, rows in tables.items()}
    _, others = linked(less, model=found.model)
    assert len(rows_of(others)) == sum(map(len, less.values()))


def test_one_row_and_no_row_are_people_too(campaign):
    tables, _, found, _ = campaign
    _, one = linked({"voters": tables["voters"].iloc[:1]}, model=found.model)
    _, none = linked({"voters": tables["voters"].iloc[:0]}, model=found.model)
    assert rows_of(one)["how_code"].tolist() == ["register"]
    assert rows_of(none).empty


def test_every_linked_table_has_a_key_and_identifiers():
    from workbench.people.records import IDENTIFIERS
    from workbench.tables import linked_tables

    for name in linked_tables():
        assert name in TABLES
        assert set(IDENTIFIERS) & set(table_named(name).column_names)


def evidence(n, pairs, *, electors=(), source=None, vetoed=(), given=None):
    """Pairs are (left, right, weight in bits)."""
    left, right, weight = (np.array(x) for x in zip(*pairs, strict=True))
    is_elector = np.isin(np.arange(n), list(electors))
    return Evidence(
        source=np.array(source) if source is not None else np.where(is_elector, 0, 1),
        is_elector=is_elector,
        given=np.array(given) if given is not None else np.full(n, NOBODY),
        left=left, right=right, weight=weight.astype(float),
        vetoed_left=np.array([a for a, _ in vetoed], dtype=np.int64),
        vetoed_right=np.array([b for _, b in vetoed], dtype=np.int64))


def test_a_record_with_two_equal_rivals_goes_to_neither():
    found = resolve(evidence(3, [(0, 2, 30.0), (1, 2, 30.0)], electors=(0, 1)),
                    precision_min=0.9)
    assert found.person.tolist() == [0, 1, 2]
    assert found.how.tolist() == ["register", "register", "alone"]


def test_a_record_goes_to_the_far_likelier_rival():
    found = resolve(evidence(3, [(0, 2, 30.0), (1, 2, 10.0)], electors=(0, 1)),
                    precision_min=0.9)
    assert found.person.tolist() == [0, 1, 0]


def test_a_group_with_a_vetoed_pair_loses_its_weakest_link():
    found = resolve(evidence(4, [(0, 1, 40.0), (1, 2, 30.0), (2, 3, 41.0)], vetoed=[(0, 3)]),
                    precision_min=0.9)
    assert found.person.tolist() == [0, 0, 2, 2]


def test_an_elector_stands_for_the_person_whatever_the_order():
    found = resolve(evidence(2, [(0, 1, 30.0)], electors=(1,)), precision_min=0.9)
    assert found.person.tolist() == [1, 1]


def test_a_number_in_the_record_needs_no_model():
    found = resolve(evidence(3, [(0, 1, -3.0)], electors=(0,), given=[NOBODY, NOBODY, 0]),
                    precision_min=0.9)
    assert found.person.tolist() == [0, 1, 0]
    assert found.how[2] == "voter_id"


def test_a_source_that_lists_everybody_once_forbids_the_second_link():
    n = 2_000
    source = np.zeros(n + 4, dtype=np.int64)
    group = np.r_[np.arange(n), np.arange(4)]
    probability = np.r_[np.full(n, 0.99), np.full(4, 0.8)]
    factor = repeat_factors(source, group, probability, n_people=3 * n)
    changed = without_repeats(source, group, probability, factor)
    assert changed[n:].max() < 0.05
    assert (changed[:n] == 0.99).all()


def test_a_source_that_repeats_people_makes_the_second_link_likelier():
    n = 1_000
    source = np.zeros(2 * n, dtype=np.int64)
    group = np.r_[np.arange(n), np.arange(n)]
    probability = np.r_[np.full(n, 0.99), np.full(n, 0.8)]
    factor = repeat_factors(source, group, probability, n_people=20 * n)
    assert without_repeats(source, group, probability, factor)[n:].min() > 0.8


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.floats(-20, 60)), min_size=1, max_size=60))
def test_rivals_share_no_more_than_one(pairs):
    record = np.sort(np.array([r for r, _ in pairs]))
    weight = np.array([w for _, w in pairs])
    probability, prior = rival_probabilities(
        record, weight, np.zeros(len(record), dtype=np.int64), n_possible=np.array([1e4]))
    assert (np.bincount(record, weights=probability) <= 1 + 1e-9).all()
    assert 0 < prior[0] < 1


def test_the_prior_is_learned_from_the_pairs():
    """Log-odds of one normal model: links at +9 nats, others at -9, variance twice that."""
    rng = np.random.default_rng(3)
    is_link = np.arange(1_000_000) < 2_000
    nats = np.where(is_link, 9.0, -9.0) + rng.normal(0, np.sqrt(18.0), len(is_link))
    probability, prior = pair_probabilities(
        nats / np.log(2), np.zeros(len(nats), dtype=np.int64), n_possible=np.array([1e6]))
    assert prior[0] == pytest.approx(2_000 / 1e6, rel=0.05)
    assert probability.sum() == pytest.approx(2_000, rel=0.05)
    is_calibrated = (probability**2).sum() / probability.sum()  # of links, the mean of p
    assert probability[is_link].mean() == pytest.approx(is_calibrated, abs=0.02)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 5)), min_size=1, max_size=30),
       st.sampled_from([0.0, 0.5, 0.9, 0.99]))
@example([(1.0, 0), (0.5, 0), (0.34375, 1), (0.34375, 0)], 0.0)
def test_the_cut_is_the_best_of_all_that_are_precise_enough(links, least):
    probability = np.array([p for p, _ in links])
    group = np.array([g for _, g in links])

    def expected(cut):
        made = true = 0.0
        for number in set(group):
            inside = [1.0, *sorted(probability[(group == number) & (probability >= cut)])]
            made += len(inside) * (len(inside) - 1) / 2
            true += (sum(inside) ** 2 - sum(p * p for p in inside)) / 2
        return made, true

    cut = choose_cut(probability, precision_min=least, group=group)
    all_true = expected(-1.0)[1]
    good = {c: 2 * t / (m + all_true) for c in set(probability)
            for m, t in [expected(c)] if m and t / m >= least + 1e-9 and m + all_true > 0}
    if good and cut < 1.0:
        assert 2 * expected(cut)[1] / (expected(cut)[0] + all_true) >= max(good.values()) - 1e-9
    elif good:
        assert max(good) == 1.0


def test_nothing_to_link_is_never_linked():
    assert choose_cut(np.array([]), precision_min=0.99) == 1.0
    assert choose_cut(np.array([0.5, 0.4]), precision_min=0.99) == 1.0
