"""What donors will give: buy-till-you-die models fitted by maximum likelihood, and held out."""

from __future__ import annotations

from workbench.donors.value.bgbb import BG_BB
from workbench.donors.value.bgnbd import BG_NBD
from workbench.donors.value.draws import drawn_sums, ends_of, whole_of
from workbench.donors.value.fit import Fit, FittedModel, fit_gift_size, fit_model
from workbench.donors.value.forecast import (
    Forecast,
    forecast_rhythm,
    predict,
    value_of_people,
)
from workbench.donors.value.giving_pattern import RHYTHM_NAMES, Rhythm, giving_days, rhythm_of
from workbench.donors.value.histories import Histories, group_histories
from workbench.donors.value.holdout import HeldOut, Period, forecast_all, hold_out
from workbench.donors.value.model import Model
from workbench.donors.value.paretonbd import PARETO_NBD
from workbench.donors.value.sums import EVERYBODY, sum_by_segment

__all__ = [
    "BG_BB", "BG_NBD", "EVERYBODY", "PARETO_NBD", "RHYTHM_NAMES", "Fit", "FittedModel",
    "Forecast", "HeldOut", "Histories", "Model", "Period", "Rhythm", "drawn_sums", "ends_of",
    "fit_gift_size", "fit_model", "forecast_all", "forecast_rhythm",
    "giving_days", "group_histories", "hold_out", "predict", "rhythm_of", "sum_by_segment",
    "value_of_people", "whole_of",
]
