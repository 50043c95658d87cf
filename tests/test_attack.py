"""Nothing hidden can be worked out: an attacker of his own reads tables, releases and briefs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from attacker import Attack

from workbench.disclosure import (
    MadeOf,
    Shape,
    close_ledger,
    forget_ledger,
    open_ledger,
    protect,
    protect_measure,
)
from workbench.measures import Measure
from workbench.settings import Disclosure

PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)
TWO_WAYS = (("a", "b"), ("a",), ("b",), ("a", "c"), ("c",))
THREE_WAYS = (("a", "b", "c"), ("a", "b"), ("a", "c"), ("b", "c"), ("a",), ("b",), ("c",))


@pytest.fixture(autouse=True)
def own_ledger():
    yield
    forget_ledger()


def made_people(rng):
    """A population with three dimensions, many of whose cells are small."""
    sizes = rng.integers(2, 6, 3)
    n = int(rng.integers(150, 2500))
    return pd.DataFrame({
        name: pd.Categorical(rng.choice(size, n, p=rng.dirichlet(np.full(size, 1.2))),
                             categories=range(size))
        for name, size in zip("abc", sizes, strict=True)})


def a_week_later(people, rng):
    """The same people, of whom a few have left and a few are new."""
    left = people.drop(index=rng.choice(len(people), 4, replace=False))
    return pd.concat([left, people.sample(4, random_state=int(rng.integers(1e6)))],
                     ignore_index=True)


def print_tables(people, ways):
    """The tables as a brief would print them; () is the headline with everybody."""
    printed = {}
    for way in ways:
        counts = people.groupby(list(way), observed=False).size().rename("n").reset_index()
        shape = Shape("n", ("n",), population="people", dimensions=way)
        printed[way] = protect(counts.astype(dict.fromkeys(way, "str")), PROFILE, shape=shape)
    total = Measure("n", "People", len(people), "count", "people", "All.", n=len(people),
                    population="people")
    printed[()] = protect_measure(total, PROFILE).value
    return printed


def build(people, ways, *, data="now", baseline=()):
    """Print tables as a build does: again with more hidden, where the ledger asks for it."""
    open_ledger()
    printed = print_tables(people, ways)
    closed = close_ledger(data=data, baseline=baseline).content
    if closed["plan"]:
        open_ledger(json.dumps(closed["plan"]))
        printed = print_tables(people, ways)
        closed = close_ledger(data=data, baseline=baseline).content
    assert closed["plan"] == []
    return printed, closed["shown"]


def leave(shown, folder, data):
    path = folder / f"{data}.json"
    path.write_text(json.dumps({**shown, "data": data}))
    return str(path)


def attack(now, then=None):
    """All hidden numbers of now that are pinned down, with those of a release before."""
    attacker = Attack()
    attacker.read_tables(now, "n", "now")
    if then is not None:
        attacker.read_tables(then, "n", "then")
        for _, group in sorted({key for key in attacker.low if key[0] == "now"}, key=repr):
            if ("then", group) in attacker.low:
                attacker.hold_near(("now", group), ("then", group))
        attacker.hidden = {key for key in attacker.hidden if key[0] == "now"}
    return attacker


def n_hidden(printed):
    return sum(int(table["n"].isna().sum()) if way else table is None
               for way, table in printed.items())


def play(seed, folder):
    """One population in two releases, attacked; what it took."""
    rng = np.random.default_rng(seed)
    people = made_people(rng)
    ways = (TWO_WAYS, THREE_WAYS)[seed % 2]
    then, shown = build(people, ways, data="then")
    baseline = [leave(shown, folder, "then")]
    later = a_week_later(people, rng)
    now, _ = build(later, ways, baseline=baseline)
    attackers = (attack(now), attack(now, then))
    pinned = [one.pinned_down() for one in attackers]
    plain = print_tables_alone(later, ways)
    leaks = attack(plain).pinned_down()
    return {"tables": len(ways), "pinned": sum(map(len, pinned)), "hidden": n_hidden(now),
            "small": n_hidden(plain), "leaks": len(leaks),
            "cells": sum(len(table) if way else 1 for way, table in now.items())}


def print_tables_alone(people, ways):
    forget_ledger()
    return print_tables(people, ways)


def total_of(plays):
    return {name: sum(play[name] for play in plays) for name in plays[0]}


def test_no_hidden_number_of_random_linked_tables_and_the_release_before_is_pinned_down(tmp_path):
    told = total_of([play(seed, tmp_path) for seed in range(2)])
    assert told["pinned"] == 0
    assert told["hidden"] > told["small"] > 10


@pytest.mark.slow
@pytest.mark.study("src/workbench/disclosure", "src/workbench/measures.py", "tests/attacker.py",
                   "tests/test_attack.py")
def test_no_hidden_number_of_500_random_linked_tables_is_pinned_down(tmp_path):
    told = total_of([play(seed, tmp_path) for seed in range(84)])
    print(told)
    assert told["tables"] >= 500
    assert told["pinned"] == 0
    assert told["leaks"] > 0.3 * told["small"]
    assert told["hidden"] - told["small"] < 0.2 * told["cells"]


def test_the_attacker_succeeds_where_only_small_cells_are_hidden():
    people = pd.DataFrame({"a": ["x"] * 60 + ["y"] * 40, "b": ["u"] * 57 + ["v"] * 3 + ["u"] * 40,
                           "c": ["w"] * 100})
    people = people.astype("category")
    attacker = attack(print_tables_alone(people, TWO_WAYS))
    assert {dict(group)["b"] for _, group in attacker.pinned_down() if "b" in dict(group)} == {"v"}


def test_a_table_added_to_a_release_of_the_same_data_gives_nothing_away(tmp_path):
    rng = np.random.default_rng(11)
    for _ in range(3):
        people = made_people(rng)
        then, shown = build(people, (("a", "b"), ("a",), ("b",)), data="same")
        now, _ = build(people, TWO_WAYS, data="same", baseline=[leave(shown, tmp_path, "same")])
        attacker = Attack()
        attacker.read_tables(now, "n", "one")
        attacker.read_tables(then, "n", "one")
        attacker.hidden -= {key for key in attacker.hidden if attacker.high[key] < 1e6}
        assert attacker.pinned_down() == {}


def test_what_is_hidden_does_not_depend_on_the_order_of_the_tables():
    people = made_people(np.random.default_rng(5))
    one, other = build(people, TWO_WAYS)[1], build(people, TWO_WAYS[::-1])[1]
    assert one == other


def made_lists(seed, n_lists=3):
    """Rows of lists, the people on each, and rows of nobody, as one brief has them."""
    rng = np.random.default_rng(seed)
    names = [f"list {n}" for n in range(n_lists)]
    people = rng.integers(40, 200, n_lists)
    extra = rng.integers(0, 9, n_lists)
    rows = pd.DataFrame({"list_name": names, "n_rows": people + extra, "n_unknown": extra})
    on = (("people", "n_people", {"name": "list_name"}),)
    frames = (
        (pd.DataFrame({"name": names, "n_people": people}),
         Shape("n_people", ("n_people",), population="people", dimensions=("name",),
               is_disjoint=False)),
        (rows, Shape("n_rows", ("n_rows", "n_unknown"), population="rows",
                     dimensions=("list_name",), fixed=("n_rows",),
                     made_of=(MadeOf("n_rows", on, ("n_unknown",)),))),
    )
    return frames, names


@pytest.mark.parametrize("seed", range(6))
def test_rows_less_people_do_not_tell_how_many_rows_are_of_nobody(seed):
    """A count of another population gives a hidden one away: one of the two has to go."""
    frames, names = made_lists(seed)
    plan = []
    while True:
        open_ledger(json.dumps(plan))
        printed = [protect(frame, PROFILE, shape=shape) for frame, shape in frames]
        plan = close_ledger(data="x").content["plan"]
        if not plan:
            break
    people, rows = (table.set_index(table.columns[0]) for table in printed)
    attacker = Attack()
    for name in names:
        for table, column in ((people, "n_people"), (rows, "n_rows"), (rows, "n_unknown")):
            value = table.loc[name, column]
            attacker.read((name, column), None if pd.isna(value) else float(value))
        attacker.add_up((name, "n_rows"), [(name, "n_people"), (name, "n_unknown")])
    assert rows["n_rows"].notna().all()
    assert len(attacker.hidden) >= len(names)
    assert attacker.pinned_down() == {}


REPORTS = os.environ.get("WORKBENCH_REPORTS")


@pytest.mark.skipif(not REPORTS, reason="WORKBENCH_REPORTS names no folder of built briefs")
def test_no_hidden_number_of_the_built_briefs_taken_together_is_pinned_down():
    root = Path(REPORTS or ".").resolve().parent
    attacker = Attack()
    for path in sorted((root / "data" / "shown").rglob("*.json")):
        attacker.read_file(path)
    assert len(attacker.hidden) > 10
    assert attacker.pinned_down() == {}
