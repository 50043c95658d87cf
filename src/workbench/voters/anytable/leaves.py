"""Boosted trees read as yes-or-no questions: what they say of rows, and what each column moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

BITS_A_WORD, BLANK = 32, 256  # of a set of levels; the place of blank behind all levels


@dataclass(frozen=True)
class Question:
    """One split: a column, and which of its values go left.

    Of a number those up to ``most`` do, and blanks where ``is_blank_left``; of a level those
    whose place in ``is_level_left`` says so, blanks by the last place.
    """

    column: int
    most: float
    is_blank_left: bool
    is_level_left: np.ndarray | None

    def answers(self, columns: Columns) -> np.ndarray:
        """Return which rows go left."""
        if self.is_level_left is not None:
            return np.asarray(self.is_level_left[columns.levels[self.column]])
        is_left = columns.values[self.column] <= self.most
        return is_left | columns.is_blank[self.column] if self.is_blank_left else is_left


@dataclass(frozen=True)
class Columns:
    """Rows in the order of the model's columns: values, blanks, and the places of levels."""

    values: np.ndarray
    is_blank: np.ndarray
    levels: dict[int, np.ndarray]


@dataclass(frozen=True)
class Tree:
    """One tree: its questions, and a row a leaf of which answers lead to it.

    Answers are the bits of a number, the first question's the lowest. A leaf is reached where
    the bits in ``asked`` are those of ``path``; it adds ``log_odds``.
    """

    questions: list[Question]
    asked: np.ndarray
    path: np.ndarray
    log_odds: np.ndarray

    def answers(self, columns: Columns) -> np.ndarray:
        """Return the answers of rows, as bits."""
        bits = np.zeros(columns.values.shape[1], dtype=np.int64)
        for place, question in enumerate(self.questions):
            bits |= question.answers(columns).astype(np.int64) << place
        return bits

    def told(self, bits: np.ndarray) -> np.ndarray:
        """Return what answers add to the log-odds."""
        found = np.zeros(bits.shape)
        for asked, path, log_odds in zip(self.asked, self.path, self.log_odds, strict=True):
            found += log_odds * ((bits & asked) == path)
        return found


@dataclass(frozen=True)
class Trees:
    """All trees of a model, their common start, and the places of the columns they split."""

    model: Any
    order: np.ndarray
    is_level: np.ndarray
    start: float
    trees: list[Tree]

    def columns(self, rows: np.ndarray) -> Columns:
        """Return rows in the order of the model's columns."""
        values = np.ascontiguousarray(self.model._preprocess_X(rows, reset=False).T)
        is_blank = np.isnan(values)
        return Columns(values, is_blank, {
            int(i): np.where(is_blank[i], BLANK, values[i]).astype(np.int64)
            for i in np.flatnonzero(self.is_level)})

    def log_odds(self, rows: np.ndarray) -> np.ndarray:
        """Return the log-odds of rows."""
        columns, found = self.columns(rows), np.full(len(rows), self.start)
        for tree in self.trees:
            distinct, at = distinct_of(tree.answers(columns))
            found += tree.told(distinct)[at]
        return found

    def moved(self, rows: np.ndarray, usual: np.ndarray, field: np.ndarray) -> np.ndarray:
        """Return rows x fields: log-odds beside the same row with the field at its usual value.

        ``usual`` is a value a column, ``field`` the place of its field.
        """
        columns, common = self.columns(rows), self.columns(usual[None, :])
        found = np.zeros((field.max(initial=-1) + 1, len(rows)))
        for tree in self.trees:
            asked = [field[self.order[question.column]] for question in tree.questions]
            distinct, at = distinct_of(tree.answers(columns))
            usually, whole = tree.answers(common)[0], tree.told(distinct)
            for one in set(asked):
                own = sum(1 << place for place, other in enumerate(asked) if other == one)
                without = tree.told((distinct & ~own) | (usually & own))
                found[one] += (whole - without)[at]
        return found.T


def distinct_of(bits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct answers, and the place of each row's among them.

    >>> [found.tolist() for found in distinct_of(np.array([5, 2, 5]))]
    [[2, 5], [1, 0, 1]]
    """
    is_there = np.bincount(bits) > 0
    return np.flatnonzero(is_there), (np.cumsum(is_there) - 1)[bits]


def read_trees(model: Any) -> Trees:
    """Return the trees of scikit-learn's histogram gradient boosting of two classes."""
    given = model.is_categorical_
    is_level = np.zeros(model.n_features_in_, dtype=bool) if given is None else given
    order = np.argsort(~is_level, kind="stable")  # the model puts levels first
    return Trees(model, order, is_level[order], float(model._baseline_prediction[0, 0]),
                 [_read_tree(one) for (one,) in model._predictors])


def _read_tree(predictor: Any) -> Tree:
    nodes = predictor.nodes
    splits = np.flatnonzero(nodes["is_leaf"] == 0)
    bit = {int(node): 1 << place for place, node in enumerate(splits)}
    asked, path, leaves = {0: 0}, {0: 0}, []
    for at, node in enumerate(nodes):  # a node comes before those below it
        if node["is_leaf"]:
            leaves.append(at)
            continue
        for below, answer in ((int(node["left"]), bit[at]), (int(node["right"]), 0)):
            asked[below], path[below] = asked[at] | bit[at], path[at] | answer
    return Tree([_read_question(nodes[at], predictor.raw_left_cat_bitsets) for at in splits],
                np.array([asked[at] for at in leaves]), np.array([path[at] for at in leaves]),
                nodes["value"][leaves])


def _read_question(node: Any, sets: np.ndarray) -> Question:
    is_blank_left, is_level_left = bool(node["missing_go_to_left"]), None
    if node["is_categorical"]:
        places = np.arange(BLANK)
        words = sets[node["bitset_idx"]][places // BITS_A_WORD]
        is_level_left = np.append(words >> (places % BITS_A_WORD).astype(np.uint32) & 1,
                                  is_blank_left).astype(bool)
    return Question(int(node["feature_idx"]), float(node["num_threshold"]), is_blank_left,
                    is_level_left)
