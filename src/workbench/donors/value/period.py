"""The period to predict, and how."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Period:
    """The period to predict, and how: its length is that of the held-out period too.

    ``level`` of all intervals is 0 to 1; ``wave_days`` above 0 says that single gifts come in
    waves of so many days. ``polling_dates``: the polling days that are known, past and to come.
    """

    days: int
    level: float
    seed: int
    wave_days: int = 0
    polling_dates: tuple[dt.date, ...] = ()
