"""Pairs that exclude each other: a record is one record at most of a file that lists once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ROUNDS = 8


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
