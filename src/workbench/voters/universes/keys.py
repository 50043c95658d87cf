"""Keys of people and doors, held against each other."""

from __future__ import annotations

import pandas as pd


def is_among(keys: pd.Series, others: pd.Series) -> pd.Series:
    """Return whether each key is one of ``others``, as a join: quicker than isin on texts."""
    if keys.empty or others.empty:
        return pd.Series(False, index=keys.index)
    wanted = pd.DataFrame({"key": others.drop_duplicates(), "is_there": True})
    found = pd.DataFrame({"key": keys}).merge(wanted, how="left", on="key",
                                              validate="many_to_one")
    return pd.Series(found["is_there"].notna().to_numpy(), index=keys.index)


def door_of(people: pd.DataFrame) -> pd.Series:
    """Return the key of the door: the household, or the person where none is known."""
    return people["household_id"].fillna("P:" + people["person_id"].astype("str"))
