"""Search one half of the file for groups that answer more, and confirm them in the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.donors.offers.beside import (
    Beside,
    expected_rate,
    group_columns,
    least_answered,
    lower_z,
)
from workbench.donors.offers.cells import (
    Cells,
    Levels,
    Rule,
    count_cells,
    frame_asks,
    keep_groups,
    searched_groups,
)
from workbench.donors.offers.choose import Confirmed, Row, choose, confirmed_rows
from workbench.donors.offers.expected import Design, flat_design, trait_design
from workbench.donors.offers.halves import assign_halves
from workbench.donors.offers.judge import (
    SINGLE,
    SINGLE_SHARE,
    Candidates,
    Judge,
    Plan,
    empty_found,
    family_of,
    judge_halves,
    looked_at_both_ways,
    make_judge,
)

SEGMENT_COLUMNS = [*empty_found().columns, "expected_rate", "expected_error", "least_answered"]


@dataclass(frozen=True)
class Offer:
    """An offer's asks made ready: counted in cells and halves, and the groups to search.

    ``levels``: of the traits that vary in it. ``half``: 0 or 1 by ask.
    """

    offer_id: str
    levels: Levels
    cells: Cells
    half: np.ndarray

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of its groups."""
        return self.cells.frame.rules


@dataclass(frozen=True)
class Stage:
    """One question put to all offers: its candidates, how they are judged, what is carried on.

    ``found``: see judge_halves, of both halves; ``shuffled``: the same of shuffled files (see
    make_judge).
    """

    candidates: Sequence[Candidates]
    judge: Judge
    found: pd.DataFrame
    shuffled: pd.DataFrame


@dataclass(frozen=True)
class Search:
    """Everything that was searched and what was found.

    ``joint``: groups of several traits, which answer more than their traits predict one by one.
    ``single``: groups of one trait, which answer more or less than everybody else who got the
    offer. ``found``: one row a candidate of either that was carried on, with its ``rule``
    (judge_halves). ``segments``: those confirmed that no other explains: with ``expected_rate`` (P
    of the group, were it not for itself, by everything else that counts), its
    ``expected_error`` (standard error of its logarithm) and ``least_answered`` (fewest answers
    in the half that the search did not see with which it would be shown; where the group
    answers less, the most).
    """

    plan: Plan
    offers: Mapping[str, Offer]
    joint: Stage
    single: Stage
    found: pd.DataFrame
    segments: pd.DataFrame
    n_groups: int = 0


def ready_offer(
    asks: pd.DataFrame, levels: Levels, plan: Plan, numbers: Sequence[str] = ()
) -> Offer:
    """Return the asks of one offer in cells and halves, and the groups that may be searched.

    ``asks``: one row a person asked, with ``offer_id``, ``household``, ``has_responded``, the
    traits of ``levels`` and the columns of ``numbers``. Which groups are searched rests on who
    was asked, never on an answer.
    """
    levels = varying(asks, levels)
    half = assign_halves(asks["household"], plan.seed)
    frame = searched_groups(frame_asks(asks, levels, numbers), half, plan.people_least)
    household = pd.factorize(asks["household"], sort=False)[0]
    answered = asks["has_responded"].to_numpy(dtype=bool)
    return Offer(str(asks["offer_id"].iloc[0]), levels,
                 count_cells(frame, answered, household, half), half)


def find_segments(
    asks: pd.DataFrame, levels: Levels, plan: Plan, numbers: Sequence[str] = ()
) -> Search:
    """Search every offer of ``asks`` (see ready_offer) that is no comparison."""
    asked = asks[~asks["is_comparison"]] if "is_comparison" in asks else asks
    parts = [part for _, part in asked.groupby("offer_id", sort=True)]
    return search_offers([ready_offer(part, levels, plan, numbers) for part in parts], plan)


def search_offers(offers: Sequence[Offer], plan: Plan) -> Search:
    """Search each half over all offers at once, and confirm in the other what it brings.

    A group is carried on where its score in one half is as high as the best group's, of any
    offer, in at most ``plan.search_level`` of the shuffled files. It is confirmed where it
    stands out by itself in the other half (``plan.confirm_level``), and where its score in both
    halves together beats the best group's of all but ``plan.level`` of the shuffled files, each
    put through search and confirmation likewise (Westfall and Young's max-T): that holds the
    chance of any false finding, whatever was searched. Groups of one trait have SINGLE_SHARE of
    that chance, all others the rest.
    """
    searched = [one for one in offers if one.rules]
    bases = [trait_design(one.cells) for one in searched]
    joint, chosen = _stage(searched, bases, plan)
    flats = [flat_design(one.cells).beside(
        group_columns(one.cells, [row["group"] for row in rows]))
        for one, rows in zip(searched, chosen, strict=True)]
    single, alone = _stage(searched, flats, plan, is_single=True)
    by_id = {one.offer_id: one for one in searched}
    rows = [row for part in (*chosen, *alone) for row in part]
    return Search(plan, by_id, joint, single,
                  _ruled(pd.concat([joint.found, single.found], ignore_index=True), by_id),
                  _ruled(pd.DataFrame(rows, columns=SEGMENT_COLUMNS), by_id),
                  n_groups=sum(len(one.rules) for one in searched))


