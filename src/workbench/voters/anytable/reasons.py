"""Which columns move a row's score most, by name."""

from __future__ import annotations

import numpy as np

from workbench.voters.anytable.blend import Blend
from workbench.voters.anytable.learn import Models
from workbench.voters.anytable.leaves import read_trees

MOST_REASONS = 3
LEAST_LOG_ODDS = 0.1  # a column that moves a score by less is no reason


def contributions(models: Models, blend: Blend, values: list[np.ndarray]) -> np.ndarray:
    """Return rows x fields: by how many log-odds each column moves a score.

    In the logistic model, beside the middle of all rows, a pair half to each of its columns; in
    the trees, beside the same row with the column's most usual level or middle number.
    """
    moved = np.zeros((len(values[0]), len(values)))
    if blend.trees_share < 1:
        moved += (1 - blend.trees_share) * _by_lines(models, values)
    if blend.trees_share > 0:
        moved += blend.trees_share * _by_trees(models, values)
    return blend.slope * moved


def reason_names(moved: np.ndarray, names: list[str]) -> list[str]:
    """Return a text a row: its strongest columns, strongest first, and which way they move it.

    >>> reason_names(np.array([[0.3, -0.9], [0.0, 0.02]]), ["age", "party"])
    ['party lowers it; age raises it', '']
    """
    n_told = min(MOST_REASONS, moved.shape[1])
    first = np.argsort(-np.abs(moved), axis=1, kind="stable")[:, :n_told]
    sizes = np.take_along_axis(moved, first, axis=1)
    codes = np.where(np.abs(sizes) >= LEAST_LOG_ODDS, 2 * first + (sizes < 0) + 1, 0)
    distinct, at = np.unique(codes, axis=0, return_inverse=True)
    texts = ["; ".join(f"{names[(code - 1) // 2]} {'lowers' if (code - 1) % 2 else 'raises'} it"
                       for code in row if code) for row in distinct.tolist()]
    return [texts[place] for place in at.reshape(-1).tolist()]


def _by_lines(models: Models, values: list[np.ndarray]) -> np.ndarray:
    made, fitted = models.design, models.lines
    centred = made.line_columns(values, made.means_of(values)) - fitted.middle
    n, field = centred.shape[1], made.field_of_line
    moved = np.zeros((len(centred), len(values)))
    for i in range(len(values)):
        moved[:, i] = centred[:, field == i] @ fitted.coefficients[:n][field == i]
    products = fitted.products(centred) * fitted.coefficients[n:]
    for (one, other), product in zip(fitted.pairs, products.T, strict=True):
        moved[:, field[one]] += product / 2
        moved[:, field[other]] += product / 2
    return moved


def _by_trees(models: Models, values: list[np.ndarray]) -> np.ndarray:
    made = models.design
    columns = made.tree_columns(values, made.means_of(values))
    usual = np.append(models.usual[:len(values)], np.zeros(len(made.with_means)))
    field = np.array([*range(len(values)), *made.with_means], dtype=int)
    return read_trees(models.trees).moved(columns, usual, field)
