"""Learn both models from labelled rows; penalties and numbers of trees on units left out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from workbench.voters.anytable import design, lines, trees
from workbench.voters.anytable.fields import Field

N_SPLITS = 2                  # within the rows learned from
FEWEST_FOR_ONE_SPLIT = 8_000  # rows; with more, one split is enough
MOST_TO_CHOOSE_BY = 20_000    # rows
SHARED_CHOICE_BY = 26_000     # rows, of a choice that several folds share
FEWEST_TO_CHOOSE_BY = 100     # of the rarer outcome, if there are so many
MOST_TO_LEARN_FROM = 250_000  # rows
SPLIT_SHARES = 4              # one in so many units is left out
LINES, TREES = 0, 1           # places of the two models


@dataclass(frozen=True)
class Rows:
    """Labelled rows: an array a field, the outcome (0 or 1), and the number of each row's unit.

    Units are numbered at random, so that a remainder of their number is a random part of them.
    """

    values: list[np.ndarray]
    outcome: np.ndarray
    unit: np.ndarray

    def part(self, at: np.ndarray) -> Rows:
        """Return some of the rows, by place or by yes and no."""
        return Rows(design.rows_of(self.values, at), self.outcome[at], self.unit[at])

    def at_most(self, n: int) -> Rows:
        """Return about so many rows, whole units."""
        if len(self.outcome) <= n:
            return self
        return self.part(self.unit < np.quantile(self.unit, n / len(self.outcome)))


@dataclass(frozen=True)
class Settings:
    """What is chosen before models are fitted: how far coefficients may go; trees, leaves."""

    prior: lines.Prior
    n_trees: int
    n_leaves: int


@dataclass(frozen=True)
class Models:
    """The fitted models of one set of rows, and the usual value of each of the trees' columns."""

    design: design.Design
    lines: lines.Lines
    trees: Any
    usual: np.ndarray

    def log_odds(self, values: list[np.ndarray]) -> np.ndarray:
        """Return rows x 2: log-odds by the logistic model and by the trees."""
        means = self.design.means_of(values)
        return np.column_stack([
            self.lines.log_odds(self.design.line_columns(values, means)),
            trees.tree_log_odds(self.trees, self.design.tree_columns(values, means))])


@dataclass(frozen=True)
class _Split:
    """One split of the rows to choose by: the models' columns, and which rows are left out."""

    made: design.Design
    rows: Rows
    is_out: np.ndarray
    line_columns: np.ndarray
    tree_columns: np.ndarray

    def lines_loss(self, prior: lines.Prior, pairs: np.ndarray | None) -> float:
        """Return the mean log loss of the rows left out."""
        kept = ~self.is_out
        fitted = lines.fit_lines(self.line_columns[kept], self.rows.outcome[kept], prior, pairs)
        return log_loss(fitted.log_odds(self.line_columns[self.is_out]),
                        self.rows.outcome[self.is_out])

    def pairs(self, prior: lines.Prior) -> np.ndarray:
        """Return the pairs that the rows kept show."""
        kept = ~self.is_out
        columns, outcome = self.line_columns[kept], self.rows.outcome[kept]
        fitted = lines.fit_lines(columns, outcome, prior)
        return lines.find_pairs(columns, outcome, self.made.field_of_line, fitted)


def fit_models(
    fields: tuple[Field, ...], rows: Rows, settings: Settings | None = None
) -> Models:
    """Return both models, with settings that predict units left out best unless they are given."""
    rows = rows.at_most(MOST_TO_LEARN_FROM)
    settings = settings or choose_settings(fields, rows)
    prior, n_leaves = settings.prior, settings.n_leaves
    made, line_columns, tree_columns = _columns(fields, rows)
    fitted = lines.fit_lines(line_columns, rows.outcome, prior)
    if prior.pair:
        pairs = lines.find_pairs(line_columns, rows.outcome, made.field_of_line, fitted)
        fitted = lines.fit_lines(line_columns, rows.outcome, prior, pairs)
    if len(rows.outcome) > MOST_TO_CHOOSE_BY:
        is_out = rows.unit % SPLIT_SHARES == 0
        _, grown = trees.count_trees(tree_columns, rows.outcome, made.is_level, is_out, n_leaves)
    else:
        grown = trees.fit_trees(tree_columns, rows.outcome, made.is_level, settings.n_trees,
                                n_leaves)
    return Models(made, fitted, grown, made.usual(tree_columns))


