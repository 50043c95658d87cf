"""Groups in which the offer does more, or less, than in others: searched where chance dealt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.donors.offers.arms import Arms, ArmScores, arms_are_random, ready_arms
from workbench.donors.offers.beside import group_columns
from workbench.donors.offers.cells import Levels, keep_groups
from workbench.donors.offers.choose import Confirmed, Row, choose, confirmed_rows
from workbench.donors.offers.estimate import group_name
from workbench.donors.offers.evidence import chosen_score, difference_interval
from workbench.donors.offers.halves import HALVES
from workbench.donors.offers.judge import (
    Candidates,
    Judge,
    Plan,
    judge_halves,
    looked_at_both_ways,
    make_judge,
)
from workbench.donors.offers.search import SEGMENT_COLUMNS, varying

SIZES = ("one", "two", "three")  # families, by the number of traits
SEED_PLACE = 2  # after those of the two questions of search_offers
COLUMNS = (
    "segment_id", "offer_id", "segment_name", "rule", "is_more", "estimated_half", "n_offer",
    "n_offer_answered", "n_plain", "n_plain_answered", "effect_difference", "difference_low",
    "difference_high", "elsewhere_effect", "surplus_effect", "shrunk_effect", "shrunk_low",
    "shrunk_high", "search_p", "confirm_p", "overall_p",
)


@dataclass(frozen=True)
class Differences:
    """What was searched of effects, and what was found.

    ``arms``: by offer, where chance dealt; ``not_random``: offers whose arms go together with
    traits, so that no effect is told. ``found``: one row a group whose effect differs from
    everybody else's (COLUMNS, see estimate_differences).
    """

    arms: Mapping[str, Arms]
    not_random: tuple[str, ...]
    n_groups: int
    found: pd.DataFrame


def find_differences(
    asks: pd.DataFrame, levels: Levels, plan: Plan, numbers: Sequence[str] = ()
) -> Differences:
    """Search every offer that went out beside a comparison for groups with another effect.

    ``asks``: as for find_segments, with ``appeal_id``, ``arm_code`` and ``is_comparison``. An
    appeal without a comparison but in several arms is compared with its first arm by name. The
    effect is the rate with the offer less the rate without, in points; a group of one to three
    traits is found where its effect is larger, or smaller, than everybody else's, by the same
    search, confirmation and level as in search_offers.
    """
    pairs = {offer: both for _, sent in asks.groupby("appeal_id", sort=True)
             for offer, both in _compared(sent).items()}
    ready: dict[str, Arms] = {}
    not_random = []
    for offer, both in pairs.items():
        own = varying(both, levels)
        is_offered = (both["offer_id"] == offer).to_numpy()
        if not arms_are_random(both, is_offered, own):
            not_random.append(offer)
        else:
            ready[offer] = ready_arms(both, is_offered, own, plan, numbers)
    searched = [one for one in ready.values() if one.rules]
    return Differences(ready, tuple(not_random), sum(len(one.rules) for one in searched),
                       estimate_differences(searched, _searched(searched, plan)))


def estimate_differences(searched: Sequence[Arms], chosen: pd.DataFrame) -> pd.DataFrame:
    """Return one row a group of ``chosen``, by the half that its search did not see.

    ``is_more``: the offer does more there. ``n_offer``, ``n_plain`` and who answered; the
    ``effect_difference`` (rate with the offer less rate without; positive: it draws) with its
    ends; ``elsewhere_effect`` of everybody else; ``surplus_effect``: the one less the other;
    ``shrunk_effect`` with its ends: the surplus less what having been chosen adds to it.
    Effects are shares. Those of which the offer does most come first.
    """
    by_id = {one.offer_id: one for one in searched}
    rows = []
    for one in chosen.to_dict("records"):
        arms = by_id[str(one["offer_id"])]
        unseen = 1 - HALVES.index(str(one["searched_half"]))
        is_in = arms.frame.membership[[int(one["group"])]].toarray()[0] > 0
        inside, rest = (_counts(arms, unseen, mine) for mine in (is_in, ~is_in))
        rule = arms.rules[int(one["group"])]
        low, high = difference_interval(inside[1], inside[0])
        effect, elsewhere = _effect(inside), _effect(rest)
        surplus = effect - elsewhere
        error = float(np.sqrt(sum(_variance(*arm) for arm in (*inside, *rest))))
        ends = chosen_score(one["sign"] * surplus / error, one["least_z"])
        shrunk = sorted(one["sign"] * end * error for end in ends)
        rows.append((
            one["offer_id"], group_name(rule), rule, one["sign"] > 0, HALVES[unseen],
            inside[1][1], inside[1][0], inside[0][1], inside[0][0], effect, low, high, elsewhere,
            surplus, shrunk[1], shrunk[0], shrunk[2], one["search_p"], one["confirm_p"],
            one["overall_p"]))
    found = pd.DataFrame(rows, columns=list(COLUMNS[1:])).sort_values(
        "shrunk_effect", ascending=False, kind="stable", ignore_index=True)
    found.insert(0, "segment_id", [f"E{place}" for place in range(1, len(found) + 1)])
    return found


def _compared(sent: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the asks of each offer of an appeal with those that it is compared with."""
    plain = sent[sent["is_comparison"]]
    offers = sorted(sent.loc[~sent["is_comparison"], "offer_id"].unique())
    if plain.empty and len(offers) > 1:
        plain, offers = sent[sent["offer_id"] == offers[0]], offers[1:]
    if plain.empty:
        return {}
    return {str(offer): pd.concat([sent[sent["offer_id"] == offer], plain]).sort_index()
            for offer in offers}


