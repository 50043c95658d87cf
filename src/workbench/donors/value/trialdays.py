"""On which earlier days a forecast is tried: one period apart, or as far from a polling day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from workbench.donors.value.period import Period

MOST_TRIALS = 4
RUN_UP_DAYS, AFTER_DAYS = 120, 60  # around a polling day giving follows the campaign


@dataclass(frozen=True)
class TrialDays:
    """Days to predict from as if they were today, and the length of what is predicted there.

    ``same_phase``: those of ``seen_on`` that are as far from a polling day as today is. ``near``
    says of the period to come: "" where no polling day that is known is near, "run_up" before
    one, "past" where it runs past one.
    """

    days: int
    seen_on: tuple[dt.date, ...]
    same_phase: tuple[dt.date, ...] = ()
    near: str = ""


def trial_days(first: dt.date, seen_on: dt.date, period: Period) -> TrialDays:
    """Return the days to try a forecast on that is made on ``seen_on``, gifts since ``first``.

    Hidden periods follow each other, the last one to ``seen_on``, as long as a whole period lies
    before each; those that run past a polling day or up to it are left out. Where the period to
    come is near a polling day, days as far from an earlier one are taken too. A file of less
    than two periods is tried once, on its second half.

    >>> trial_days(dt.date(2024, 1, 1), dt.date(2026, 1, 1), Period(200, 0.9, 1)).seen_on
    (datetime.date(2025, 6, 15), datetime.date(2024, 11, 27))
    """
    span = (seen_on - first).days
    near, poll = _near(seen_on, period)
    days = min(period.days, span // 2)
    if days < 1:
        return TrialDays(0, (), near=near)
    most = min(MOST_TRIALS, span // days - 1)
    before = (seen_on - dt.timedelta(days=days * (back + 1)) for back in range(most))
    usual = tuple(cut for cut in before if not _near(cut, period)[0])
    aligned = () if poll is None else tuple(
        cut for cut in (seen_on - (poll - other) for other in sorted(period.polling_dates))
        if cut < seen_on - dt.timedelta(days=days - 1) and (cut - first).days >= days)
    return TrialDays(days, tuple(sorted({*usual, *aligned}, reverse=True)), aligned, near)


def _near(seen_on: dt.date, period: Period) -> tuple[str, dt.date | None]:
    """Return how the period from ``seen_on`` lies to a polling day that is near, and to which."""
    ends = seen_on + dt.timedelta(days=period.days)
    for poll in sorted(period.polling_dates):
        if seen_on - dt.timedelta(days=AFTER_DAYS) < poll <= ends:
            return "past", poll
    for poll in sorted(period.polling_dates):
        if ends < poll <= ends + dt.timedelta(days=RUN_UP_DAYS):
            return "run_up", poll
    return "", None
