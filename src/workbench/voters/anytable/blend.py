"""One chance from two models: which of them, or both, and put right on rows that neither saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from workbench.voters.anytable.learn import LINES, TREES, log_loss
from workbench.voters.scores.calibrate import level_and_slope

SHARES_OF_TREES = (0.0, 0.25, 0.5, 0.75, 1.0)
NAMES = {0.0: "a penalised logistic model", 1.0: "boosted trees"}
BOTH = "both, {lines:.0%} a penalised logistic model and {trees:.0%} boosted trees"
LEAST_PROBABILITY = 1e-4


@dataclass(frozen=True)
class Blend:
    """How much the trees count, and the level and slope that put the log-odds right."""

    trees_share: float
    level: float
    slope: float

    @property
    def name(self) -> str:
        """Which model was chosen, in words.

        >>> Blend(1.0, 0.0, 1.0).name, Blend(0.25, 0.0, 1.0).name
        ('boosted trees', 'both, 75% a penalised logistic model and 25% boosted trees')
        """
        return NAMES.get(self.trees_share) or BOTH.format(
            lines=1 - self.trees_share, trees=self.trees_share)

    def log_odds(self, both: np.ndarray) -> np.ndarray:
        """Return log-odds of rows x 2 models, put right."""
        return self.level + self.slope * mixed(both, self.trees_share)

    def probability(self, both: np.ndarray) -> np.ndarray:
        """Return chances of rows x 2 models."""
        return np.clip(expit(self.log_odds(both)), LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)


def mixed(both: np.ndarray, trees_share: float) -> np.ndarray:
    """Return the weighted mean of two models' log-odds."""
    return (1 - trees_share) * both[:, LINES] + trees_share * both[:, TREES]


def fit_blend(
    both: np.ndarray, outcome: np.ndarray, shares: tuple[float, ...] = SHARES_OF_TREES
) -> Blend:
    """Return the blend with the lowest log loss on rows that the models did not see."""
    tried = [_put_right(both, outcome, share) for share in shares]
    return min(tried, key=lambda blend: log_loss(blend.log_odds(both), outcome))


def _put_right(both: np.ndarray, outcome: np.ndarray, share: float) -> Blend:
    return Blend(share, *level_and_slope(mixed(both, share), outcome, np.ones(len(outcome))))