def _searched(searched: Sequence[Arms], plan: Plan) -> pd.DataFrame:
    """Return the rows of what was chosen, with ``least_z``: in the unseen half, to be shown."""
    candidates = [_candidates(arms, plan, place) for place, arms in enumerate(searched)]
    judge, _ = make_judge(candidates, plan, plan.level)
    found = judge_halves(candidates, judge)
    rows = [row for place, arms in enumerate(searched)
            for row in _chosen(arms, candidates[place], judge, found[found["place"] == place])]
    return pd.DataFrame(rows, columns=[*SEGMENT_COLUMNS, "least_z"])


def _candidates(arms: Arms, plan: Plan, place: int) -> Candidates:
    scores = ArmScores(arms, np.zeros((len(arms.mean), 0)))
    z = scores.observed_z()
    null_z = scores.null_z(np.random.default_rng([plan.seed, place, SEED_PLACE]),
                           plan.n_shuffles)
    family = np.array([SIZES[len(rule) - 1] for rule in arms.rules])
    groups = np.arange(len(arms.rules))
    turned = np.flatnonzero([len(rule) > 1 or len(arms.levels[rule[0][0]]) != 2
                             for rule in arms.rules])
    return looked_at_both_ways(Candidates(
        arms.offer_id, groups, np.ones(len(groups)), family, z, null_z), turned)


def _chosen(
    arms: Arms, candidates: Candidates, judge: Judge, found: pd.DataFrame
) -> list[Row]:
    rows = confirmed_rows(found, arms.rules)
    groups = np.array([row["group"] for row in rows], dtype=np.int64)
    rescore = _rescorer(arms, groups)
    confirmed = Confirmed(candidates, judge, rows, rescore)
    chosen, told = choose(confirmed), []
    for at in chosen:
        row = rows[at]
        z = rescore([one for one in chosen if one != at])
        seen = HALVES.index(row["searched_half"])
        confirm_bar, overall_bar = confirmed.bars(at)
        # both halves weigh nearly alike, so that their score is the sum over the root of two
        least = max(confirm_bar, np.sqrt(2) * overall_bar - row["sign"] * float(z[seen][at]))
        told.append({**row, "least_z": min(least, row["sign"] * float(z[1 - seen][at]))})
    return told


def _rescorer(
    arms: Arms, groups: np.ndarray
) -> Callable[[Sequence[int]], Sequence[np.ndarray]]:
    """Return what scores ``groups`` beside chosen ones of them."""
    def rescore(chosen: Sequence[int]) -> Sequence[np.ndarray]:
        columns = group_columns(keep_groups(arms.cells, groups), chosen)
        return [one[groups] for one in ArmScores(arms, columns).observed_z()]
    return rescore


def _counts(
    arms: Arms, half: int, is_in: np.ndarray
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return answered and asked, without the offer and with it, of some cells of a half."""
    without, offered = ((int(y[half][is_in].sum()), int(n[half][is_in].sum()))
                        for n, y in zip(arms.n, arms.y, strict=True))
    return without, offered


def _effect(counts: tuple[tuple[int, int], tuple[int, int]]) -> float:
    (y_plain, n_plain), (y, n) = counts
    return y / n - y_plain / n_plain


def _variance(y: int, n: int) -> float:
    """Return the variance of a rate; half an answer is added to either side."""
    rate = (y + 0.5) / (n + 1)
    return rate * (1 - rate) / n
