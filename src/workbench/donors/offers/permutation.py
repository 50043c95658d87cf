"""What the same search and the same confirmation find in shuffled files, where nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from workbench.donors.offers.evidence import step_down
from workbench.donors.offers.search import (
    BOTH,
    Bests,
    Offer,
    Plan,
    Search,
    best_by_family,
    is_confirmed,
    is_plain,
)

NAIVE_Z = float(norm.ppf(0.95))


@dataclass(frozen=True)
class Tally:
    """Groups of a file that pass each hurdle; of shuffled files the mean, and the files.

    ``n_naive``: groups under 5 % by themselves, mean of the two halves; ``n_carried``: that
    stood out in a half against the best of every shuffled file; ``n_confirmed``: that stood out
    again in the other half. ``files_naive_share``, ``files_carried_share`` and
    ``files_confirmed_share``: files with one such group or more.
    """

    n_naive: float
    n_carried: float
    n_confirmed: float
    files_naive_share: float = np.nan
    files_carried_share: float = np.nan
    files_confirmed_share: float = np.nan


def tally_search(search: Search) -> Tally:
    """Return how many groups of the file itself pass each hurdle."""
    naive = [int((z >= NAIVE_Z).sum()) for offer in search.offers.values()
             for z in offer.z[:BOTH]]
    carried = search.found.drop_duplicates(["offer_id", "group"])
    confirmed = search.found[search.found["is_confirmed"]]
    return Tally(sum(naive) / 2, len(carried),
                 len(confirmed.drop_duplicates(["offer_id", "group"])))


def tally_shuffled(search: Search) -> Tally:
    """Return what a shuffled file gives on the mean, each treated as if it were the file.

    Each is compared with all of them, as the file is; what a segment explains of another is not
    taken away, so that groups are counted and not segments.
    """
    offers, plan = list(search.offers.values()), search.plan
    if not offers:
        return Tally(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    naive = sum((z >= NAIVE_Z).sum(axis=1) for offer in offers for z in offer.null_z[:BOTH]) / 2
    found = _shuffled_finds(offers, plan)
    carried = found.drop_duplicates(["file", "place", "group"])
    confirmed = found[found["is_confirmed"]].drop_duplicates(["file", "place", "group"])
    return Tally(
        float(naive.mean()), len(carried) / plan.n_shuffles, len(confirmed) / plan.n_shuffles,
        float((naive > 0).mean()), carried["file"].nunique() / plan.n_shuffles,
        confirmed["file"].nunique() / plan.n_shuffles)


def _shuffled_finds(offers: Sequence[Offer], plan: Plan) -> pd.DataFrame:
    """Return one row a shuffled file, half and group that the search of that half carries on."""
    bests = [best_by_family(offers, view) for view in (0, 1, BOTH)]
    found = pd.concat([_carried(offer, bests, plan, half).assign(place=place)
                       for half in (0, 1) for place, offer in enumerate(offers)],
                      ignore_index=True)
    found["confirm_p"] = np.nan
    for _, rows in found.groupby(["file", "half"]):
        z, null_z = _other_half(offers, rows)
        found.loc[rows.index, "confirm_p"] = step_down(z, null_z)
    return found.assign(is_confirmed=is_confirmed(
        found["search_p"], found["confirm_p"], found["overall_p"], plan))


def _carried(offer: Offer, bests: Sequence[Bests], plan: Plan, half: int) -> pd.DataFrame:
    """Return one row a file and group of ``offer`` that the search of the half carries on."""
    search_p, overall_p = (_best_p(offer, bests, plan, view) for view in (half, BOTH))
    files, groups = np.nonzero(search_p <= plan.search_level)
    return pd.DataFrame({"file": files, "half": half, "group": groups,
                         "search_p": search_p[files, groups],
                         "overall_p": overall_p[files, groups]})


def _best_p(offer: Offer, bests: Sequence[Bests], plan: Plan, view: int) -> np.ndarray:
    """Return files x groups: the share of files whose best group scores as high in ``view``."""
    z, plain = offer.null_z[view], is_plain(offer)
    p = np.ones(z.shape)
    for family, best in bests[view].items():
        own = plain == family
        share = plan.share_of(family, bests[view])
        p[:, own] = np.minimum(_share_above(best, z[:, own]) / share, 1.0)
    return p


def _other_half(
    offers: Sequence[Offer], rows: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores of the groups of ``rows``, of one shuffled file and one half's search.

    In the other half: of that file, and of all other files.
    """
    file, half = int(rows["file"].iloc[0]), 1 - int(rows["half"].iloc[0])
    columns = [offers[place].null_z[half][:, group]
               for place, group in zip(rows["place"], rows["group"], strict=True)]
    every = np.stack(columns, axis=1)
    return every[file], np.delete(every, file, axis=0)


def _share_above(best: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return the share of ``best`` that is at least each of ``z``; every file counts itself."""
    return 1.0 - np.searchsorted(np.sort(best), z, side="left") / len(best)
