"""Search one half of the file for groups that answer more, and confirm them in the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from workbench.donors.offers.cells import (
    Cells,
    Frame,
    Levels,
    Rule,
    count_cells,
    frame_asks,
    keep_groups,
)
from workbench.donors.offers.evidence import step_down
from workbench.donors.offers.expected import score_groups
from workbench.donors.offers.halves import HALVES, assign_halves

Bests = dict[bool, np.ndarray]  # by family of groups, the best score of each shuffled file
PLAIN_TRAITS = ("age_band", "sex_code", "region_code", "past_band")
BOTH = 2  # place of the sum of both halves' scores, after those of the two halves


@dataclass(frozen=True)
class Plan:
    """How the search is made.

    ``n_shuffles``: files drawn in which main effects are all that there is. ``seed`` draws
    them and the halves. ``level``: chance that a file without segments confirms any.
    ``search_level``: the largest p in the search of a half that is carried on;
    ``confirm_level``: the largest p in the other half. ``plain_share``: part of the level and of
    the search level that groups of PLAIN_TRAITS have; those of interests or channels, which are
    many more, have the rest. ``answers_least``: answers that a group must be expected to give
    in each half.
    """

    n_shuffles: int
    seed: int
    level: float = 0.05
    search_level: float = 0.5
    confirm_level: float = 0.1
    plain_share: float = 0.8
    answers_least: int = 10

    def share_of(self, is_plain: bool, families: Mapping[bool, Any]) -> float:
        """Return the part of a level that a family has, among those that there are."""
        if len(families) == 1:
            return 1.0
        return self.plain_share if is_plain else 1 - self.plain_share


@dataclass(frozen=True)
class Offer:
    """An offer's asks made ready: its cells in each half, and its groups.

    ``levels``: of the traits that vary in it. ``half``: 0 or 1 by ask.
    ``z``: in either half, and at BOTH their sum, by group: positive where the group answers more
    than main effects predict; ``null_z``: the same of shuffled files, files x groups.
    """

    offer_id: str
    levels: Levels
    frame: Frame
    halves: tuple[Cells, Cells]
    half: np.ndarray
    z: Sequence[np.ndarray] = ()
    null_z: Sequence[np.ndarray] = ()


@dataclass(frozen=True)
class Search:
    """Everything that was searched and what was found.

    ``found``: one row a group carried on: ``offer_id``, ``group``, ``rule``, ``searched_half``;
    ``search_p`` (share of shuffled files whose best group scores as high in that half),
    ``confirm_p`` (the same in the other half, of the groups carried on alone), ``overall_p``
    (the same in both halves together), ``least_z`` (the least score in the other half that
    confirms it), ``is_confirmed``. ``segments``: those confirmed that are no shadow of a
    stronger one, the strongest first.
    """

    plan: Plan
    offers: Mapping[str, Offer]
    found: pd.DataFrame
    segments: pd.DataFrame
    n_groups: int = 0


def ready_offer(asks: pd.DataFrame, levels: Levels, plan: Plan) -> Offer:
    """Return the asks of one offer in cells and halves, and the groups large enough to search.

    ``asks``: one row a person asked, with ``offer_id``, ``household``, ``has_responded`` and
    the traits of ``levels``. Which groups are searched rests on who was asked and on the
    offer's overall rate of answers, never on a group's own.
    """
    levels = _varying(asks, levels)
    frame = frame_asks(asks, levels)
    half = assign_halves(asks["household"], plan.seed)
    household = pd.factorize(asks["household"], sort=False)[0]
    answered = asks["has_responded"].to_numpy(dtype=bool)
    expected = []
    for number in (0, 1):
        cell = frame.cell[half == number]
        rate = answered[half == number].sum() / max(len(cell), 1)
        expected.append(frame.membership @ np.bincount(cell, minlength=len(frame.design)) * rate)
    frame = keep_groups(frame, np.minimum(*expected) >= plan.answers_least)
    first, second = (count_cells(frame, answered, household, is_in=half == number)
                     for number in (0, 1))
    return Offer(str(asks["offer_id"].iloc[0]), levels, frame, (first, second), half)


def search_offers(offers: Sequence[Offer], plan: Plan) -> Search:
    """Search each half over all offers at once, and confirm in the other what it brings.

    A group is carried on where its score in one half is as high as the best group's, of any
    offer, in at most ``plan.search_level`` of the shuffled files. It is confirmed where it
    stands out in the other half among all that were carried on (``plan.confirm_level``, see
    step_down), and where both scores together beat the best group's of all but ``plan.level``
    of the shuffled files (Westfall and Young's max-T): that holds the chance of any false
    segment, whatever was searched.
    """
    scored = [_score(offer, plan, place) for place, offer in enumerate(offers)
              if len(offer.frame.rules)]
    bests = [best_by_family(scored, view) for view in (0, 1, BOTH)]
    found = [_search_half(scored, plan, half, bests) for half in (0, 1)]
    carried = pd.concat([_empty_found(), *found], ignore_index=True)
    by_id = {offer.offer_id: offer for offer in scored}
    return Search(
        plan, by_id, carried, _segments(carried, by_id, plan, bests),
        n_groups=sum(len(offer.frame.rules) for offer in scored),
    )


def find_segments(asks: pd.DataFrame, levels: Levels, plan: Plan) -> Search:
    """Search every offer of ``asks`` (see ready_offer) that is no comparison."""
    asked = asks[~asks["is_comparison"]] if "is_comparison" in asks else asks
    parts = [part for _, part in asked.groupby("offer_id", sort=True)]
    return search_offers([ready_offer(part, levels, plan) for part in parts], plan)


def members(asks: pd.DataFrame, rule: Rule) -> np.ndarray:
    """Return which rows of ``asks`` are of the group."""
    return np.logical_and.reduce(
        [(asks[trait] == level).to_numpy(dtype=bool) for trait, level in rule])


def _varying(asks: pd.DataFrame, levels: Levels) -> dict[str, tuple[str, ...]]:
    """Return the levels that the asks hold, without traits in which everybody is the same."""
    there = {trait: tuple(name for name in names if (asks[trait] == name).any())
             for trait, names in levels.items()}
    return {trait: names for trait, names in there.items()
            if len(names) > 1 or (names and len(levels[trait]) == 1)}


def _score(offer: Offer, plan: Plan, place: int) -> Offer:
    scores = [score_groups(one) for one in offer.halves]
    null = [one.null_z(np.random.default_rng([plan.seed, place, half]), plan.n_shuffles)
            for half, one in enumerate(scores)]
    return replace(offer, z=_views(one.observed_z() for one in scores), null_z=_views(null))


def _views(halves: Iterable[np.ndarray]) -> list[np.ndarray]:
    first, second = halves
    return [first, second, first + second]


def best_by_family(offers: Sequence[Offer], view: int) -> Bests:
    """Return the best score of any offer by shuffled file, for each family of groups there is.

    ``view``: a half, or BOTH. The families are who and where people are (PLAIN_TRAITS), and
    groups of interests or channels.
    """
    bests: Bests = {}
    for family in (True, False):
        own = [offer.null_z[view][:, is_plain(offer) == family] for offer in offers]
        best = [z.max(axis=1) for z in own if z.shape[1]]
        bests |= {family: np.max(best, axis=0)} if best else {}
    return bests


def is_plain(offer: Offer) -> np.ndarray:
    """Return which groups are of the family of who and where people are."""
    return np.array([all(trait in PLAIN_TRAITS for trait, _ in rule)
                     for rule in offer.frame.rules], dtype=bool)


def _search_half(
    offers: Sequence[Offer], plan: Plan, half: int, bests: Sequence[Bests]
) -> pd.DataFrame:
    """Return one row a group that the search of ``half`` carries on, confirmed in the other."""
    parts, z, null_z = [_empty_found()], [], [np.zeros((plan.n_shuffles, 0))]
    for offer in offers:
        search_p = _best_p(offer, offer.z[half], plan, bests[half])
        at = np.flatnonzero(search_p <= plan.search_level)
        parts.append(pd.DataFrame({
            "offer_id": offer.offer_id, "group": at,
            "rule": pd.Series([offer.frame.rules[one] for one in at], dtype="object"),
            "searched_half": HALVES[half], "search_p": search_p[at],
            "overall_p": _best_p(offer, offer.z[BOTH], plan, bests[BOTH])[at],
            "least_z": _least_z(offer, offer.z[half], plan, bests[BOTH])[at],
        }))
        z.append(offer.z[1 - half][at])
        null_z.append(offer.null_z[1 - half][:, at])
    found = pd.concat(parts, ignore_index=True)
    found["confirm_p"] = step_down(np.concatenate([np.zeros(0), *z]), np.hstack(null_z))
    found["is_confirmed"] = is_confirmed(found["search_p"], found["confirm_p"],
                                         found["overall_p"], plan)
    return found


def _best_p(offer: Offer, z: np.ndarray, plan: Plan, bests: Bests) -> np.ndarray:
    """Return by group the p adjusted for everything searched: max-T within its family."""
    plain = is_plain(offer)
    p = np.ones(len(z))
    for family, best in bests.items():
        own = plain == family
        share = plan.share_of(family, bests)
        p[own] = np.minimum(_tail_share(best[:, None], z[own]) / share, 1.0)
    return p


def _least_z(offer: Offer, z: np.ndarray, plan: Plan, bests: Bests) -> np.ndarray:
    """Return by group the least score in the other half that confirms it beside ``z`` in one."""
    least = np.full(len(z), float(norm.ppf(1 - plan.confirm_level)))
    plain = is_plain(offer)
    for family, best in bests.items():
        own = plain == family
        bar = np.quantile(best, 1 - plan.level * plan.share_of(family, bests))
        least[own] = np.maximum(least[own], bar - z[own])
    return least


def is_confirmed(search_p: Any, confirm_p: Any, overall_p: Any, plan: Plan) -> Any:
    """Return which groups are confirmed: each of the three p-values is at most its level."""
    return ((search_p <= plan.search_level) & (confirm_p <= plan.confirm_level)
            & (overall_p <= plan.level))


def _tail_share(null: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return by group the share of draws (rows of ``null``) that reach its ``z``."""
    return np.asarray((1 + (null >= z).sum(axis=0)) / (len(null) + 1))


def _segments(
    found: pd.DataFrame, offers: Mapping[str, Offer], plan: Plan, bests: Sequence[Bests]
) -> pd.DataFrame:
    """Return one row a segment: a confirmed group, less those that a stronger one explains."""
    confirmed = found[found["is_confirmed"]].drop_duplicates(["offer_id", "group"])
    kept = [row for offer_id, rows in confirmed.groupby("offer_id", sort=True)
            for row in _strongest(rows, offers[str(offer_id)], plan, bests)]
    return found.loc[kept].sort_values(["overall_p", "search_p", "confirm_p"], kind="stable",
                                       ignore_index=True)


def _strongest(
    rows: pd.DataFrame, offer: Offer, plan: Plan, bests: Sequence[Bests]
) -> list[int]:
    """Return the rows of segments: each is confirmed beside those already chosen."""
    chosen: dict[int, int] = {}  # group to row
    z = offer.z
    for place in np.argsort(-offer.z[BOTH][rows["group"].to_numpy(dtype=int)], kind="stable"):
        group = int(rows["group"].iloc[place])
        if _is_still_confirmed(offer, group, z, plan, bests):
            chosen[group] = int(rows.index[place])
            z = _views(score_groups(cells, cells.membership[list(chosen)].toarray().T)
                       .observed_z() for cells in offer.halves)
    return list(chosen.values())


def _is_still_confirmed(
    offer: Offer, group: int, z: Sequence[np.ndarray], plan: Plan, bests: Sequence[Bests]
) -> bool:
    """Tell whether either half's search and the other half confirm the group by ``z``."""
    best = [_best_p(offer, z[view], plan, bests[view])[group] for view in (0, 1, BOTH)]
    own = [_tail_share(offer.null_z[half][:, [group]], z[half][[group]])[0] for half in (0, 1)]
    return any(bool(is_confirmed(best[half], own[1 - half], best[BOTH], plan)) for half in (0, 1))


def _empty_found() -> pd.DataFrame:
    return pd.DataFrame({
        "offer_id": pd.Series(dtype="str"), "group": pd.Series(dtype="int64"),
        "rule": pd.Series(dtype="object"), "searched_half": pd.Series(dtype="str"),
        **{name: pd.Series(dtype="float64")
           for name in ("search_p", "confirm_p", "overall_p", "least_z")},
        "is_confirmed": pd.Series(dtype="bool"),
    })
