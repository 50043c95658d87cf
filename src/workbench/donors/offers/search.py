"""Search one half of the file for groups that answer more, and confirm them in the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.donors.offers.cells import (
    Cells,
    Frame,
    Levels,
    Rule,
    count_cells,
    frame_asks,
    keep_groups,
)
from workbench.donors.offers.evidence import product_bound, step_down
from workbench.donors.offers.expected import score_groups
from workbench.donors.offers.halves import HALVES, assign_halves

Bests = dict[bool, np.ndarray]  # by family of groups, the best score of each shuffled file
PLAIN_TRAITS = ("age_band", "sex_code", "region_code", "past_band")


@dataclass(frozen=True)
class Plan:
    """How the search is made.

    ``n_shuffles``: files drawn in which main effects are all that there is. ``seed`` draws
    them and the halves. ``level``: chance that a file without segments confirms any.
    ``search_level``: the largest p in the search that is carried on; ``confirm_level``: the
    largest in the confirmation. ``answers_least``: answers that a group must be expected to
    give in each half.
    """

    n_shuffles: int
    seed: int
    level: float = 0.05
    search_level: float = 0.5
    confirm_level: float = 0.1
    answers_least: int = 10

    @property
    def product_bound(self) -> float:
        """The largest product of the two p-values that confirms; each half may do it once."""
        return product_bound(self.level / 2, self.search_level, self.confirm_level)


@dataclass(frozen=True)
class Offer:
    """An offer's asks made ready: its cells in each half, and its groups.

    ``levels``: of the traits that vary in it. ``half``: 0 or 1 by ask.
    ``z``: by half and group, positive where the group answers more than main effects foretell;
    ``null_z``: by half, shuffled files x groups.
    """

    offer_id: str
    levels: Levels
    frame: Frame
    halves: tuple[Cells, Cells]
    half: np.ndarray
    z: tuple[np.ndarray, np.ndarray] = (np.zeros(0), np.zeros(0))
    null_z: tuple[np.ndarray, np.ndarray] = (np.zeros((0, 0)), np.zeros((0, 0)))


@dataclass(frozen=True)
class Search:
    """Everything that was searched and what came of it.

    ``found``: one row a group carried on: ``offer_id``, ``rule``, ``searched_half``,
    ``search_p`` (adjusted for everything searched in that half), ``confirm_p`` (adjusted for
    all that were carried on), ``is_confirmed``. ``segments``: those confirmed that are no
    shadow of a stronger one, the strongest first.
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

    A group's search p is the share of shuffled files whose best group, of any offer, scores
    as high (Westfall and Young's max-T); it is carried on at ``plan.search_level``. Its
    confirmation p, from shuffled files of the other half, is adjusted for all that were carried
    on with it (step_down). It is confirmed where the product of the two is at most
    ``plan.product_bound`` and the second at most ``plan.confirm_level``.
    """
    scored = [_score(offer, plan, place) for place, offer in enumerate(offers)
              if len(offer.frame.rules)]
    bests = (best_by_family(scored, 0), best_by_family(scored, 1))
    found = [_search_half(scored, plan, half, bests[half]) for half in (0, 1)]
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
    z = (scores[0].observed_z(), scores[1].observed_z())
    null = tuple(
        one.null_z(np.random.default_rng([plan.seed, place, half]), plan.n_shuffles)
        for half, one in enumerate(scores)
    )
    return replace(offer, z=z, null_z=(null[0], null[1]))


def best_by_family(offers: Sequence[Offer], half: int) -> Bests:
    """Return the best score of any offer by shuffled file, for each family of groups there is.

    Two families have half of the level each: who and where people are (PLAIN_TRAITS), and
    groups of interests or channels, which are many more.
    """
    bests: Bests = {}
    for family in (True, False):
        own = [offer.null_z[half][:, is_plain(offer) == family] for offer in offers]
        best = [z.max(axis=1) for z in own if z.shape[1]]
        bests |= {family: np.max(best, axis=0)} if best else {}
    return bests


def is_plain(offer: Offer) -> np.ndarray:
    """Return which groups are of the family of who and where people are."""
    return np.array([all(trait in PLAIN_TRAITS for trait, _ in rule)
                     for rule in offer.frame.rules], dtype=bool)


def _search_p(offer: Offer, z: np.ndarray, bests: Bests) -> np.ndarray:
    """Return by group the p adjusted for everything searched: max-T within its family."""
    plain = is_plain(offer)
    p = np.ones(len(z))
    for family, best in bests.items():
        own = plain == family
        p[own] = np.minimum(_tail_share(best[:, None], z[own]) * len(bests), 1.0)
    return p


def _search_half(
    offers: Sequence[Offer], plan: Plan, half: int, bests: Bests
) -> pd.DataFrame:
    """Return one row a group that the search of ``half`` carries on, confirmed in the other."""
    rows: list[tuple[str, int, str, float]] = []
    z, null_z = [], [np.zeros((plan.n_shuffles, 0))]
    for offer in offers:
        search_p = _search_p(offer, offer.z[half], bests)
        carried = np.flatnonzero(search_p <= plan.search_level)
        rows += [(offer.offer_id, int(group), HALVES[half], float(search_p[group]))
                 for group in carried]
        z.append(offer.z[1 - half][carried])
        null_z.append(offer.null_z[1 - half][:, carried])
    found = pd.DataFrame(rows, columns=["offer_id", "group", "searched_half", "search_p"])
    found["confirm_p"] = step_down(np.concatenate([np.zeros(0), *z]), np.hstack(null_z))
    found["is_confirmed"] = is_confirmed(found["search_p"], found["confirm_p"], plan)
    rules = {offer.offer_id: offer.frame.rules for offer in offers}
    named = [rules[str(offer_id)][int(group)] for offer_id, group in
             zip(found["offer_id"], found["group"], strict=True)]
    return found.assign(rule=pd.Series(named, index=found.index, dtype="object"))


def _confirm_p(offer: Offer, group: int, z: np.ndarray, half: int) -> float:
    return float(_tail_share(offer.null_z[half][:, [group]], z[[group]])[0])


def is_confirmed(search_p: Any, confirm_p: Any, plan: Plan) -> Any:
    """Return which pairs of p-values confirm: each at its level, their product at its bound."""
    return ((search_p <= plan.search_level) & (confirm_p <= plan.confirm_level)
            & (search_p * confirm_p <= plan.product_bound))


def _tail_share(null: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return by group the share of draws (rows of ``null``) that reach its ``z``."""
    return np.asarray((1 + (null >= z).sum(axis=0)) / (len(null) + 1))


def _segments(
    found: pd.DataFrame, offers: Mapping[str, Offer], plan: Plan, bests: tuple[Bests, Bests]
) -> pd.DataFrame:
    """Return one row a segment: a confirmed group, less those that a stronger one explains."""
    confirmed = found[found["is_confirmed"]].drop_duplicates(["offer_id", "group"])
    kept = [row for offer_id, rows in confirmed.groupby("offer_id", sort=True)
            for row in _strongest(rows, offers[str(offer_id)], plan, bests)]
    return found.loc[kept].sort_values(["search_p", "confirm_p"], kind="stable",
                                       ignore_index=True)


def _strongest(
    rows: pd.DataFrame, offer: Offer, plan: Plan, bests: tuple[Bests, Bests]
) -> list[int]:
    """Return the rows of segments: each is confirmed beside those already chosen."""
    both = (offer.z[0] + offer.z[1])[rows["group"].to_numpy(dtype=int)]
    chosen: dict[int, int] = {}  # group to row
    scored = [score_groups(cells).observed_z() for cells in offer.halves]
    for place in np.argsort(-both, kind="stable"):
        group = int(rows["group"].iloc[place])
        is_there = [
            is_confirmed(_search_p(offer, scored[half], bests[half])[group],
                          _confirm_p(offer, group, scored[1 - half], 1 - half), plan)
            for half in (0, 1)]
        if any(is_there):
            chosen[group] = int(rows.index[place])
            scored = [score_groups(cells, cells.membership[list(chosen)].toarray().T)
                      .observed_z() for cells in offer.halves]
    return list(chosen.values())


def _empty_found() -> pd.DataFrame:
    return pd.DataFrame({
        "offer_id": pd.Series(dtype="str"), "group": pd.Series(dtype="int64"),
        "searched_half": pd.Series(dtype="str"), "search_p": pd.Series(dtype="float64"),
        "confirm_p": pd.Series(dtype="float64"), "is_confirmed": pd.Series(dtype="bool"),
        "rule": pd.Series(dtype="object"),
    })
