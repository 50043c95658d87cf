"""Which half of the file a household is in, so that no search sees what confirms it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.pseudonyms import keyed_hashes

HALVES = ("first", "second")


def assign_halves(households: pd.Series, seed: int) -> np.ndarray:
    """Return 0 or 1 by row: a hash of the household's key with ``seed`` decides.

    Everybody of a household is in one half, in whatever order the rows come.
    """
    codes, names = pd.factorize(households, sort=False)
    hashes = keyed_hashes(str(seed).encode(), [str(name) for name in names])
    half = np.array([int(text[-1], 16) % 2 for text in hashes], dtype=np.int8)
    return half[codes] if len(half) else np.zeros(len(households), dtype=np.int8)
