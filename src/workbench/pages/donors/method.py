"""What a forecast of gifts goes by: models, back-tests, season and polling day, in sentences."""

from __future__ import annotations

import calendar

import numpy as np

from workbench.donors.value.backtest import Correction
from workbench.donors.value.fit import FittedModel
from workbench.donors.value.giving_pattern import RHYTHM_NAMES
from workbench.donors.value.season import FEWEST_MONTHS
from workbench.donors.valued import Valued

NEAR_NAMES = {"past": "runs past polling day", "run_up": "ends shortly before polling day"}
UNSEEN_NAMES = {"past": "what happens after polling day",
                "run_up": "what happens in the weeks before polling day"}


def forecast_words(valued: Valued) -> str:
    """Return sentences on the models, their back-tests, the season and polling day."""
    if valued.has_ended:
        return (f"The gifts on file end in {valued.seen_on:%B %Y}, so nothing is predicted for "
                "the days after the build.")
    if valued.refused:
        return valued.refused
    told = [f"{RHYTHM_NAMES[one.rhythm.code]} follow {_model_told(one.fitted)}"
            for one in valued.forecasts]
    if not told:
        return "Too few give often enough for a forecast to be made."
    return f"{'; '.join(told)}. How these are fitted stands in docs/donors.md."


def back_test_words(valued: Valued) -> str:
    """Return a sentence a rhythm on what its back-tests found, and how the range allows for it."""
    return " ".join(_tested(RHYTHM_NAMES[one.rhythm.code], one.correction)
                    for one in valued.forecasts if one.correction is not None)


def season_words(valued: Valued) -> str:
    """Return a sentence on the season of single gifts, or why there is none in the forecast."""
    if not valued.forecasts:
        return ""
    season = valued.season
    if season.is_shown:
        order = season.factors.argsort().tolist()
        return (f"Single gifts have a season: most come in {calendar.month_name[order[-1] + 1]}, "
                f"fewest in {calendar.month_name[order[0] + 1]}, and the forecast follows it.")
    if season.n_months < FEWEST_MONTHS:
        return ("These files are too short, or hold too few repeat gifts, to show a season "
                f"({FEWEST_MONTHS} whole months are needed), so the forecast has none.")
    return (f"In {season.n_months} months these files show no season of single gifts that chance "
            "would not make, so the forecast has none.")


def polling_words(valued: Valued) -> str:
    """Return what the forecast knows of polling day; empty where none is near."""
    known = [one.correction for one in valued.forecasts if one.correction is not None]
    near = next((one.near for one in known if one.near), "")
    if not near:
        return ""
    begins = f"The period {NEAR_NAMES[near]}."
    if any(one.is_phase_unknown for one in known):
        return (f"{begins} These files do not show {UNSEEN_NAMES[near]}, so the range is much "
                "wider, by judgement and not by measurement.")
    most = max(one.n_same_phase for one in known)
    return (f"{begins} The forecast follows what came as long before and after "
            f"{'an earlier polling day' if most == 1 else f'{most} earlier polling days'}.")


def _model_told(fitted: FittedModel) -> str:
    """Return a model's name and parameters, and which of them the data cannot tell."""
    pairs = zip(fitted.model.parameter_names, fitted.fit.theta, strict=True)
    found = ", ".join(f"{name} {value:{',.0f' if value >= 100 else '.3g'}}"
                      for name, value in pairs if name not in fitted.held_names)
    simpler = "" if not fitted.held_names else (
        f"; donors are too much alike to find {' and '.join(fitted.held_names)}, so they do not "
        "differ in it here")
    return f"{fitted.model.name} ({found}{simpler})"


def _tested(name: str, known: Correction) -> str:
    if not known.n_trials:
        return (f"{name}: these files are too short for a back-test, so the range allows for "
                "errors as large as those published for other files.")
    change = float(np.expm1(known.total.shift))
    moved = "left the total as it was" if abs(change) < 0.005 else (
        f"{'raised' if change > 0 else 'lowered'} the total by {abs(change):.0%}")
    times = "once" if known.n_trials == 1 else f"{known.n_trials} times"
    return (f"{name}: the method was tried {times} on {known.days} days that are over. That "
            f"{moved}, on top of corrections by how often and how long ago donors gave, and the "
            f"range allows for an error of {known.total.width:.0%}.")
