"""Back-tests: the forecast tried on earlier days, and what it got wrong by how donors gave."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.donors.value.forecast import Forecast, forecast_rhythm
from workbench.donors.value.giving_pattern import Rhythm, given_between, rhythm_of
from workbench.donors.value.histories import Array
from workbench.donors.value.modelerror import ModelError, Prior, learn_error
from workbench.donors.value.period import Period
from workbench.donors.value.season import Season
from workbench.donors.value.trialdays import TrialDays, trial_days
from workbench.errors import FitError

# Before a test: errors of totals in published back-tests lie between 2 and 13 %, those of donors
# who gave once and fell silent at more than half. Of a polling day nobody has seen: a third of
# what came before to three times as much.
TOTAL, STATE, MONEY = Prior(0.15, 0.1), Prior(0.5, 0.15), Prior(0.1, 0.1)
PHASE = Prior(0.5, 0.15)
UNSEEN = {"": 0.0, "run_up": 0.25, "past": 0.5}
TIMES = {"monthly": (3.5, 12.5), "single": (1.5, 3.5)}  # edges: gifts
SILENCES = {"monthly": (0.5, 2.5)}  # edges: instalments missed
SILENT_PERIODS = (1.0, 4.0)  # edges: silence in periods, of single gifts
N_STATES, N_SUMS = 9, 6
LEAST_BIAS = 0.05


@dataclass(frozen=True)
class Correction:
    """What back-tests say of a forecast: its errors by state, of the total and of a gift's size.

    ``n_trials`` back-tests of ``days`` each stand behind it, ``n_same_phase`` of them as far from
    a polling day as the forecast; ``near``: see TrialDays.
    """

    states: tuple[ModelError, ...]
    total: ModelError
    money: ModelError
    n_trials: int
    n_same_phase: int
    days: int
    near: str

    @property
    def is_phase_unknown(self) -> bool:
        """Tell whether the period is near a polling day and no back-test shows what it does."""
        return self.near != "" and self.n_same_phase == 0


def states_of(rhythm: Rhythm, *, horizon: float) -> Array:
    """Return the state of each donor, 0 to 8: times given (one, few, many) x 3 + silence.

    Silence since the last gift is short, long or very long; of recurring gifts it is counted in
    instalments missed.
    """
    donors = rhythm.donors
    silent = (donors["t_all"] - donors["t_x"]).to_numpy()
    edges = SILENCES.get(rhythm.code, tuple(edge * horizon for edge in SILENT_PERIODS))
    times = np.digitize(donors["n_turns"].to_numpy(), TIMES[rhythm.code])
    return np.asarray(times * 3 + np.digitize(silent, edges))


def forecast_on(
    days: pd.DataFrame, code: str, *, seen_on: dt.date, period: Period, season: Season
) -> Forecast | None:
    """Return what one rhythm brings after ``seen_on`` by its model alone, on its clock."""
    waves = period.wave_days
    rhythm = rhythm_of(days, code, seen_on=seen_on, wave_days=waves, season=season)
    n_days = period.days if rhythm.is_wave else season.passed(seen_on, period.days)
    return forecast_rhythm(rhythm, period_days=n_days)


def back_test(
    days: pd.DataFrame, code: str, *, seen_on: dt.date, period: Period, season: Season
) -> Correction:
    """Return what the forecast of one rhythm gets wrong, tried on days before ``seen_on``."""
    known = days[(days["donation_date"] <= pd.Timestamp(seen_on)) & (days["rhythm_code"] == code)]
    first = seen_on if known.empty else known["donation_date"].min().date()
    plan = trial_days(first, seen_on, period)
    tried = {cut: _one_trial(known, code, cut, replace(period, days=plan.days), season)
             for cut in plan.seen_on}
    sums = {cut: found for cut, found in tried.items() if found is not None}
    is_same = np.array([cut in plan.same_phase for cut in sums], dtype=bool)
    none = np.zeros((N_SUMS, 0, N_STATES))
    return _learned(np.stack(list(sums.values()), axis=1) if sums else none, is_same, plan)


def corrected(forecast: Forecast, correction: Correction) -> Forecast:
    """Return the forecast with each donor's numbers as back-tests say they should be."""
    state = states_of(forecast.rhythm, horizon=forecast.horizon)
    shift = np.array([one.shift for one in correction.states]) + correction.total.shift
    width = np.array([one.width for one in correction.states])[state]
    factor, size = np.exp(shift)[state], float(np.exp(correction.money.shift))
    donors, error = forecast.donors, np.hypot(width, correction.total.width)
    return replace(forecast, state=state, factor=factor, correction=correction,
                   donors=donors.assign(
        expected_gifts=donors["expected_gifts"] * factor,
        gift_minor=donors["gift_minor"] * size,
        value_minor=donors["value_minor"] * factor * size,
        gifts_error=np.hypot(donors["gifts_error"], error),
        value_error=np.hypot(donors["value_error"], np.hypot(error, correction.money.width))))


