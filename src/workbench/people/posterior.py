"""From match weights to probabilities: rivals share one, and how common links are is learned."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

ROUNDS = 40
CONVERGED = 1e-4


def rival_probabilities(
    record: np.ndarray, weight: np.ndarray, source: np.ndarray, *, n_possible: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return P(link) of each pair of a record and an elector, and the prior of each source.

    A record is at most one elector, so its candidates are rivals: the odds of each are shared
    out over all of them and over being nobody. ``weight`` is in bits without a prior;
    ``n_possible`` is, for each source number, how many pairs could be made. The prior of a
    source is the share of them that links: it is found by expectation-maximisation from the
    probabilities themselves. ``record`` must be sorted.
    """
    first = starts(record)
    lengths = np.diff(np.append(first, len(record)))

    def shared_out(odds: np.ndarray) -> np.ndarray:
        nobody = 1.0 + np.add.reduceat(odds, first) if len(odds) else odds
        return odds / np.repeat(nobody, lengths)

    return _converged(weight, source, 1.0 / np.sqrt(np.maximum(n_possible, 4.0)), n_possible,
                    shared_out)


def pair_probabilities(
    weight: np.ndarray, kind: np.ndarray, *, n_possible: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return P(link) of pairs that have no rivals, and the prior of each kind of pair."""
    return _converged(weight, kind, 1.0 / np.maximum(n_possible, 2.0), n_possible,
                    lambda odds: odds / (1 + odds))


def starts(values: np.ndarray) -> np.ndarray:
    """Return where each value differs from the one before it."""
    return np.flatnonzero(np.r_[True, values[1:] != values[:-1]][:len(values)])


def _converged(
    weight: np.ndarray, kind: np.ndarray, prior: np.ndarray, n_possible: np.ndarray,
    shared_out: Callable[[np.ndarray], np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Return the probabilities and priors that agree, each prior the share of pairs that link."""
    likelihood = np.exp2(np.minimum(weight, 900.0))
    for _ in range(ROUNDS):
        before, probability = prior, shared_out(likelihood * (prior / (1 - prior))[kind])
        expected = np.bincount(kind, weights=probability, minlength=len(n_possible))
        prior = np.clip((expected + 0.5) / (n_possible + 1.0), 1e-15, 0.5)
        if np.allclose(prior, before, rtol=CONVERGED, atol=0):
            break
    return probability, prior


def choose_cut(
    probability: np.ndarray, *, precision_min: float, group: np.ndarray | None = None
) -> float:
    """Return the probability from which records are linked, without any truth.

    Where the probabilities are right, linking the likeliest records finds pairs whose expected
    number of true ones is known. A record that joins a ``group`` makes a pair with each that
    is in it already, its elector included; without groups each link is one pair. Of the cuts
    whose expected pairwise precision is ``precision_min`` or more, the one of the greatest
    expected F1 is returned; 1.0 where there is none.
    """
    if not len(probability):
        return 1.0
    n_made, n_true = np.ones(len(probability)), probability
    if group is not None:
        n_made, n_true = _pairs_made(probability, group)
    order = np.argsort(-probability, kind="stable")
    made, found = np.cumsum(n_made[order]), np.cumsum(n_true[order])
    expected_f1 = 2 * found / (made + found[-1])
    ordered = probability[order]
    is_cut = np.r_[ordered[1:] != ordered[:-1], True]  # equal ones are linked together
    is_good = is_cut & (found / made >= precision_min)
    if not is_good.any():
        return 1.0
    return float(ordered[np.argmax(np.where(is_good, expected_f1, -1.0))])


def repeat_factors(
    source: np.ndarray, group: np.ndarray, probability: np.ndarray, *, n_people: int
) -> np.ndarray:
    """Return for each source how much likelier a person is who has a record of it already.

    A source that lists everybody once gives a factor near 0, one that repeats people (a file
    of donors) a factor above 1. The share of repeats is found by expectation-maximisation:
    the best link of a source to a person is taken, each further one is a repeat.
    """
    n_sources = int(source.max()) + 1 if len(source) else 0
    factor = np.ones(n_sources)
    is_repeat = _is_repeat(source, group, probability)
    for _ in range(ROUNDS):
        changed = np.where(is_repeat, with_odds_times(probability, factor[source]), probability)
        linked = np.bincount(source, weights=changed, minlength=n_sources) + 1.0
        repeats = np.bincount(source, weights=changed * is_repeat, minlength=n_sources)
        share = repeats / linked
        people = np.minimum(linked - repeats, max(n_people - 1.0, 1.0))
        fresh = share * (n_people - people) / (people * (1 - share))
        has_converged = np.allclose(fresh, factor, rtol=CONVERGED, atol=CONVERGED)
        factor = fresh
        if has_converged:
            break
    return factor


def without_repeats(
    source: np.ndarray, group: np.ndarray, probability: np.ndarray, factor: np.ndarray
) -> np.ndarray:
    """Return the probabilities, those of repeats made likelier or less likely by ``factor``."""
    is_repeat = _is_repeat(source, group, probability)
    return np.where(is_repeat, with_odds_times(probability, factor[source]), probability)


def with_odds_times(probability: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Return the probability whose odds are those of ``probability`` times ``factor``."""
    nobody = np.maximum(1 - probability, 1e-12)
    return probability * factor / (nobody + probability * factor)


def _is_repeat(source: np.ndarray, group: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Return whether a record of the same source has a likelier link to the same group."""
    order = np.lexsort((-probability, group, source))
    is_same = np.zeros(len(order), dtype=bool)
    ordered_source, ordered_group = source[order], group[order]
    is_same[1:] = ((ordered_source[1:] == ordered_source[:-1])
                   & (ordered_group[1:] == ordered_group[:-1]))
    is_repeat = np.empty(len(order), dtype=bool)
    is_repeat[order] = is_same
    return is_repeat


def _pairs_made(probability: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs that each record makes when it joins after all likelier ones.

    The first array counts them, the second expects how many are true.
    """
    order = np.lexsort((-probability, group))
    ordered, p = group[order], probability[order]
    first = starts(ordered)
    lengths = np.diff(np.append(first, len(ordered)))
    total = np.cumsum(p)
    before = total - p
    n_made, n_true = np.empty(len(p)), np.empty(len(p))
    n_made[order] = 1.0 + np.arange(len(p)) - np.repeat(first, lengths)
    n_true[order] = p * (1.0 + before - np.repeat(before[first], lengths))
    return n_made, n_true
