"""The period to predict, and how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from workbench.errors import SettingsError


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

    def around(self, past: Sequence[str], coming: dt.date) -> Period:
        """Return the period with the polling days that are known, the past ones as texts.

        >>> Period(182, 0.9, 1).around(["2024-11-05"], dt.date(2026, 11, 3)).polling_dates
        (datetime.date(2024, 11, 5), datetime.date(2026, 11, 3))
        """
        try:
            found = {dt.date.fromisoformat(day) for day in past}
        except (TypeError, ValueError):
            raise SettingsError(
                "notebooks.donors.past_polling_dates holds what is no day. Write each as year-"
                'month-day in quotation marks, such as ["2024-11-05"], or [] if none is known.'
            ) from None
        return replace(self, polling_dates=tuple(sorted({*found, coming})))
