"""Group records into people where no register says who there is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.people.anytables.grow import NOTHING_SHARED, Groups
from workbench.people.anytables.hard import Hard
from workbench.people.anytables.rivals import find_kinds, find_rivals
from workbench.people.anytables.weigh import MOST_BITS
from workbench.people.posterior import choose_cut
from workbench.people.resolve import components, likeliest_link

ROUNDS, CONVERGED = 60, 1e-4
# Bits of log-odds that one pair may add to a decision on two groups: a pair that speaks for
# them at the most, and a barred one.
MOST_FOR, BARRED = 10.0, -15.0
EVEN = 0.5
SURE, DOUBTFUL = 0.99, (0.05, 0.5)  # probabilities of pairs
MOST_HELD_BACK = 2.0  # bits; many rows a person make doubtful pairs by the square
FEW = 0.1  # of the records, so many are held to be linked at first


@dataclass(frozen=True)
class Evidence:
    """Records by position, and the pairs of them with their weights in bits, without a prior.

    ``file`` numbers the file of each record; ``lists_once`` says of each file whether it
    lists everybody once. A pair that ``is_barred`` is two people; records whose ``hard``
    evidence contradicts are never in one group.
    """

    file: np.ndarray
    lists_once: np.ndarray
    left: np.ndarray
    right: np.ndarray
    weight: np.ndarray
    is_barred: np.ndarray
    hard: Hard

    @property
    def n(self) -> int:
        """Number of records."""
        return len(self.file)


@dataclass(frozen=True)
class Grouped:
    """Who each record is: ``person`` is the first record of its group.

    ``probability`` is that of the record's likeliest link within its group, 1 where it stands
    alone; ``precision`` is the expected share of the links made that are right, NaN where
    there is none; ``recall`` that of the right links among the candidates which is made;
    ``cut`` is the probability from which records were linked; ``torn_share`` that of the links
    from it on which other rows of the two groups speak against, so that they are not made.
    ``pair_probability`` is that of each pair of the evidence, whether it was made or not.
    """

    person: np.ndarray
    probability: np.ndarray
    precision: float
    recall: float
    cut: float
    torn_share: float
    pair_probability: np.ndarray


def group_records(
    evidence: Evidence, *, precision_min: float, cut: float | None = None
) -> Grouped:
    """Put every record with one person, linked from ``cut`` or the one that is chosen.

    Groups grow by the likeliest link first. Two groups become one where the log-odds of all
    pairs between them, on average, speak for it: a link cannot chain strangers together. A
    group holds at most one record of a file that lists everybody once.
    """
    probability = link_probabilities(evidence)
    cut = choose_cut(probability, precision_min=precision_min) if cut is None else cut
    is_in, label = _linked_from(evidence, probability, cut)
    bits = np.where(evidence.is_barred, BARRED, _bits(probability))
    even = min(cut, EVEN)
    threshold = float(np.log2(even / (1 - even))) - _bits_held_back(evidence, probability)
    person = _divided(evidence, bits, label, threshold)
    is_found = person[evidence.left] == person[evidence.right]
    is_made = is_found & is_in
    link = likeliest_link(
        evidence.n, evidence.left[is_made], evidence.right[is_made], probability[is_made])
    is_linked = np.bincount(person, minlength=evidence.n)[person] > 1
    precision = float(link[is_linked].mean()) if is_linked.any() else float("nan")
    expected = probability.sum()
    recall = float(probability[is_found].sum() / expected) if expected > 0 else float("nan")
    torn = float(1 - is_made.sum() / is_in.sum()) if is_in.any() else 0.0
    return Grouped(person, np.where(is_linked, link, 1.0), precision, recall, cut, torn,
                   probability)


def connected(evidence: Evidence, *, precision_min: float) -> np.ndarray:
    """Return for each record the first one that links connect it with, however far."""
    probability = link_probabilities(evidence)
    cut = choose_cut(probability, precision_min=precision_min)
    return _linked_from(evidence, probability, cut)[1]


def _linked_from(
    evidence: Evidence, probability: np.ndarray, cut: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return which pairs are linked from a cut, and the first record that each is linked with."""
    is_in = (probability >= cut) & ~evidence.is_barred
    return is_in, components(evidence.n, evidence.left[is_in], evidence.right[is_in])


def link_probabilities(evidence: Evidence) -> np.ndarray:
    """Return P(one person) of each pair, 0 where it is barred.

    A record is at most one record of a file that lists everybody once, so its candidates
    there are rivals, which share its odds out among them and nobody. How common links are is
    found for each pair of files by expectation-maximisation.
    """
    if not len(evidence.left):
        return np.zeros(0)
    files = {"file": evidence.file, "lists_once": evidence.lists_once}
    kinds = find_kinds(evidence.left, evidence.right, **files)
    rivals = find_rivals(evidence.left, evidence.right, **files)
    likelihood = np.where(evidence.is_barred, 0.0,
                          np.exp2(np.clip(evidence.weight, -MOST_BITS, MOST_BITS)))
    odds = kinds.prior_odds(np.sqrt(np.outer(kinds.sizes, kinds.sizes)).ravel() * FEW)
    for _ in range(ROUNDS):
        probability = rivals.share_out(likelihood * odds[kinds.kind])
        before, odds = odds, kinds.prior_odds(kinds.expected(probability))
        if np.allclose(odds, before, rtol=CONVERGED, atol=0):
            break
    return probability


def _bits(probability: np.ndarray) -> np.ndarray:
    odds = np.clip(probability, 1e-12, 1 - 1e-12)
    return np.clip(np.log2(odds / (1 - odds)), NOTHING_SHARED, MOST_FOR)


def _bits_held_back(evidence: Evidence, probability: np.ndarray) -> float:
    """Return by how many bits doubtful pairs are held to be less likely than they are, 0 or more.

    A doubtful pair within a group that sure links make is one person whatever the pair says of
    itself. Where there are many, the model asks too much of rows of one person.
    """
    is_doubtful = (probability >= DOUBTFUL[0]) & (probability < DOUBTFUL[1]) & ~evidence.is_barred
    if not is_doubtful.any():
        return 0.0
    label = _linked_from(evidence, probability, SURE)[1]
    n_sure = int((label[evidence.left] == label[evidence.right])[is_doubtful].sum())
    n_other = int(is_doubtful.sum()) - n_sure
    bits = np.log2(1 + n_sure / max(n_other, 1) / probability[is_doubtful].mean())
    return min(float(bits), MOST_HELD_BACK)


def _divided(
    evidence: Evidence, bits: np.ndarray, label: np.ndarray, threshold: float
) -> np.ndarray:
    """Return the person of each record: components of three or more are grown again."""
    is_large = np.bincount(label, minlength=evidence.n)[label] > 2
    person = np.where(is_large, np.arange(evidence.n), label)
    within = (label[evidence.left] == label[evidence.right]) & is_large[evidence.left]
    groups = Groups(evidence.file, evidence.lists_once, threshold=threshold, hard=evidence.hard)
    groups.connect(evidence.left[within].tolist(), evidence.right[within].tolist(),
                   bits[within].tolist())
    for first, members in groups.grown().items():
        person[members] = first
    return person
