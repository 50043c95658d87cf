"""Group records into people where no register says who there is."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from workbench.people.posterior import choose_cut

ROUNDS, SETTLED = 60, 1e-4
# Bits of log-odds that one pair may add to a decision on two groups: a pair that speaks for
# them at the most, one that hardly agrees or was never a candidate, and a vetoed one.
MOST_FOR, NOTHING_SHARED, VETOED = 10.0, -5.0, -15.0
EVEN = 0.5
LEAST_SAVED = 20.0  # pairs of one person that it takes to tell how often names clash


@dataclass(frozen=True)
class Evidence:
    """Records by position, and the pairs of them with their weights in bits, without a prior.

    ``file`` numbers the file of each record; ``lists_once`` says of each file whether it
    lists everybody once. Of a pair, ``clashes`` says that the given names do, ``is_saved``
    that an identifier of a person's own agrees, and ``is_barred`` that it is two people.
    """

    file: np.ndarray
    lists_once: np.ndarray
    left: np.ndarray
    right: np.ndarray
    weight: np.ndarray
    clashes: np.ndarray
    is_saved: np.ndarray
    is_barred: np.ndarray

    @property
    def n(self) -> int:
        """Number of records."""
        return len(self.file)

    @property
    def is_household(self) -> np.ndarray:
        """Whether a pair looks like two of one home: names clash and nothing of one's own agrees."""
        return self.clashes & ~self.is_saved


@dataclass(frozen=True)
class Grouped:
    """Who each record is: ``person`` is the first record of its group.

    ``probability`` is that of the record's likeliest link within its group, 1 where it stands
    alone; ``precision`` is the expected share of the links made that are right, NaN where
    there is none; ``cut`` is the probability from which records were linked.
    """

    person: np.ndarray
    probability: np.ndarray
    precision: float
    cut: float


def group_records(evidence: Evidence, *, precision_min: float) -> Grouped:
    """Put every record with one person.

    Groups grow by the likeliest link first. Two groups become one where the log-odds of all
    pairs between them, on average, speak for it: a link cannot chain strangers together. A
    group holds at most one record of a file that lists everybody once.
    """
    probability, is_vetoed = link_probabilities(evidence)
    cut = choose_cut(probability[~is_vetoed], precision_min=precision_min)
    is_in = (probability >= cut) & ~is_vetoed
    label = _components(evidence.n, evidence.left[is_in], evidence.right[is_in])
    bits = np.where(is_vetoed, VETOED, _bits(probability))
    person = _divided(evidence, bits, label, min(cut, EVEN))
    is_made = (person[evidence.left] == person[evidence.right]) & is_in
    link = np.zeros(evidence.n)
    for end in (evidence.left[is_made], evidence.right[is_made]):
        np.maximum.at(link, end, probability[is_made])
    is_linked = np.bincount(person, minlength=evidence.n)[person] > 1
    precision = float(link[is_linked].mean()) if is_linked.any() else float("nan")
    return Grouped(person, np.where(is_linked, link, 1.0), precision, cut)


def connected(evidence: Evidence, *, precision_min: float) -> np.ndarray:
    """Return for each record the first one that links connect it with, however far."""
    probability, is_vetoed = link_probabilities(evidence)
    cut = choose_cut(probability[~is_vetoed], precision_min=precision_min)
    is_in = (probability >= cut) & ~is_vetoed
    return _components(evidence.n, evidence.left[is_in], evidence.right[is_in])


