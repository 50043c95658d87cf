"""A made-up table of thirty columns of every kind whose true chances are known, at any size."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

N_NUMBERS, N_VOTES, N_COUNTS = 10, 6, 3
N_LEVELS = {"party": 3, "tenure": 4, "job": 6, "school": 5, "channel": 8, "source": 12,
            "region": 9, "language": 7, "ward": 60, "county": 300, "street": 1_500}
BLANK = ("number_0", "number_6", "number_8", "vote_4", "count_0", "tenure", "source", "region")
BLANK_SHARE = 0.3  # of the rows of each


def made_up(n_rows: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return columns, numbers, counts, votes (1 and 0) and codes, and each row's true log-odds.

    The odds hang on lines, a bend, levels, two pairs of columns, a number within a party, and
    on whether a column is blank. Half of the columns, seven of eight with blanks, tell nothing.
    """
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(n_rows, N_NUMBERS))
    votes = (rng.random((n_rows, N_VOTES)) < expit(numbers[:, [0]])).astype(float)
    codes = {name: rng.integers(0, n, n_rows) for name, n in N_LEVELS.items()}
    effects = {name: rng.normal(0, 0.3, n)[codes[name]] for name, n in N_LEVELS.items()
               if name in ("party", "school", "ward", "county", "street")}
    odds = (sum(effects.values()) + 0.8 * (votes[:, 0] + votes[:, 1] - 1)
            + 0.4 * np.minimum(numbers[:, 1], 0.5) + 0.3 * numbers[:, 2]
            + 0.4 * numbers[:, 3] * numbers[:, 4] + 0.8 * (votes[:, 2] != votes[:, 3])
            + 0.4 * numbers[:, 5] * (codes["party"] == 1) - 1)
    table = pd.DataFrame({
        **{f"number_{i}": np.exp(one) if i % 3 == 2 else one for i, one in enumerate(numbers.T)},
        **{f"vote_{i}": one for i, one in enumerate(votes.T)},
        **{f"count_{i}": rng.poisson(2 + i, n_rows) for i in range(N_COUNTS)},
        **{name: pd.Series(at.astype("str")) + "_" + name for name, at in codes.items()}})
    for name in BLANK:
        is_blank = rng.random(n_rows) < BLANK_SHARE
        odds = odds + 0.3 * (is_blank if name == "number_8" else 0)
        table[name] = table[name].where(~is_blank)
    return table, np.asarray(odds)
