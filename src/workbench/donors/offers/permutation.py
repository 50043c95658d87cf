"""What the same search and the same confirmation find in shuffled files, where nothing is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from workbench.donors.offers.judge import Candidates
from workbench.donors.offers.scores import BOTH
from workbench.donors.offers.search import Search

NAIVE_LEVEL = 0.05
KEYS = ["offer_id", "group", "sign"]


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
    naive = [float((z >= _naive_z(one)).sum()) for stage in (search.joint, search.single)
             for one in stage.candidates for z in one.z[:BOTH]]
    confirmed = search.found[search.found["is_confirmed"]]
    return Tally(sum(naive) / 2, len(search.found.drop_duplicates(KEYS)),
                 len(confirmed.drop_duplicates(KEYS)))


def tally_shuffled(search: Search) -> Tally:
    """Return what a shuffled file gives on the mean, each treated as if it were the file.

    Each is compared with all of them, as the file is; what a finding explains of another is not
    taken away, so that groups are counted and not findings.
    """
    stages = [stage for stage in (search.joint, search.single) if stage.candidates]
    if not stages:
        return Tally(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    n_files = search.plan.n_shuffles
    naive = np.sum([(z >= _naive_z(one)).sum(axis=1) for stage in stages
                    for one in stage.candidates for z in one.null_z[:BOTH]], axis=0) / 2
    found = pd.concat([stage.shuffled.assign(stage=at) for at, stage in enumerate(stages)],
                      ignore_index=True)
    keys = ["file", "stage", "place", "at"]
    carried = found.drop_duplicates(keys)
    confirmed = found[found["is_confirmed"]].drop_duplicates(keys)
    return Tally(
        float(naive.mean()), len(carried) / n_files, len(confirmed) / n_files,
        float((naive > 0).mean()), carried["file"].nunique() / n_files,
        confirmed["file"].nunique() / n_files)


def _naive_z(candidates: Candidates) -> float:
    """Return the score under 5 %; half of it on either side where both are looked at."""
    is_two_sided = bool((candidates.signs < 0).any())
    return float(norm.ppf(1 - NAIVE_LEVEL / (2 if is_two_sided else 1)))
