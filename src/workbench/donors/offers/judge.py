"""What is searched and confirmed: scores compared with the best of every shuffled file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from workbench.donors.offers.halves import HALVES
from workbench.donors.offers.scores import BOTH, VIEWS

SINGLE = "single"
SINGLE_SHARE = 0.2  # of the level, for groups of one trait
PLAIN_TRAITS = ("age_band", "sex_code", "region_code", "past_band")
KIND_SHARES = {"plain": 0.8, "other": 0.2}  # groups of who and where; of interests and channels
SIZE_SHARES = {"many": 0.7, "some": 0.2, "few": 0.1,  # by the answers that are expected
               "one": 0.5, "two": 0.35, "three": 0.15}  # for effects, by the number of traits
MANY_ANSWERS, SOME_ANSWERS = 10, 3
NEVER = 2.0  # the p of a file in which nothing passes
Bests = tuple[dict[str, np.ndarray], ...]  # by view and family: the best of each shuffled file


@dataclass(frozen=True)
class Plan:
    """How the search is made.

    ``n_shuffles``: files drawn in which nothing is but what is expected. ``seed`` draws them and
    the halves. ``level``: chance that a file without findings shows any. ``search_level``: the
    largest p in the search of a half that is carried on; ``confirm_level``: the largest p of
    the group by itself in the other half. ``people_least``: people of the smallest group in
    either half: smaller ones could not be shown.
    """

    n_shuffles: int
    seed: int
    level: float = 0.05
    search_level: float = 0.8
    confirm_level: float = 0.05
    people_least: int = 10


@dataclass(frozen=True)
class Candidates:
    """Groups of one offer that are judged together.

    ``groups``: their numbers; ``signs``: 1 where more answers are looked for, -1 where fewer.
    ``family``: by candidate. ``z``: by view and candidate, ``null_z``: by view, draws x
    candidates; positive: as looked for.
    """

    offer_id: str
    groups: np.ndarray
    signs: np.ndarray
    family: np.ndarray
    z: Sequence[np.ndarray]
    null_z: Sequence[np.ndarray]


@dataclass(frozen=True)
class Judge:
    """The yardstick of one question, for all offers together.

    ``bests``: see Bests; ``shares``: the part of each level by family. ``level``: chance of a
    false finding. ``passed``: of each shuffled file the lowest p of both halves together
    (best_p) among its candidates that pass search and confirmation, sorted.
    """

    plan: Plan
    bests: Bests
    shares: Mapping[str, float]
    level: float
    passed: np.ndarray

    def best_p(self, z: np.ndarray, family: np.ndarray, view: int) -> np.ndarray:
        """Return p adjusted for everything searched in a view: max-T within the family."""
        p = np.ones(len(z))
        for name, best in self.bests[view].items():
            own = family == name
            reached = len(best) - np.searchsorted(best, z[own], side="left")
            p[own] = np.minimum((1 + reached) / (len(best) + 1) / self.shares[name], 1.0)
        return p

    def overall_p(self, best_p: np.ndarray) -> np.ndarray:
        """Return the share of shuffled files that show anything as strong, all hurdles passed."""
        n_stronger = np.searchsorted(self.passed, best_p, side="right")
        return np.asarray((1 + n_stronger) / (len(self.passed) + 1))

    def confirmed(self, search_p: np.ndarray, confirm_p: np.ndarray,
                  overall_p: np.ndarray) -> np.ndarray:
        """Return which candidates are confirmed: each p is at most its level."""
        plan = self.plan
        return ((search_p <= plan.search_level) & (confirm_p <= plan.confirm_level)
                & (overall_p <= self.level))

    def search_bar(self, family: str, view: int) -> float:
        """Return the score above which the search of a half carries a group on."""
        return self._bar(family, view, int(np.floor(
            self.plan.search_level * self.shares[family] * (len(self.passed) + 1) + 1e-9)))

    def confirm_bar(self, null_z: np.ndarray) -> float:
        """Return the score above which a half confirms the candidate of ``null_z``."""
        n_reached = _n_allowed(self.plan.confirm_level, len(null_z)) + 1
        return float(np.sort(null_z)[-n_reached]) if n_reached > 0 else np.inf

    def overall_bar(self, family: str) -> float:
        """Return the score of both halves above which a group is confirmed."""
        n_stronger = _n_allowed(self.level, len(self.passed))
        if n_stronger < 0:
            return np.inf
        most = self.passed[n_stronger] * self.shares[family] * (len(self.passed) + 1)
        return self._bar(family, BOTH, int(np.ceil(most - 1e-9)) - 1)

    def _bar(self, family: str, view: int, n_reached: int) -> float:
        """Return the score that fewer than ``n_reached`` files' best of the family reach."""
        best = self.bests[view][family]
        if n_reached < 1:
            return np.inf
        return float(best[-n_reached]) if n_reached <= len(best) else -np.inf


