"""Asks whose people are those of any file and whose answers are drawn from a known truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.donors.offers.cells import Levels, Rule, frame_asks
from workbench.donors.offers.search import members

MOST_LEVELS = 8
N_BANDS = 4
LEAST_EXPECTED = 10  # answers of a planted group in the whole file, had it no lift
MOST_SHARE = 0.1  # of all people, in a planted group
MOST_KEPT = 0.8  # of the people of its other traits, in a planted group
STRENGTH = 0.5  # standard deviations of log-odds that a number moves by one of its own
KINDS = ("flat", "continuous", "points")


@dataclass(frozen=True)
class People:
    """The people of a file: their traits, and numbers of which bands are traits."""

    rows: pd.DataFrame
    levels: Levels
    numbers: tuple[str, ...]


def read_people(file: Path, traits: list[str], numbers: list[str], missing: float) -> People:
    """Return the people of a CSV, one a row; ``missing`` stands for what is not known.

    Traits have their MOST_LEVELS commonest values as levels, numbers are cut at quarters.
    """
    read = pd.read_csv(file, usecols=[*traits, *numbers]).replace(missing, np.nan)
    rows, levels = {}, {}
    for name in traits:
        text = read[name].astype("str").where(read[name].notna(), "not known")
        common = text[text != "not known"].value_counts().sort_index().sort_values(
            ascending=False, kind="stable").index[:MOST_LEVELS]
        rows[name], levels[name] = text, tuple(sorted(common))
    for name in numbers:
        values = pd.to_numeric(read[name], errors="coerce").astype("float64")
        edges = np.unique(values.quantile(np.arange(1, N_BANDS) / N_BANDS))
        place = np.searchsorted(edges, values, side="right")
        rows[f"{name} band"] = pd.Series(np.where(values.notna(), place.astype(str), "not known"))
        levels[f"{name} band"] = tuple(str(number) for number in range(len(edges) + 1))
        rows[name] = np.log1p(values - values.min())
    return People(pd.DataFrame(rows), levels, tuple(numbers))


def true_rates(people: People, kind: str, rate: float, rng: np.random.Generator) -> np.ndarray:
    """Return P(answers) by row where no group of several traits has any pull of its own.

    ``kind``: the same for all; continuous, adding on the log-odds by every number and the first
    level of every trait; the same adding in points. The mean is ``rate``.
    """
    if kind == "flat":
        return np.full(len(people.rows), rate)
    columns = [people.rows[name].fillna(people.rows[name].median()) for name in people.numbers]
    columns += [(people.rows[name] == names[0]).astype("float64")
                for name, names in people.levels.items() if not name.endswith(" band")]
    spread = [(one - one.mean()) / (one.std() or 1.0) for one in columns]
    pull = np.sum([STRENGTH * rng.choice([-1, 1]) * rng.uniform(0.3, 1) * one
                   for one in spread], axis=0)
    if kind == "points":
        low = min(float(pull.min()), -1.0)
        return np.clip(rate * (1 - 0.9 * pull / low), 0, 0.9)
    odds = np.log(rate / (1 - rate)) + pull
    for _ in range(50):  # the level at which the mean is as asked
        p = 1 / (1 + np.exp(-odds))
        odds = odds + np.log(rate / p.mean())
    return np.asarray(1 / (1 + np.exp(-odds)))


def plant(people: People, rates: np.ndarray, rng: np.random.Generator) -> Rule:
    """Return a group of two or three traits, drawn at random among those that fit.

    Of which LEAST_EXPECTED answers or more are expected, which holds MOST_SHARE of the people at
    the most, and of which every trait leaves out MOST_KEPT of those of the others or more.
    """
    frame = frame_asks(people.rows, people.levels)
    n, expected = (frame.membership @ np.bincount(frame.cell, weight, len(frame.design))
                   for weight in (None, rates))
    size = {frozenset(rule): one for rule, one in zip(frame.rules, n, strict=True)}
    fits = [rule for rule, one, answers in zip(frame.rules, n, expected, strict=True)
            if len(rule) > 1 and answers >= LEAST_EXPECTED
            and one <= MOST_SHARE * len(people.rows)
            and all(one <= MOST_KEPT * size[frozenset(rule) - {part}] for part in rule)]
    return fits[int(rng.integers(len(fits)))]


def drawn_asks(
    people: People, rates: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Return one row a person asked, as find_segments of donors.offers takes them."""
    return people.rows.assign(offer_id="offer",
                              household=[f"H{number}" for number in range(len(rates))],
                              has_responded=rng.random(len(rates)) < rates)


def is_of(people: People, rule: Rule) -> np.ndarray:
    """Return who is of the group."""
    return members(people.rows, rule)
