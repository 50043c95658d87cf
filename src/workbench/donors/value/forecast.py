"""What each donor is expected to give in the next period, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import ndtri

from workbench.donors.value import gammagamma
from workbench.donors.value.bgbb import BG_BB
from workbench.donors.value.bgnbd import BG_NBD
from workbench.donors.value.fit import (
    Fit,
    FittedModel,
    fit_gift_size,
    fit_model,
    log_errors,
    slopes,
)
from workbench.donors.value.giving_pattern import Rhythm
from workbench.donors.value.histories import Array, Histories
from workbench.donors.value.model import Model
from workbench.donors.value.paretonbd import PARETO_NBD
from workbench.errors import FitError

if TYPE_CHECKING:
    from workbench.donors.value.backtest import Correction

FEWEST_DONORS = 50  # with fewer, four parameters say more than the data do
FEWEST_REPEATS = 10
CONTINUOUS = (BG_NBD, PARETO_NBD)
FORECAST_COLUMNS = (
    "person_id", "rhythm_code", "alive_probability", "expected_gifts", "gift_minor",
    "value_minor", "gifts_error", "value_error",
)


@dataclass(frozen=True)
class Forecast:
    """What one rhythm brings in the next period.

    ``donors``: one row a person with FORECAST_COLUMNS; ``value_minor`` is expected_gifts x
    gift_minor, and the two errors are standard errors of their logarithms. ``slope``: the slope
    of each donor's logarithm of expected_gifts in the model's parameters' logarithms. Where
    back-tests have corrected it (``correction``), expected_gifts are ``factor`` times the
    model's, by the donor's ``state``.
    """

    rhythm: Rhythm
    horizon: float
    fitted: FittedModel
    size: Fit | None
    donors: pd.DataFrame
    slope: Array
    state: Array | None = None
    factor: Array | None = None
    correction: Correction | None = None


def forecast_rhythm(rhythm: Rhythm, *, period_days: float) -> Forecast | None:
    """Return what the rhythm brings in ``period_days``; None where too few have given so.

    Days are those of the clock that the rhythm is counted on.

    Giving at any time is predicted by BG/NBD or Pareto/NBD, whichever makes what was seen
    likelier (both have four parameters); giving in waves by BG/BB. FitError where none can be
    fitted. A single gift's size is predicted by gamma-gamma; an instalment's is that of the
    last one.
    """
    models = (BG_BB,) if rhythm.is_wave else CONTINUOUS
    n_repeat = int((rhythm.donors["x"] > 0).sum())
    if len(rhythm.donors) < FEWEST_DONORS or n_repeat < FEWEST_REPEATS:
        return None
    best = _best(models, rhythm.seen)
    size = None
    if rhythm.code != "monthly":
        size = fit_gift_size(*(rhythm.donors[name].to_numpy() for name in
                               ("n_turns", "mean_minor")))
    return predict(rhythm, best, size, period_days=period_days)


def predict(
    rhythm: Rhythm, fitted: FittedModel, size: Fit | None, *, period_days: float
) -> Forecast:
    """Return what a fitted model expects of each donor of ``rhythm`` in ``period_days``."""
    model, fit = fitted.model, fitted.fit
    horizon = period_days / rhythm.unit_days

    def gifts(theta: Array) -> Array:
        return model.expected(theta, rhythm.seen, horizon)

    slope = slopes(gifts, fit)
    gift_minor, gift_error = _gift_sizes(rhythm, size)
    gifts_error = log_errors(slope, fit)[rhythm.place]
    expected = gifts(fit.theta)[rhythm.place]
    donors = pd.DataFrame({
        "person_id": rhythm.donors["person_id"],
        "rhythm_code": rhythm.code,
        "alive_probability": model.alive(fit.theta, rhythm.seen)[rhythm.place],
        "expected_gifts": expected,
        "gift_minor": gift_minor,
        "value_minor": expected * gift_minor,
        "gifts_error": gifts_error,
        "value_error": np.hypot(gifts_error, gift_error),
    })
    return Forecast(rhythm, horizon, fitted, size, donors, slope[rhythm.place])


def _best(models: Sequence[Model], seen: Histories) -> FittedModel:
    """Return the model that makes histories likeliest, of those that can be fitted."""
    fits, refused = [], []
    for model in models:
        try:
            fits.append(fit_model(model, seen))
        except FitError as error:
            refused.append(error)
    if not fits:
        raise refused[0]
    return max(fits, key=lambda one: one.fit.log_likelihood)


def value_of_people(forecasts: list[Forecast], *, level: float) -> pd.DataFrame:
    """Return one row a person: both rhythms together, with intervals of ``level`` (0 to 1).

    Columns: ``alive_probability`` (still gives in one rhythm at least), ``expected_gifts`` and
    ``value_minor`` (hundredths of the currency), each with ``_low`` and ``_high``. The interval
    is of the average over donors with such a history, by the delta method on a logarithmic
    scale; what one donor does scatters more.
    """
    rows = pd.concat([one.donors for one in forecasts] or [_no_forecast()], ignore_index=True)
    quitting = 1 - rows["alive_probability"]
    total = pd.DataFrame({"alive_probability": 1 - quitting.groupby(rows["person_id"]).prod()})
    reach = float(ndtri(0.5 + level / 2))
    for column, error in (("expected_gifts", "gifts_error"), ("value_minor", "value_error")):
        amount = rows[column].groupby(rows["person_id"]).sum()
        spread = ((rows[column] * rows[error]) ** 2).groupby(rows["person_id"]).sum() ** 0.5
        relative = (spread / amount.where(amount > 0)).fillna(0.0)
        total[column] = amount
        total[f"{column}_low"] = amount * np.exp(-reach * relative)
        total[f"{column}_high"] = amount * np.exp(reach * relative)
    return total.reset_index()


def _gift_sizes(rhythm: Rhythm, size: Fit | None) -> tuple[Array, Array]:
    """Return how large each donor's next gift is, and the standard error of its logarithm."""
    if size is None:
        last = rhythm.donors["last_minor"].to_numpy()
        return last, np.zeros(len(last))
    known = [rhythm.donors[name].to_numpy() for name in ("n_turns", "mean_minor")]

    def gift(theta: Array) -> Array:
        return gammagamma.expected_gift(theta, *known)

    return gift(size.theta), log_errors(slopes(gift, size), size)


def _no_forecast() -> pd.DataFrame:
    frame = pd.DataFrame({name: pd.Series(dtype="float64") for name in FORECAST_COLUMNS})
    return frame.astype({"person_id": "str", "rhythm_code": "str"})