def family_of(traits: Sequence[str], n_expected: float) -> str:
    """Return the family of a group by its traits and the answers expected of it.

    >>> family_of(["sex_code"], 40), family_of(["sex_code", "age_band"], 5)
    ('single', 'some plain')
    """
    if len(traits) == 1:
        return SINGLE
    if n_expected < SOME_ANSWERS:
        return "few"
    kind = "plain" if all(trait in PLAIN_TRAITS for trait in traits) else "other"
    return f"{'many' if n_expected >= MANY_ANSWERS else 'some'} {kind}"


def family_shares(families: set[str]) -> dict[str, float]:
    """Return the part of a level by family of those that there are; they add up to 1.

    >>> family_shares({"many plain", "few"})
    {'few': 0.125, 'many plain': 0.875}
    """
    kinds = {name.split()[1] for name in families if " " in name}
    shares: dict[str, float] = {}
    for name in sorted(families):
        size, _, kind = name.partition(" ")
        shares[name] = SIZE_SHARES.get(size, 1.0) * (
            KIND_SHARES.get(kind, 1.0) if len(kinds) > 1 else 1.0)
    return {name: round(share / sum(shares.values()), 12) for name, share in shares.items()}


def make_judge(
    candidates: Sequence[Candidates], plan: Plan, level: float
) -> tuple[Judge, pd.DataFrame]:
    """Return the judge of all ``candidates``, and what passes in shuffled files.

    One row a shuffled file (``file``), half and candidate (``place`` of its offer, ``at``) that
    the search of the half carries on, each file judged as if it were the file itself.
    """
    shares = family_shares({name for one in candidates for name in one.family.tolist()})
    bests = tuple(
        {name: np.sort(np.max([one.null_z[view][:, one.family == name].max(axis=1)
                               for one in candidates if (one.family == name).any()], axis=0))
         for name in shares} for view in VIEWS)
    judge = Judge(plan, bests, shares, level, np.full(plan.n_shuffles, NEVER))
    found = _shuffled_finds(candidates, judge)
    has_passed = found[found["confirm_p"] <= plan.confirm_level]
    lowest = has_passed.groupby("file")["best_p"].min().reindex(
        range(plan.n_shuffles), fill_value=NEVER)
    judge = replace(judge, passed=np.sort(lowest.to_numpy(dtype=float)))
    overall = judge.overall_p(found["best_p"].to_numpy(dtype=float))
    return judge, found.assign(is_confirmed=judge.confirmed(
        found["search_p"].to_numpy(), found["confirm_p"].to_numpy(), overall))


def looked_at_both_ways(one: Candidates, turned: np.ndarray) -> Candidates:
    """Return candidates for more answers, and beside them those at ``turned`` for fewer."""
    at = np.append(np.arange(len(one.groups)), turned).astype(np.int64)
    signs = np.repeat([1, -1], [len(one.groups), len(turned)])
    return replace(one, groups=one.groups[at], signs=signs, family=one.family[at],
                   z=[score[at] * signs for score in one.z],
                   null_z=[score[:, at] * signs for score in one.null_z])


