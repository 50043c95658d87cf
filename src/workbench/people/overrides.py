"""A reviewer's answers override the model: who is one person, and who is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.people.resolve import Resolved, representatives


def apply_answers(
    resolved: Resolved, answers: pd.DataFrame, *, is_elector: np.ndarray
) -> Resolved:
    """Return the people with the reviewer's word kept, whatever the model says.

    ``answers`` has one row a judged pair: left and right (positions of records) and
    answer_code. Where two are the same, the record with the weaker link goes to the other's
    person, with its whole group where nobody of it is on the register. Where they are
    different, the one with the weaker link stands alone. What is unsure changes nothing. A
    pair that is judged both ways is kept apart.
    """
    person, probability, how = (a.copy() for a in (
        resolved.person, resolved.probability, resolved.how))
    judged = answers.sort_values(["left", "right", "answer_code"], kind="stable")
    orders = [(*pair, change) for code, change in (("same", _join), ("different", _part))
              for pair in judged.loc[judged["answer_code"] == code, ["left", "right"]].to_numpy(
                  dtype=int).tolist()]
    for left, right, change in orders:
        weak, strong = _weaker_first(left, right, probability, is_elector)
        if change(person, weak, strong, is_elector) and not is_elector[weak]:
            probability[weak], how[weak] = 1.0, "review"
    label = np.unique(person, return_inverse=True)[1]
    return replace(resolved, person=representatives(label, is_elector), probability=probability,
                   how=how)


def _weaker_first(
    left: int, right: int, probability: np.ndarray, is_elector: np.ndarray
) -> tuple[int, int]:
    """Return the two, first the one off the register, or the one whose link is weaker."""
    order = sorted((left, right), key=lambda at: (is_elector[at], probability[at], -at))
    return order[0], order[1]


def _join(person: np.ndarray, weak: int, strong: int, is_elector: np.ndarray) -> bool:
    """Put the weaker record, or all of a group off the register, with the other's person."""
    group = np.flatnonzero(person == person[weak])
    is_whole = is_elector[weak] or not is_elector[group].any()
    person[group if is_whole else weak] = person[strong]
    return True


def _part(person: np.ndarray, weak: int, strong: int, is_elector: np.ndarray) -> bool:
    """Let the weaker record stand alone, under a number that nobody has; tell if it had to."""
    is_together = bool(person[weak] == person[strong])
    if is_together:
        person[weak] = len(is_elector) + person.max()
    return is_together
