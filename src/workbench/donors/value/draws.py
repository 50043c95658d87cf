"""Forecasts summed, by segment and for everybody, with intervals from many draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.donors.value import gammagamma
from workbench.donors.value.forecast import Forecast
from workbench.donors.value.histories import Array, Histories

N_DRAWS = 400
EVERYBODY = "everybody"
ENDS = {"n_gifts": "expected_gifts", "given_minor": "value_minor"}


def drawn_sums(
    forecasts: Sequence[Forecast], groups: pd.Series, *, seed: int, n_draws: int = N_DRAWS
) -> pd.DataFrame:
    """Return one row a draw and group: ``draw``, ``group``, ``n_gifts``, ``given_minor``.

    ``groups`` says by person_id which group a person is in. Each draw has chance at the level
    of the person (are they still giving, how often, how much), one error of the model's
    parameters for all (a normal draw of their logarithms, carried on by the delta method), and
    one of the model itself, of the total and of each state, as back-tests have shown it.
    """
    rng = np.random.default_rng(seed)
    names = sorted(groups.unique())
    sums = np.zeros((2, n_draws, len(names)))
    for one in forecasts:
        group = pd.Categorical(groups.reindex(one.donors["person_id"]), names).codes
        error = _parameter_errors(one, group, len(names), rng.standard_normal((n_draws, 4)))
        missed = _model_errors(one, n_draws, rng)
        n_states = missed.shape[2]
        cell = _cells(one, group, n_states)
        drawn = np.stack([_one_draw(one, cell, len(names) * n_states, rng)
                          for _ in range(n_draws)], axis=1)
        drawn = drawn.reshape(2, n_draws, len(names), n_states)
        sums += error * np.einsum("kdgs,kds->kdg", drawn, missed)
    return pd.DataFrame({
        "draw": np.repeat(np.arange(n_draws), len(names)), "group": names * n_draws,
        "n_gifts": sums[0].ravel(), "given_minor": sums[1].ravel(),
    })


def sum_by_segment(
    donors: pd.DataFrame, forecasts: Sequence[Forecast], *, level: float, seed: int
) -> pd.DataFrame:
    """Return one row a segment of ``donors``, and one ``everybody``, with its sums.

    ``donors``: one row a person with ``person_id``, ``segment_code`` and numbers to sum.
    Columns: ``segment_code``, ``n_donors``, the sums, and the ends, ``_low`` and ``_high``, of
    ``expected_gifts`` and ``value_minor``: between them, with chance ``level``, lies what will
    come, not only its average. Missing where there is no forecast.
    """
    numbers = [name for name in donors.columns if name not in ("person_id", "segment_code")]
    by_segment = donors.groupby("segment_code")
    rows = by_segment[numbers].sum()
    rows.insert(0, "n_donors", by_segment.size())
    rows.loc[EVERYBODY] = rows.sum()
    if not forecasts or donors.empty:
        unknown = [f"{name}{end}" for name in ENDS.values() for end in ("", "_low", "_high")]
        return rows.assign(**dict.fromkeys(unknown, float("nan"))).reset_index(
            names="segment_code")
    draws = drawn_sums(forecasts, donors.set_index("person_id")["segment_code"], seed=seed)
    whole = draws.groupby("draw")[[*ENDS]].sum().assign(group=EVERYBODY).reset_index()
    by_group = pd.concat([draws, whole]).groupby("group")
    tail = (1 - level) / 2
    for drawn, name in ENDS.items():
        rows[f"{name}_low"] = by_group[drawn].quantile(tail)
        rows[f"{name}_high"] = by_group[drawn].quantile(1 - tail)
    return rows.reset_index(names="segment_code")


def _one_draw(
    one: Forecast, cell: Array, n_cells: int, rng: np.random.Generator
) -> Array:
    """Return the gifts, and the money, that come in each cell in one draw of the period."""
    model, fit = one.fitted.model, one.fitted.fit
    donors = one.rhythm.donors
    x, t_x, t_all, n_turns, mean = (
        donors[name].to_numpy() for name in ("x", "t_x", "t_all", "n_turns", "mean_minor"))
    each = Histories(x, t_x, t_all, np.ones(len(donors)))
    still = one.donors["alive_probability"].to_numpy()
    gifts = model.draw(fit.theta, each, still, one.horizon, rng).astype("float64")
    if one.factor is not None:
        gifts = _corrected_draw(one, gifts, rng)
    money = (gifts * donors["last_minor"].to_numpy() if one.size is None
             else gammagamma.draw_sums(one.size.theta, n_turns, mean, gifts, rng))
    is_in = cell >= 0
    return np.stack([np.bincount(cell[is_in], amounts[is_in], n_cells)
                     for amounts in (gifts, money)])


def _corrected_draw(one: Forecast, gifts: Array, rng: np.random.Generator) -> Array:
    """Return drawn gifts of which so many fall away, or to which so many come, as corrected."""
    factor = np.asarray(one.factor)
    plain = one.donors["expected_gifts"].to_numpy() / factor
    kept = rng.binomial(gifts.astype("int64"), np.minimum(factor, 1.0))
    return np.asarray(kept + rng.poisson(np.maximum(factor - 1, 0.0) * plain), dtype="float64")


def _cells(one: Forecast, group: Array, n_states: int) -> Array:
    """Return the place of each donor among groups x states, and -1 where they are in no group."""
    state = np.zeros(len(group), dtype="int64") if one.state is None else one.state
    return np.where(group >= 0, group.astype("int64") * n_states + state, -1)


def _model_errors(one: Forecast, n_draws: int, rng: np.random.Generator) -> Array:
    """Return by gifts or money, draw and state what the error of the model multiplies with.

    Errors of states move money from one to another: their mean over what is expected is the
    error of the total.
    """
    if one.correction is None or one.state is None:
        return np.ones((2, n_draws, 1))
    known = one.correction
    states = np.stack([error.draw(n_draws, rng) for error in known.states], axis=1)
    share = np.bincount(one.state, one.donors["expected_gifts"], states.shape[1])
    states -= (states @ share / max(share.sum(), 1e-12))[:, None]
    total = states + known.total.draw(n_draws, rng)[:, None]
    size = known.money.shift + known.money.draw(n_draws, rng)
    return np.exp(np.stack([total, total + size[:, None]]))


def _parameter_errors(one: Forecast, group: Array, n_groups: int, normal: Array) -> Array:
    """Return by draw and group what the error of the parameters multiplies the sum with."""
    expected = one.donors["expected_gifts"].to_numpy()
    is_in = group >= 0
    total = np.bincount(group[is_in], expected[is_in], n_groups)
    weighted = np.column_stack([
        np.bincount(group[is_in], (expected * column)[is_in], n_groups)
        for column in one.slope.T])
    slope = weighted / np.where(total > 0, total, 1.0)[:, None]
    values, vectors = np.linalg.eigh(one.fitted.fit.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    return np.asarray(np.exp(normal @ root.T @ slope.T))