def members(asks: pd.DataFrame, rule: Rule) -> np.ndarray:
    """Return which rows of ``asks`` are of the group."""
    return np.logical_and.reduce(
        [(asks[trait] == level).to_numpy(dtype=bool) for trait, level in rule])


def varying(asks: pd.DataFrame, levels: Levels) -> dict[str, tuple[str, ...]]:
    """Return the levels that the asks hold, without traits in which everybody is the same."""
    there = {trait: tuple(name for name in names if (asks[trait] == name).any())
             for trait, names in levels.items()}
    return {trait: names for trait, names in there.items()
            if len(names) > 1 or (names and len(levels[trait]) == 1)}


def _families(offer: Offer) -> np.ndarray:
    """Return the family of each group, by who was asked and the offer's overall rate alone."""
    n = offer.cells.n.sum(axis=0)
    rate = float(offer.cells.y.sum() / max(n.sum(), 1.0))
    expected = offer.cells.frame.membership @ n * rate
    return np.array([family_of([trait for trait, _ in rule], answers)
                     for rule, answers in zip(offer.rules, expected, strict=True)])


def _stage(
    offers: Sequence[Offer], bases: Sequence[Design], plan: Plan, *, is_single: bool = False
) -> tuple[Stage, list[list[Row]]]:
    """Return the search of one question, and the rows of what was chosen, by offer."""
    candidates = [_candidates(one, base, plan, place, is_single=is_single)
                  for place, (one, base) in enumerate(zip(offers, bases, strict=True))]
    n_single = sum((_families(one) == SINGLE).sum() for one in offers)
    is_alone = n_single in (0, sum(len(one.rules) for one in offers))
    share = 1.0 if is_alone else SINGLE_SHARE if is_single else 1 - SINGLE_SHARE
    judge, shuffled = make_judge(candidates, plan, plan.level * share)
    found = judge_halves(candidates, judge)
    chosen = [
        _chosen(offer, base, own, judge, found[found["place"] == place])
        for place, (offer, base, own) in enumerate(zip(offers, bases, candidates, strict=True))]
    return Stage(candidates, judge, found, shuffled), chosen


def _chosen(
    offer: Offer, base: Design, candidates: Candidates, judge: Judge, found: pd.DataFrame
) -> list[Row]:
    """Return the rows of ``found``, those of the offer, that no others explain."""
    rows = confirmed_rows(found, offer.rules)
    cells = keep_groups(offer.cells, np.array([row["group"] for row in rows], dtype=np.int64))
    beside = Beside(cells, base, is_strict=SINGLE not in set(candidates.family))
    confirmed = Confirmed(candidates, judge, rows, beside.z)
    chosen, told = choose(confirmed), []
    for at in chosen:
        others = [one for one in chosen if one != at]
        rate, error = expected_rate(beside, at, others)
        told.append({**rows[at], "expected_rate": rate, "expected_error": error,
                     "least_answered": least_answered(beside, confirmed, at, others)})
    return told


def _candidates(
    offer: Offer, base: Design, plan: Plan, place: int, *, is_single: bool
) -> Candidates:
    """Return the candidates of one offer and question, scored here and in shuffled files.

    Groups of one trait are looked at both ways, but where there are two levels: that the one
    answers less is that the other answers more. Groups of several are looked at as they answer
    more than expected, whether effects add on the log-odds or in points: the lower of the two
    scores counts.
    """
    family = _families(offer)
    groups = np.flatnonzero((family == SINGLE) == is_single)
    cells = keep_groups(offer.cells, groups)
    scores = Beside(cells, base, is_strict=not is_single).scores()
    rng = np.random.default_rng([plan.seed, place, int(is_single)])
    z, null_z = lower_z(scores), scores[0].null_z(rng, plan.n_shuffles)
    turned = np.flatnonzero([is_single and len(offer.levels[offer.rules[group][0][0]]) != 2
                             for group in groups])
    return looked_at_both_ways(Candidates(
        offer.offer_id, groups, np.ones(len(groups)), family[groups], z, null_z), turned)


def _ruled(rows: pd.DataFrame, offers: Mapping[str, Offer]) -> pd.DataFrame:
    """Return rows of groups with the ``rule`` of each."""
    rules = [offers[offer_id].rules[group] for offer_id, group in
             zip(rows["offer_id"], rows["group"], strict=True)]
    return rows.assign(rule=pd.Series(rules, index=rows.index, dtype="object"))
