"""Boosted trees, as many as predict units that they did not see best."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import logit

from workbench.voters.anytable.leaves import read_trees

LEAF_COUNTS = (5, 16)
LEARNING_RATE = 0.1
MOST_TREES, PATIENCE = 300, 15
FEWEST_IN_A_LEAF, RIDGE = 20, 5.0
LEAST_PROBABILITY = 1e-4


def fit_trees(
    columns: np.ndarray, outcome: np.ndarray, is_level: np.ndarray, n_trees: int, n_leaves: int
) -> Any:
    """Return so many boosted trees of so many leaves."""
    with one_thread():
        return _model(is_level, n_leaves, n_trees).fit(columns, outcome)


def count_trees(
    columns: np.ndarray, outcome: np.ndarray, is_level: np.ndarray, is_out: np.ndarray,
    n_leaves: int,
) -> tuple[np.ndarray, Any]:
    """Return the mean log loss of the rows left out after each tree, and the model.

    Fitting stops once PATIENCE trees have not helped.
    """
    model = _model(is_level, n_leaves, MOST_TREES)
    model.set_params(early_stopping=True, n_iter_no_change=PATIENCE)
    with one_thread():
        model.fit(columns[~is_out], outcome[~is_out],
                  X_val=columns[is_out], y_val=outcome[is_out])
    return -np.asarray(model.validation_score_), model


def tree_log_odds(model: Any, columns: np.ndarray) -> np.ndarray:
    """Return the log-odds of rows."""
    furthest = logit(1 - LEAST_PROBABILITY)
    return np.asarray(np.clip(read_trees(model).log_odds(columns), -furthest, furthest))


def one_thread() -> Any:
    """Return a context in which numbers are crunched by one thread.

    Trees of many threads wait for each other on a busy machine, for several times as long. Only
    libraries that are loaded can be held to it, so scikit-learn's trees are loaded here.
    """
    import sklearn.ensemble  # noqa: F401
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)


def _model(is_level: np.ndarray, n_leaves: int, n_trees: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        learning_rate=LEARNING_RATE, max_iter=n_trees, max_leaf_nodes=n_leaves,
        min_samples_leaf=FEWEST_IN_A_LEAF, l2_regularization=RIDGE, early_stopping=False,
        categorical_features=is_level, random_state=0)
