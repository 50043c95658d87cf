"""A reviewer's answers override the model, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.people.overrides import apply_answers
from workbench.people.resolve import Resolved

# Positions: 0 and 1 are electors, 2 and 3 linked to 0, 4 and 5 a group off the register.
IS_ELECTOR = np.array([True, True, False, False, False, False])
PERSON = np.array([0, 1, 0, 0, 4, 4])
PROBABILITY = np.array([1.0, 1.0, 0.99, 0.8, 0.9, 0.9])


def answered(*rows):
    resolved = Resolved(
        PERSON.copy(), PROBABILITY.copy(),
        np.array(["register"] * 2 + ["model"] * 4, dtype=object), 0.5, 0.5, PROBABILITY,
        np.array([2, 3]), np.array([0, 0]))
    frame = pd.DataFrame(rows, columns=["left", "right", "answer_code"])
    return apply_answers(resolved, frame, is_elector=IS_ELECTOR)


def test_without_answers_nothing_changes():
    made = answered()
    assert made.person.tolist() == PERSON.tolist()
    assert made.how.tolist() == ["register"] * 2 + ["model"] * 4


def test_two_that_are_different_are_parted_at_the_weaker_link():
    made = answered((2, 3, "different"))
    assert made.person.tolist() == [0, 1, 0, 3, 4, 4]
    assert made.how[3] == "review"
    assert made.how[2] == "model"


def test_a_record_is_taken_from_an_elector():
    assert answered((0, 2, "different")).person.tolist() == [0, 1, 2, 0, 4, 4]


def test_a_record_goes_to_the_elector_that_the_reviewer_names_and_its_fellows_stay():
    made = answered((1, 3, "same"))
    assert made.person.tolist() == [0, 1, 0, 1, 4, 4]
    assert made.how[3] == "review"
    assert made.probability[3] == 1.0


def test_a_group_off_the_register_goes_as_a_whole():
    assert answered((1, 5, "same")).person.tolist() == [0, 1, 0, 0, 1, 1]


def test_two_entries_of_the_register_become_one_person_with_all_their_records():
    assert answered((0, 1, "same")).person.tolist() in ([0, 0, 0, 0, 4, 4], [1, 1, 1, 1, 4, 4])


def test_what_is_unsure_changes_nothing():
    assert answered((0, 2, "unsure"), (1, 3, "unsure")).person.tolist() == PERSON.tolist()


def test_a_pair_that_is_judged_both_ways_is_kept_apart():
    made = answered((1, 3, "same"), (1, 3, "different"))
    assert made.person[3] != made.person[1]
