"""Resolve pairs into people: electors first, then their records, then what is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from workbench.people.posterior import (
    choose_cut,
    pair_probabilities,
    repeat_factors,
    rival_probabilities,
    starts,
    with_odds_times,
    without_repeats,
)

SAME_ELECTOR_PROBABILITY = 0.95
LISTS_ONCE = 0.05  # a source whose repeats are so much rarer than chance lists people once
NOBODY = -1


@dataclass(frozen=True)
class Evidence:
    """Records by position, and the pairs of them with their weights in bits.

    ``source`` numbers the source of each record; ``given`` is the elector whose number stands
    in the record itself, NOBODY where there is none. ``left`` and ``right`` are positions;
    the vetoed pairs are of records off the register that can never be one person.
    """

    source: np.ndarray
    is_elector: np.ndarray
    given: np.ndarray
    left: np.ndarray
    right: np.ndarray
    weight: np.ndarray
    vetoed_left: np.ndarray
    vetoed_right: np.ndarray

    @property
    def n(self) -> int:
        """Number of records."""
        return len(self.source)


@dataclass(frozen=True)
class Resolved:
    """Who each record is: ``person`` is the position of a record that stands for the person.

    It is the first entry of the register, or the first record where there is none.
    ``probability`` is that of the link that put the record there, 1 where it needed none;
    ``how`` is register, voter_id, model or alone. ``cut`` is the probability from which
    records were linked to electors, ``cut_of_the_rest`` that for the rest; ``offered`` are
    the best probabilities of all records that had an elector to go to, ``offered_record`` those
    records, and ``offered_person`` the first entry of the elector that each was offered to.
    """

    person: np.ndarray
    probability: np.ndarray
    how: np.ndarray
    cut: float
    cut_of_the_rest: float
    offered: np.ndarray
    offered_record: np.ndarray
    offered_person: np.ndarray


@dataclass(frozen=True)
class _Best:
    """For each record, the likeliest person for it."""

    record: np.ndarray
    group: np.ndarray
    probability: np.ndarray


def resolve(evidence: Evidence, *, precision_min: float) -> Resolved:
    """Put every record with one person.

    Two electors are one person only where the evidence says that one registered twice. A
    record is one elector at the most: its candidates are rivals. What no elector takes is
    grouped with its like, and the groups are held against all people once more.
    """
    person = np.where(evidence.is_elector, _elector_groups(evidence), np.int32(NOBODY))
    probability = np.ones(evidence.n)
    how = np.full(evidence.n, "alone", dtype=object)
    how[evidence.is_elector] = "register"
    has_number = ~evidence.is_elector & (evidence.given >= 0)
    person[has_number] = person[evidence.given[has_number]]
    how[has_number] = "voter_id"
    best, factor = _best_electors(evidence, person)
    cut = choose_cut(best.probability, precision_min=precision_min, group=best.group)
    is_in = best.probability >= cut
    person[best.record[is_in]] = best.group[is_in]
    group, link, cut_of_the_rest = _groups_of_the_rest(
        evidence, person == NOBODY, lists_once=factor < LISTS_ONCE,
        precision_min=precision_min)
    late = _best_people(evidence, person, factor)
    late = _one_a_group(late, group, cut)
    probability[best.record[is_in]] = best.probability[is_in]
    how[best.record[is_in]] = "model"
    is_left = person == NOBODY
    probability[is_left], how[is_left & (link < 1)] = link[is_left], "model"
    probability[late.record], how[late.record] = late.probability, "model"
    person_of_group = np.arange(evidence.n, dtype=np.int32)
    person_of_group[group[late.record]] = late.group
    person[is_left] = person_of_group[group[is_left]]
    stands_for = representatives(person, evidence.is_elector)
    return Resolved(stands_for, probability, how, cut, cut_of_the_rest, best.probability,
                    best.record, best.group)


def _elector_groups(evidence: Evidence) -> np.ndarray:
    """Return for each record the first entry of the same elector on the register."""
    both = evidence.is_elector[evidence.left] & evidence.is_elector[evidence.right]
    left, right = evidence.left[both], evidence.right[both]
    n = float(evidence.is_elector.sum())
    probability, _ = pair_probabilities(
        evidence.weight[both], np.zeros(len(left), dtype=np.int64),
        n_possible=np.array([n * (n - 1) / 2]),
    )
    is_one = probability >= SAME_ELECTOR_PROBABILITY
    return components(evidence.n, left[is_one], right[is_one])


def _best_electors(evidence: Evidence, person: np.ndarray) -> tuple[_Best, np.ndarray]:
    """Return the likeliest elector of each record, and the factor of each source's repeats."""
    best = _best(evidence, person, evidence.is_elector)
    source = evidence.source[best.record]
    n_people = _n_different(person[evidence.is_elector])
    learned = repeat_factors(source, best.group, best.probability, n_people=n_people)
    factor = np.ones(int(evidence.source.max(initial=0)) + 1)
    factor[:len(learned)] = learned
    probability = without_repeats(source, best.group, best.probability, factor)
    return _Best(best.record, best.group, probability), factor


