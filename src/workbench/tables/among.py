"""Whether a key is one of others, asked of Arrow: on texts far quicker than pandas' ``isin``."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def is_among(keys: pd.Series, others: pd.Series) -> pd.Series:
    """Return whether each key is one of ``others``; a missing one never is.

    >>> is_among(pd.Series(["a", "b", None]), pd.Series(["b", None])).tolist()
    [False, True, False]
    """
    asked, known = (pa.array(values, from_pandas=True) for values in (keys, others.dropna()))
    if asked.null_count == len(asked) or not len(known):
        return pd.Series(False, index=keys.index)
    found = pc.is_in(asked, value_set=known.cast(asked.type))
    return pd.Series(found.to_numpy(zero_copy_only=False), index=keys.index)