def choose_settings(
    fields: tuple[Field, ...], rows: Rows, most: int = MOST_TO_CHOOSE_BY
) -> Settings:
    """Return the settings that predict units left out best.

    ``most`` rows are asked, or as many as hold FEWEST_TO_CHOOSE_BY of the rarer outcome.
    """
    share = max(min(rows.outcome.mean(), 1 - rows.outcome.mean()), 1 / MOST_TO_LEARN_FROM)
    some = rows.at_most(max(most, int(FEWEST_TO_CHOOSE_BY / share)))
    splits = [_split(fields, some, out) for out in range(n_splits(len(some.outcome)))]
    return Settings(choose_prior(splits), *choose_trees(splits))


def choose_apart(
    fields: tuple[Field, ...], rows: Rows, fold: np.ndarray
) -> dict[int, Settings | None]:
    """Return each fold's settings, chosen on rows of other folds.

    Of many rows two choices are enough: the first folds' on the last, and the last folds' on
    the first. Of fewer each fold has a choice of its own to make, and None stands for it.
    """
    folds = [int(out) for out in np.unique(fold)]
    first, last = folds[:len(folds) // 2], folds[len(folds) // 2:]
    is_first = np.isin(fold, first)
    if min(is_first.sum(), (~is_first).sum()) < SHARED_CHOICE_BY:
        return dict.fromkeys(folds)
    by_first, by_last = (choose_settings(fields, rows.part(at), SHARED_CHOICE_BY)
                         for at in (is_first, ~is_first))
    return {**dict.fromkeys(first, by_last), **dict.fromkeys(last, by_first)}


def choose_prior(splits: list[_Split]) -> lines.Prior:
    """Return how far coefficients may go, and those of pairs, if pairs help at all."""
    own = [lines.Prior(variance) for variance in lines.VARIANCES]
    losses = [sum(split.lines_loss(prior, None) for split in splits) for prior in own]
    best = own[int(np.argmin(losses))]
    pairs = [split.pairs(best) for split in splits]
    tried = [lines.Prior(best.own, best.own * share) for share in lines.PAIR_SHARES]
    with_pairs = [sum(split.lines_loss(prior, found) for split, found in
                      zip(splits, pairs, strict=True)) for prior in tried]
    return min(zip([min(losses), *with_pairs], [best, *tried], strict=True),
               key=lambda pair: pair[0])[1]


def choose_trees(splits: list[_Split]) -> tuple[int, int]:
    """Return how many trees, of how many leaves."""
    paths = np.zeros((len(trees.LEAF_COUNTS), trees.MOST_TREES + 1))
    for (i, n_leaves), split in product(enumerate(trees.LEAF_COUNTS), splits):
        path, _ = trees.count_trees(split.tree_columns, split.rows.outcome,
                                    split.made.is_level, split.is_out, n_leaves)
        paths[i] += np.pad(path, (0, trees.MOST_TREES + 1 - len(path)), mode="edge")
    at, n_trees = np.unravel_index(int(np.argmin(paths)), paths.shape)
    return max(int(n_trees), 1), trees.LEAF_COUNTS[int(at)]


def n_splits(n_rows: int) -> int:
    """Return in how many ways rows are split to choose by.

    >>> n_splits(500), n_splits(200_000)
    (2, 1)
    """
    return 1 if n_rows >= FEWEST_FOR_ONE_SPLIT else N_SPLITS


def log_loss(log_odds: np.ndarray, outcome: np.ndarray) -> float:
    """Return the mean log loss, in natural units.

    >>> round(log_loss(np.array([0.0, 0.0]), np.array([0.0, 1.0])), 4)
    0.6931
    """
    return float(np.logaddexp(0, np.where(outcome == 1, -log_odds, log_odds)).mean())


def _split(fields: tuple[Field, ...], rows: Rows, out: int) -> _Split:
    is_out = (rows.unit // 7) % SPLIT_SHARES == out  # apart from the folds
    kept = rows.part(~is_out)
    made = design.fit_design(fields, kept.values, kept.outcome)
    means = _means(made, rows, is_out, kept)
    return _Split(made, rows, is_out, made.line_columns(rows.values, means),
                  made.tree_columns(rows.values, means))


def _means(
    made: design.Design, rows: Rows, is_out: np.ndarray, kept: Rows
) -> list[np.ndarray]:
    inside = design.unseen_means(made, kept.values, kept.outcome, kept.unit)
    found = made.means_of(rows.values)
    for column, own in zip(found, inside, strict=True):
        column[~is_out] = own
    return found


def _columns(
    fields: tuple[Field, ...], rows: Rows
) -> tuple[design.Design, np.ndarray, np.ndarray]:
    made = design.fit_design(fields, rows.values, rows.outcome)
    means = design.unseen_means(made, rows.values, rows.outcome, rows.unit)
    return made, made.line_columns(rows.values, means), made.tree_columns(rows.values, means)