def judge_halves(candidates: Sequence[Candidates], judge: Judge) -> pd.DataFrame:
    """Return one row a candidate and half whose search carries it on.

    ``offer_id``, ``place`` (of the offer among ``candidates``), ``at`` (of the candidate there),
    ``group``, ``sign``, ``searched_half``; ``search_p``; ``confirm_p``: the share of shuffled
    files in which the group by itself scores as high in the other half; ``overall_p``;
    ``is_confirmed``.
    """
    return pd.concat([empty_found(), *(_judge_half(candidates, judge, half) for half in (0, 1))],
                     ignore_index=True)


def _judge_half(candidates: Sequence[Candidates], judge: Judge, half: int) -> pd.DataFrame:
    """Return the rows of judge_halves that the search of ``half`` carries on."""
    parts = [empty_found()]
    for place, one in enumerate(candidates):
        search_p = judge.best_p(one.z[half], one.family, half)
        at = np.flatnonzero(search_p <= judge.plan.search_level)
        best_p = judge.best_p(one.z[BOTH], one.family, BOTH)
        parts.append(pd.DataFrame({
            "offer_id": one.offer_id, "place": place, "at": at, "group": one.groups[at],
            "sign": one.signs[at], "searched_half": HALVES[half], "search_p": search_p[at],
            "overall_p": judge.overall_p(best_p)[at],
            "confirm_p": alone_p(one.z[1 - half][at], one.null_z[1 - half][:, at])}))
    found = pd.concat(parts, ignore_index=True)
    return found.assign(is_confirmed=judge.confirmed(
        found["search_p"].to_numpy(), found["confirm_p"].to_numpy(),
        found["overall_p"].to_numpy()))


def alone_p(z: np.ndarray, null_z: np.ndarray) -> np.ndarray:
    """Return by candidate the share of draws (rows of ``null_z``) that reach its own ``z``."""
    return np.asarray((1 + (null_z >= z).sum(axis=0)) / (len(null_z) + 1))


def empty_found() -> pd.DataFrame:
    """Return a table of no candidates."""
    return pd.DataFrame({
        "offer_id": pd.Series(dtype="str"), "place": pd.Series(dtype="int64"),
        "at": pd.Series(dtype="int64"), "group": pd.Series(dtype="int64"),
        "sign": pd.Series(dtype="int64"), "searched_half": pd.Series(dtype="str"),
        **{name: pd.Series(dtype="float64")
           for name in ("search_p", "overall_p", "confirm_p")},
        "is_confirmed": pd.Series(dtype="bool"),
    })


def _n_allowed(level: float, n_files: int) -> int:
    """Return how many shuffled files may be as strong for p to be at most ``level``."""
    return int(np.floor(level * (n_files + 1) + 1e-9)) - 1


def _shuffled_finds(candidates: Sequence[Candidates], judge: Judge) -> pd.DataFrame:
    """Return one row a shuffled file, half and candidate that the search of that half carries."""
    return pd.concat(
        [pd.DataFrame(columns=["file", "half", "at", "search_p", "best_p", "confirm_p", "place"]),
         *(_carried(one, judge, half).assign(place=place)
           for half in (0, 1) for place, one in enumerate(candidates))], ignore_index=True)


def _carried(one: Candidates, judge: Judge, half: int) -> pd.DataFrame:
    """Return one row a file and candidate that the search of the half carries on."""
    search_p, best_p = (_file_p(one, judge, view) for view in (half, BOTH))
    files, at = np.nonzero(search_p <= judge.plan.search_level)
    columns, place = np.unique(at, return_inverse=True)
    z = one.null_z[1 - half][:, columns]
    alone = rankdata(-z, method="max", axis=0) / len(z) if len(columns) else z
    return pd.DataFrame({"file": files, "half": half, "at": at,
                         "search_p": search_p[files, at], "best_p": best_p[files, at],
                         "confirm_p": alone[files, place]})


def _file_p(one: Candidates, judge: Judge, view: int) -> np.ndarray:
    """Return files x candidates: the share of files whose best scores as high in ``view``.

    Every file counts itself.
    """
    p = np.ones(one.null_z[view].shape)
    for family, best in judge.bests[view].items():
        own = one.family == family
        reached = len(best) - np.searchsorted(best, one.null_z[view][:, own], side="left")
        p[:, own] = np.minimum(reached / len(best) / judge.shares[family], 1.0)
    return p
