"""Pairs that exclude each other: a record is one record at most of a file that lists once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ROUNDS = 8
LEAST_FREE = 0.02  # of a file's records, at least so many are held to be nobody on the other
LEAST_ODDS, MOST_ODDS = 1e-15, 1e6


@dataclass(frozen=True)
class Rivals:
    """For each pair, the pairs that it excludes on its left and on its right.

    Pairs of one number are those of one record with one file; they exclude each other where
    that file lists everybody once.
    """

    numbers: tuple[np.ndarray, np.ndarray]
    is_rival: tuple[np.ndarray, np.ndarray]

    def share_out(self, odds: np.ndarray) -> np.ndarray:
        """Return the probability of each pair among all ways to link that leave rivals apart.

        Belief propagation: a rival that has a better partner of its own hardly counts.

        Source: Bayati, Gamarnik, Katz, Nair and Tetali (2007), on marginals of matchings.
        """
        if not any(is_rival.any() for is_rival in self.is_rival):
            return odds / (1.0 + odds)
        left, right = np.ones(len(odds)), np.ones(len(odds))
        for _ in range(ROUNDS):
            left, right = (1.0 + self._others(0, odds / right),
                           1.0 + self._others(1, odds / left))
        free = odds / left / right
        return free / (1.0 + free)

    def _others(self, side: int, messages: np.ndarray) -> np.ndarray:
        """Return the sum of the messages of a pair's rivals on one side."""
        number = self.numbers[side]
        others = np.bincount(number, weights=messages)[number] - messages
        return np.where(self.is_rival[side], np.maximum(others, 0.0), 0.0)


@dataclass(frozen=True)
class Kinds:
    """Of which two files each pair is: ``kind`` numbers them, ``sizes`` are those of the files."""

    kind: np.ndarray
    sizes: np.ndarray
    lists_once: np.ndarray

    def expected(self, probability: np.ndarray) -> np.ndarray:
        """Return how many links are expected between each two files."""
        return np.bincount(self.kind, weights=probability, minlength=len(self.sizes) ** 2)

    def prior_odds(self, expected: np.ndarray) -> np.ndarray:
        """Return the odds of a pair of each kind before anything is compared.

        A record that a file can hold once is free for a new link only while it has none there:
        where nearly all have found theirs, the few that are left are likely to be each
        other's. ``expected`` links of a kind are spread over the pairs of free records.
        """
        first, second = np.divmod(np.arange(len(expected)), len(self.sizes))
        free = [np.where(self.lists_once[other],
                         np.maximum(self.sizes[own] - expected, LEAST_FREE * self.sizes[own]),
                         self.sizes[own]) for own, other in ((first, second), (second, first))]
        within = self.sizes[first] * (self.sizes[first] - 1) / 2
        possible = np.where(first == second, within, free[0] * free[1])
        return np.clip((expected + 0.5) / (possible + 1.0), LEAST_ODDS, MOST_ODDS)


def find_kinds(
    left: np.ndarray, right: np.ndarray, *, file: np.ndarray, lists_once: np.ndarray
) -> Kinds:
    """Return the kinds of pairs of records; ``file`` has the file of each record."""
    n_files = len(lists_once)
    file_l, file_r = file[left], file[right]
    kind = np.minimum(file_l, file_r) * n_files + np.maximum(file_l, file_r)
    return Kinds(kind, np.bincount(file, minlength=n_files).astype(float), lists_once)


def find_rivals(
    left: np.ndarray, right: np.ndarray, *, file: np.ndarray, lists_once: np.ndarray
) -> Rivals:
    """Return the rivals of pairs of records; ``file`` has the file of each record."""
    n_files = len(lists_once)
    file_l, file_r = file[left], file[right]
    numbers = (_numbered(left * n_files + file_r), _numbered(right * n_files + file_l))
    return Rivals(numbers, (lists_once[file_r], lists_once[file_l]))


def _numbered(keys: np.ndarray) -> np.ndarray:
    return np.unique(keys, return_inverse=True)[1]