def _one_trial(
    days: pd.DataFrame, code: str, cut: dt.date, period: Period, season: Season
) -> Array | None:
    """Return by state the gifts and money expected, those given, and the variances of these.

    None where too few gave so until then, or no model could be fitted.
    """
    found = None
    with contextlib.suppress(FitError):
        found = forecast_on(days, code, seen_on=cut, period=period, season=season)
    if found is None:
        return None
    state = states_of(found.rhythm, horizon=found.horizon)
    given = given_between(days, code, cut, period).set_index("person_id")
    given = given.reindex(found.donors["person_id"]).fillna(0.0)
    pairs = ((found.donors["expected_gifts"], given["n_gifts"]),
             (found.donors["value_minor"], given["given_minor"]))
    sums = []
    for expected, actual in pairs:
        first, second = expected.to_numpy(), actual.to_numpy()
        totals = [np.bincount(state, one, N_STATES) for one in (first, second)]
        ratio = totals[1] / np.where(totals[0] > 0, totals[0], 1.0)
        sums += [*totals, np.bincount(state, (second - ratio[state] * first) ** 2, N_STATES)]
    return np.stack(sums)


def _learned(sums: Array, is_same: Array, plan: TrialDays) -> Correction:
    """Return errors of states, of the total and of a gift's size, from the sums of trials.

    ``sums``: gifts expected, given, variance; money expected, given, variance; by trial and
    state. What a state misses is learned from its trial's total, the total after that.
    """
    gifts, given, chance, money, given_money, money_chance = sums
    missed = _log_ratio(given, gifts)
    whole = _log_ratio(given.sum(axis=1), gifts.sum(axis=1))
    noise = (chance + 0.5) / (given + 0.5) ** 2
    apart = missed - whole[:, None]
    prior = Prior(_bias_of_states(apart, noise), STATE.spread)
    states = tuple(learn_error(apart[:, one], noise[:, one], prior) for one in range(N_STATES))
    shift = np.exp([one.shift for one in states])
    total = _log_ratio(given.sum(axis=1), (gifts * shift).sum(axis=1))
    spent = _log_ratio(given_money.sum(axis=1), (money * shift).sum(axis=1))
    variance = (chance.sum(axis=1) + 0.5) / (given.sum(axis=1) + 0.5) ** 2
    size_variance = money_chance.sum(axis=1) / np.maximum(given_money.sum(axis=1), 1.0) ** 2
    counts = is_same if is_same.any() else np.ones(len(total), dtype=bool)
    error = learn_error(total[counts], variance[counts], PHASE if is_same.any() else TOTAL)
    if not is_same.any():
        error = error.widened(UNSEEN[plan.near])
    return Correction(states, error, learn_error(spent - total, size_variance, MONEY),
                      len(total), int(is_same.sum()), plan.days, plan.near)


def _bias_of_states(apart: Array, noise: Array) -> float:
    """Return how far states lie from the total, as a standard deviation without their chance.

    By moments (DerSimonian and Laird 1986, Controlled Clinical Trials 7(3)): states that differ
    by no more than chance and spread are hardly moved. Between LEAST_BIAS and that of STATE.
    """
    if not len(apart):
        return STATE.bias
    weight = 1 / (noise + STATE.spread**2)
    total = weight.sum(axis=0)
    mean = (weight * apart).sum(axis=0) / total
    excess = (total @ mean**2 - len(total)) / total.sum()
    return float(np.clip(np.sqrt(max(excess, 0.0)), LEAST_BIAS, STATE.bias))


def _log_ratio(given: Array, expected: Array) -> Array:
    """Return the logarithm of actual to expected, each with half a unit more."""
    return np.asarray(np.log((given + 0.5) / (expected + 0.5)))