def _best_people(evidence: Evidence, person: np.ndarray, factor: np.ndarray) -> _Best:
    """Return the likeliest person of each record that is left, by any record of that person."""
    best = _best(evidence, person, person != NOBODY)
    n_sources = len(factor)
    known = np.flatnonzero(person != NOBODY)
    is_listed = np.zeros((evidence.n, n_sources), dtype=bool)  # a person by a source
    is_listed[person[known], evidence.source[known]] = True
    source = evidence.source[best.record]
    is_repeat = is_listed[best.group, source]
    changed = with_odds_times(best.probability, factor[source])
    return _Best(best.record, best.group, np.where(is_repeat, changed, best.probability))


def _best(evidence: Evidence, person: np.ndarray, is_candidate: np.ndarray) -> _Best:
    """Return the likeliest person of each record that has none, among the candidates'."""
    forth = (person[evidence.left] == NOBODY) & is_candidate[evidence.right]
    back = (person[evidence.right] == NOBODY) & is_candidate[evidence.left]
    record = np.concatenate([evidence.left[forth], evidence.right[back]])
    group = person[np.concatenate([evidence.right[forth], evidence.left[back]])]
    weight = np.concatenate([evidence.weight[forth], evidence.weight[back]])
    record, group, weight = strongest(record, group, weight, evidence.n)
    sizes = np.bincount(evidence.source)
    n_people = _n_different(person[person != NOBODY])
    probability, _ = rival_probabilities(
        record, weight, evidence.source[record], n_possible=sizes * float(n_people))
    at = likeliest(record, probability)
    return _Best(record[at], group[at], probability[at])