def link_probabilities(evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """Return P(one person) of each pair, and whether it is vetoed.

    A record is at most one record of a file that lists everybody once, so its candidates
    there are rivals, which share its odds out among them and nobody. How common links are is
    found for each pair of files by expectation-maximisation. Pairs that look like two of one
    home are vetoed, unless about as many pairs of one person must have such names.
    """
    if not len(evidence.left):
        return np.zeros(0), np.zeros(0, dtype=bool)
    n_files = len(evidence.lists_once)
    file_l, file_r = evidence.file[evidence.left], evidence.file[evidence.right]
    kind = np.minimum(file_l, file_r) * n_files + np.maximum(file_l, file_r)
    n_possible = _possible(np.bincount(evidence.file, minlength=n_files).astype(float))
    rivals = [(_numbered(evidence.left * n_files + file_r), evidence.lists_once[file_r]),
              (_numbered(evidence.right * n_files + file_l), evidence.lists_once[file_l])]
    likelihood = np.exp2(np.clip(evidence.weight, -900.0, 900.0))
    is_vetoed = evidence.is_household | evidence.is_barred
    prior = 1.0 / np.sqrt(np.maximum(n_possible, 4.0))
    for _ in range(ROUNDS):
        all_odds = likelihood * (prior / (1 - prior))[kind]
        odds = np.where(is_vetoed, 0.0, all_odds)
        against = _against(odds, rivals)
        probability = odds / (against + odds)
        expected = np.bincount(kind, weights=probability, minlength=len(n_possible))
        fresh = np.clip((expected + 0.5) / (n_possible + 1.0), 1e-15, 0.5)
        is_settled = np.allclose(fresh, prior, rtol=SETTLED, atol=0)
        prior = fresh
        if is_settled:
            break
    unlikely = all_odds / (against + all_odds)
    share = share_of_one(evidence, probability, unlikely)
    if share < EVEN:
        return probability, is_vetoed
    pardoned = evidence.is_household & ~evidence.is_barred
    return np.where(pardoned, share * unlikely, probability), evidence.is_barred


def share_of_one(
    evidence: Evidence, probability: np.ndarray, unlikely: np.ndarray
) -> float:
    """Return the share of pairs that look like two of one home which are one person.

    Where an identifier of their own agrees (a number, a date of birth), the names of one
    person clash in some share of pairs: so they must elsewhere. If no more pairs with
    clashing names are found there than this explains, there are no households in the files.
    ``unlikely`` is P(one person) of the pairs without the veto.
    """
    saved = evidence.is_saved
    n_saved = probability[saved].sum()
    found = unlikely[evidence.is_household & ~evidence.is_barred].sum()
    if n_saved < LEAST_SAVED or found <= 0:
        return 0.0
    rate = probability[saved & evidence.clashes].sum() / n_saved
    explained = rate / max(1 - rate, 1e-9) * probability[~saved & ~evidence.clashes].sum()
    return float(min(explained / found, 1.0))


def _against(odds: np.ndarray, rivals: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Return the odds of all that a pair excludes: nobody, and the rivals of both records."""
    against = np.ones(len(odds))
    for number, is_rival in rivals:
        others = np.bincount(number, weights=odds)[number] - odds
        against += np.where(is_rival, np.maximum(others, 0.0), 0.0)
    return against


def _bits(probability: np.ndarray) -> np.ndarray:
    odds = np.clip(probability, 1e-12, 1 - 1e-12)
    return np.clip(np.log2(odds / (1 - odds)), NOTHING_SHARED, MOST_FOR)


def _possible(sizes: np.ndarray) -> np.ndarray:
    possible = np.outer(sizes, sizes)
    np.fill_diagonal(possible, sizes * (sizes - 1) / 2)
    return possible.ravel()


def _numbered(keys: np.ndarray) -> np.ndarray:
    return np.unique(keys, return_inverse=True)[1]


def _components(n: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return for each of ``n`` positions the first position that it is connected with."""
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n, n))
    label = connected_components(graph, directed=False)[1]
    first = np.full(label.max(initial=-1) + 1, n)
    np.minimum.at(first, label, np.arange(n))
    return first[label]


def _divided(
    evidence: Evidence, bits: np.ndarray, label: np.ndarray, even: float
) -> np.ndarray:
    """Return the person of each record: components of three or more are grown anew."""
    is_large = np.bincount(label, minlength=evidence.n)[label] > 2
    person = np.where(is_large, np.arange(evidence.n), label)
    within = (label[evidence.left] == label[evidence.right]) & is_large[evidence.left]
    groups = _Groups(evidence, threshold=float(np.log2(even / (1 - even))))
    groups.connect(evidence.left[within].tolist(), evidence.right[within].tolist(),
                   bits[within].tolist())
    for first, members in groups.grown().items():
        person[members] = first
    return person


class _Groups:
    """Groups of records that grow by average linkage."""

    def __init__(self, evidence: Evidence, *, threshold: float) -> None:
        self._threshold = threshold
        self._file, self._once = evidence.file, evidence.lists_once
        self._between: dict[int, dict[int, tuple[float, int]]] = {}
        self._members: dict[int, list[int]] = {}
        self._listed: dict[int, set[int]] = {}

    def connect(self, left: list[int], right: list[int], bits: list[float]) -> None:
        """Add pairs of records with the log-odds that they are one."""
        for a, b, bit in zip(left, right, bits, strict=True):
            for one, other in ((a, b), (b, a)):
                self._between.setdefault(one, {})[other] = (bit, 1)
                self._members.setdefault(one, [one])
                once = self._file[one]
                self._listed.setdefault(one, {int(once)} if self._once[once] else set())

    def grown(self) -> dict[int, list[int]]:
        """Return the members of each group by its first, once no two groups should be one."""
        queue = [entry for a, others in self._between.items()
                 for b in others if a < b for entry in self._entry(a, b)]
        heapq.heapify(queue)
        while queue:
            mean, a, b, size = heapq.heappop(queue)
            is_there = a in self._members and b in self._members
            if is_there and size == len(self._members[a]) * len(self._members[b]):
                self._join(a, b)
                for c in self._between[a]:
                    for entry in self._entry(min(a, c), max(a, c)):
                        heapq.heappush(queue, entry)
        return {min(members): members for members in self._members.values()}

    def _entry(self, a: int, b: int) -> list[tuple[float, int, int, int]]:
        """Return how much all pairs between two groups speak for them, where they may be one."""
        total, n_known = self._between[a][b]
        size = len(self._members[a]) * len(self._members[b])
        mean = (total + NOTHING_SHARED * (size - n_known)) / size
        is_good = mean >= self._threshold - 1e-9 and not self._listed[a] & self._listed[b]
        return [(-mean, a, b, size)] if is_good else []

    def _join(self, a: int, b: int) -> None:
        self._members[a] += self._members.pop(b)
        self._listed[a] |= self._listed.pop(b)
        for c, (total, n_known) in self._between.pop(b).items():
            del self._between[c][b]
            if c != a:
                before = self._between[a].get(c, (0.0, 0))
                joined = (before[0] + total, before[1] + n_known)
                self._between[a][c] = self._between[c][a] = joined
