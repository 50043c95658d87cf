"""Pairs that exclude each other: a record is one record at most of a file that lists once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rivals:
    """For each pair, the pairs that it excludes on its left and on its right.

    Pairs of one number are those of one record with one file; they exclude each other where
    that file lists everybody once.
    """

    numbers: tuple[np.ndarray, np.ndarray]
    is_rival: tuple[np.ndarray, np.ndarray]

    def share_out(self, odds: np.ndarray) -> np.ndarray:
        """Return the probability of each pair: its odds against nobody and all its rivals."""
        against = np.ones(len(odds))
        for number, is_rival in zip(self.numbers, self.is_rival, strict=True):
            others = np.bincount(number, weights=odds)[number] - odds if len(odds) else odds
            against += np.where(is_rival, np.maximum(others, 0.0), 0.0)
        return odds / (against + odds)


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