def strongest(
    record: np.ndarray, group: np.ndarray, weight: np.ndarray, n: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each record with each of its groups once, in order, by the strongest pair."""
    pair = record.astype(np.int64) * n + group
    order = np.argsort(pair)
    begins = starts(pair[order])
    if not len(begins):
        return record, group, weight
    first = order[begins]
    return record[first], group[first], np.maximum.reduceat(weight[order], begins)


def likeliest(record: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Return where each record (they are in order) is likeliest, the first of equal ones."""
    begins = starts(record)
    if not len(begins):
        return begins
    lengths = np.diff(np.append(begins, len(record)))
    most = np.repeat(np.maximum.reduceat(probability, begins), lengths)
    at = np.flatnonzero(probability == most)
    return at[starts(record[at])]


def _groups_of_the_rest(
    evidence: Evidence, is_left: np.ndarray, *, lists_once: np.ndarray, precision_min: float
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the group of each record that is left, its best link's probability, and the cut."""
    within = is_left[evidence.left] & is_left[evidence.right]
    within &= ~(lists_once[evidence.source[evidence.left]]
                & (evidence.source[evidence.left] == evidence.source[evidence.right]))
    left, right = evidence.left[within], evidence.right[within]
    n_sources = int(evidence.source.max(initial=0)) + 1
    low = np.minimum(evidence.source[left], evidence.source[right])
    high = np.maximum(evidence.source[left], evidence.source[right])
    sizes = np.bincount(evidence.source[is_left], minlength=n_sources).astype(float)
    possible = np.outer(sizes, sizes)
    np.fill_diagonal(possible, sizes * (sizes - 1) / 2)
    probability, _ = pair_probabilities(
        evidence.weight[within], low * n_sources + high, n_possible=possible.ravel())
    cut = choose_cut(probability, precision_min=precision_min)
    is_in = probability >= cut
    left, right, probability = left[is_in], right[is_in], probability[is_in]
    order = np.lexsort((right, left, -probability))
    apart = np.where(lists_once[evidence.source], evidence.source, NOBODY)
    kept = _kept_apart(evidence, left[order], right[order], apart)
    left, right, probability = left[order][kept], right[order][kept], probability[order][kept]
    link = likeliest_link(evidence.n, left, right, probability)
    return components(evidence.n, left, right), np.where(link > 0, link, 1.0), cut


def _kept_apart(
    evidence: Evidence, left: np.ndarray, right: np.ndarray, apart: np.ndarray
) -> np.ndarray:
    """Return which links (likeliest first) may stand, so that no group holds a clash.

    A clash is a vetoed pair, or two records with one number in ``apart`` (their source, where
    it lists everybody once). A group that has one loses its weakest link until it has none.
    """
    is_kept = np.ones(len(left), dtype=bool)
    listed = np.intersect1d(np.flatnonzero(apart >= 0), np.concatenate([left, right]))
    while is_kept.any():
        group = components(evidence.n, left[is_kept], right[is_kept])
        clash = group[evidence.vetoed_left] == group[evidence.vetoed_right]
        pair = np.sort(group[listed].astype(np.int64) * (int(apart.max()) + 1) + apart[listed])
        twice = pair[1:][pair[1:] == pair[:-1]] // (int(apart.max()) + 1)
        torn = np.unique(np.concatenate([group[evidence.vetoed_left[clash]], twice]))
        if not len(torn):
            break
        at = np.flatnonzero(is_kept & np.isin(group[left], torn))
        _, last = np.unique(group[left[at]][::-1], return_index=True)
        is_kept[at[len(at) - 1 - last]] = False
    return is_kept


def _one_a_group(best: _Best, group: np.ndarray, cut: float) -> _Best:
    """Return for each group of the rest its likeliest link to a person, where it has one."""
    is_in = best.probability >= cut
    record, person, probability = best.record[is_in], best.group[is_in], best.probability[is_in]
    order = np.lexsort((record, -probability, group[record]))
    at = order[starts(group[record][order])]
    return _Best(record[at], person[at], probability[at])


def likeliest_link(
    n: int, left: np.ndarray, right: np.ndarray, probability: np.ndarray
) -> np.ndarray:
    """Return the probability of the likeliest pair of each of ``n`` positions, 0 of none."""
    link = np.zeros(n)
    for end in (left, right):
        np.maximum.at(link, end, probability)
    return link


def components(n: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return for each of ``n`` positions the first position that it is connected with."""
    nodes, ends = np.unique(np.concatenate([left, right]), return_inverse=True)
    links = np.ones(len(left), dtype=np.int8), (ends[:len(left)], ends[len(left):])
    graph = coo_matrix(links, shape=(len(nodes), len(nodes)))
    label = connected_components(graph, directed=False)[1]
    first = np.arange(n, dtype=np.int32)
    if len(nodes):
        _, at, of = np.unique(label, return_index=True, return_inverse=True)
        first[nodes] = nodes[at][of]
    return first


def representatives(label: np.ndarray, is_elector: np.ndarray) -> np.ndarray:
    """Return for each position the first elector of the same label, or the first position."""
    first = np.empty(len(label), dtype=label.dtype)
    for positions in (np.arange(len(label), dtype=np.int32), np.flatnonzero(is_elector)):
        first[label[positions[::-1]]] = positions[::-1]  # of equal labels the last one written
    return first[label]


def _n_different(position: np.ndarray) -> int:
    return int(np.count_nonzero(np.bincount(position))) if len(position) else 0
