"""Average linkage: groups of records that grow while all pairs between two speak for it."""

from __future__ import annotations

import heapq

import numpy as np

from workbench.people.anytables.hard import Fact, Hard, any_contradict

NOTHING_SHARED = -5.0  # bits of a pair that hardly agrees or was never a candidate


class Groups:
    """Groups of records that grow by average linkage, never to one that contradicts itself."""

    def __init__(
        self, file: np.ndarray, lists_once: np.ndarray, *, threshold: float, hard: Hard
    ) -> None:
        self._threshold, self._hard = threshold, hard
        self._file, self._once = file, lists_once
        self._queue: list[tuple[float, int, int, int]] = []
        self._between: dict[int, dict[int, tuple[float, int]]] = {}
        self._members: dict[int, list[int]] = {}
        self._listed: dict[int, set[int]] = {}
        self._facts: dict[int, frozenset[Fact]] = {}

    def connect(self, left: list[int], right: list[int], bits: list[float]) -> None:
        """Add pairs of records with the log-odds that they are one."""
        both = zip([*left, *right], [*right, *left], [*bits, *bits], strict=True)
        for one, other, bit in both:
            self._between.setdefault(one, {})[other] = (bit, 1)
            self._members.setdefault(one, [one])
            once = int(self._file[one])
            self._listed.setdefault(one, {once} if self._once[once] else set())
            self._facts.setdefault(one, self._hard.facts(one))

    def grown(self) -> dict[int, list[int]]:
        """Return the members of each group by its first, once no two groups should be one."""
        self._queue = [entry for a, others in self._between.items()
                       for b in others if a < b for entry in self._entry(a, b)]
        heapq.heapify(self._queue)
        while self._queue:
            _, a, b, size = heapq.heappop(self._queue)
            if self._size(a, b) == size:
                self._join(a, b)
        return {min(members): members for members in self._members.values()}

    def _size(self, a: int, b: int) -> int:
        """Return how many pairs two groups make, 0 where one of them is no more."""
        return len(self._members.get(a, ())) * len(self._members.get(b, ()))

    def _entry(self, a: int, b: int) -> list[tuple[float, int, int, int]]:
        """Return how much all pairs between two groups speak for them, where they may be one."""
        total, n_known = self._between[a][b]
        size = self._size(a, b)
        mean = (total + NOTHING_SHARED * (size - n_known)) / size
        is_good = (mean >= self._threshold - 1e-9 and not self._listed[a] & self._listed[b]
                   and not any_contradict(self._facts[a], self._facts[b]))
        return [(-mean, a, b, size)] if is_good else []

    def _join(self, a: int, b: int) -> None:
        self._members[a] += self._members.pop(b)
        self._listed[a] |= self._listed.pop(b)
        self._facts[a] |= self._facts.pop(b)
        for c, (total, n_known) in self._between.pop(b).items():
            del self._between[c][b]
            if c != a:
                before = self._between[a].get(c, (0.0, 0))
                joined = (before[0] + total, before[1] + n_known)
                self._between[a][c] = self._between[c][a] = joined
        for c in self._between[a]:
            for entry in self._entry(min(a, c), max(a, c)):
                heapq.heappush(self._queue, entry)
