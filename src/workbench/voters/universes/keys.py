"""The key of the door behind which somebody lives."""

from __future__ import annotations

import pandas as pd


def door_of(people: pd.DataFrame) -> pd.Series:
    """Return the key of the door: the household, or the person where none is known."""
    return people["household_id"].fillna("P:" + people["person_id"].astype("str"))
