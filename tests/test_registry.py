"""Ids stay with people, whatever happens to the files, and every change of them is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.people import registry as module
from workbench.people.registry import assign_ids
from workbench.pseudonyms import keyed_hash
from workbench.tables.people import ID_REGISTRY, PERSON_CHANGES

KEY = b"a key for tests, of thirty-two bytes"
COLUMNS = ("source_name", "row_key", "record_key", "name_key", "is_elector", "person")
NOBODY_YET = pd.DataFrame({name: pd.Series([], dtype="str") for name in ID_REGISTRY.column_names}
                          ).astype({"is_elector": bool})


def crosswalk(*rows):
    """Rows as source, key, record, name, person; those of the source 'voters' are electors."""
    frame = pd.DataFrame(rows, columns=["source_name", "row_key", "record_key", "name_key",
                                        "person"])
    texts = dict.fromkeys(("source_name", "row_key", "record_key", "name_key"), "str")
    return frame.astype(texts).assign(is_elector=frame["source_name"] == "voters")


def promoted(numbered):
    return numbered[list(ID_REGISTRY.column_names)]


def accepted(rows):
    return promoted(assign_ids(rows, NOBODY_YET, key=KEY)[0])


def ids(numbered):
    """The id of each row, by its source and key."""
    return dict(zip(zip(numbered["source_name"], numbered["row_key"], strict=True),
                    numbered["person_id"], strict=True))


def told(changes):
    return sorted(changes.itertuples(index=False, name=None))


def campaign(n=4000, *, seed=3):
    """A register, and gifts of which two in three are an elector's; some givers give twice."""
    rng = np.random.default_rng(seed)
    person = np.r_[np.arange(n), rng.integers(0, n * 3 // 2, n)]
    source = np.repeat(["voters", "gifts"], n)
    record = np.where(np.arange(2 * n) < n, person, person * 2 + rng.integers(0, 2, 2 * n))
    return pd.DataFrame({
        "source_name": source, "row_key": [f"K{i}" for i in range(2 * n)],
        "record_key": [f"{s}{r}" for s, r in zip(source, record, strict=True)],
        "name_key": [f"n{p % 997}" for p in person], "is_elector": source == "voters",
        "person": person,
    }).astype(dict.fromkeys(("source_name", "row_key", "record_key", "name_key"), "str"))


def renumbered(rows, *, seed):
    """The same rows in another order, their people under other numbers."""
    rng = np.random.default_rng(seed)
    number = rng.permutation(int(rows["person"].max()) + 1)
    return (rows.assign(person=number[rows["person"]])
            .sample(frac=1, random_state=seed).reset_index(drop=True))


def test_files_that_are_sent_again_in_another_order_keep_every_id():
    before = accepted(campaign())
    after, changes = assign_ids(renumbered(campaign(), seed=9),
                                before.sample(frac=1, random_state=1), key=KEY)
    assert ids(after) == ids(before)
    assert len(changes) == 0
    assert tuple(changes.columns) == PERSON_CHANGES.column_names


def test_the_first_ids_do_not_depend_on_the_order_of_rows():
    assert ids(accepted(campaign())) == ids(accepted(renumbered(campaign(), seed=2)))


def test_files_under_other_row_keys_keep_every_id():
    rows = campaign()
    keys = [f"new{i}" for i in np.random.default_rng(1).permutation(len(rows))]
    other = rows.assign(row_key=keys)
    after, changes = assign_ids(other.astype({"row_key": "str"}), accepted(rows), key=KEY)
    assert ids(after.assign(row_key=after["record_key"])) == ids(
        assign_ids(rows, NOBODY_YET, key=KEY)[0].assign(row_key=lambda t: t["record_key"]))
    assert len(changes) == 0


def test_files_that_grow_by_a_twentieth_keep_every_id_and_tell_each_new_one():
    grown = campaign(4200, seed=5)
    is_old = grown.index.isin(np.random.default_rng(6).permutation(len(grown))[:8000])
    before = accepted(grown[is_old].reset_index(drop=True))
    after, changes = assign_ids(renumbered(grown, seed=7), before, key=KEY)
    now = ids(after)
    kept = [now[row] == person for row, person in ids(before).items()]
    assert np.mean(kept) >= 0.999
    new = set(after["person_id"]) - set(before["person_id"])
    assert set(changes.loc[changes["change_code"] == "new", "person_id"]) == new
    n_people = before["person_id"].nunique()
    assert after["person_id"].nunique() == n_people + len(new)


ANN = ("voters", "V1", "r1", "ann", 1)
ANN_GIVES = ("gifts", "G1", "r2", "ann", 1)
ANN_GIVES_AGAIN = ("gifts", "G2", "r3", "ann", 1)
BOB = ("voters", "V2", "r4", "bob", 2)


def numbered(row, person):
    return (*row[:4], person)


def test_two_people_who_become_one_keep_the_id_of_the_elector():
    giver = [numbered(ANN_GIVES, 5), numbered(ANN_GIVES_AGAIN, 5)]
    before = accepted(crosswalk(ANN, *giver))
    elector, other = (ids(before)[row[:2]] for row in (ANN, ANN_GIVES))
    after, changes = assign_ids(crosswalk(ANN, ANN_GIVES, ANN_GIVES_AGAIN), before, key=KEY)
    assert set(after["person_id"]) == {elector}
    assert told(changes) == [(other, "merged", elector, 2)]


def test_one_person_who_becomes_two_leaves_the_id_with_the_elector():
    before = accepted(crosswalk(ANN, ANN_GIVES, ANN_GIVES_AGAIN))
    after, changes = assign_ids(
        crosswalk(ANN, numbered(ANN_GIVES, 5), numbered(ANN_GIVES_AGAIN, 5)), before, key=KEY)
    old, new = ids(before)["voters", "V1"], ids(after)["gifts", "G1"]
    assert ids(after)["voters", "V1"] == old != new
    assert told(changes) == sorted([(old, "split", new, 2), (new, "new", "", 2)])


def test_without_an_elector_the_id_stays_where_most_rows_are():
    rows = [("gifts", f"G{i}", f"r{i}", "ann", 1) for i in range(3)]
    before = accepted(crosswalk(*rows))
    after, _ = assign_ids(crosswalk(numbered(rows[0], 7), *rows[1:]), before, key=KEY)
    assert ids(after)["gifts", "G2"] == ids(before)["gifts", "G0"]
    assert ids(after)["gifts", "G0"] != ids(before)["gifts", "G0"]


def test_somebody_of_whom_no_row_is_left_is_gone():
    before = accepted(crosswalk(ANN, ANN_GIVES, BOB))
    after, changes = assign_ids(crosswalk(BOB), before, key=KEY)
    assert told(changes) == [(ids(before)["voters", "V1"], "gone", "", 2)]
    assert set(after["person_id"]) == {ids(before)["voters", "V2"]}


def test_a_number_that_is_issued_again_does_not_hand_the_id_on():
    before = accepted(crosswalk(ANN, ANN_GIVES))
    carla = ("voters", "V1", "r9", "carla", 1)
    after, changes = assign_ids(crosswalk(carla, numbered(ANN_GIVES, 2)), before, key=KEY)
    assert ids(after)["gifts", "G1"] == ids(before)["voters", "V1"]
    assert told(changes) == [(ids(after)["voters", "V1"], "new", "", 1)]


def test_an_elector_who_moves_keeps_the_id_and_so_does_one_with_another_number():
    before = accepted(crosswalk(ANN, BOB))
    moved, newly_numbered = ("voters", "V1", "r8", "ann", 1), ("voters", "V7", "r4", "bob", 2)
    after, changes = assign_ids(crosswalk(moved, newly_numbered), before, key=KEY)
    assert ids(after)["voters", "V1"] == ids(before)["voters", "V1"]
    assert ids(after)["voters", "V7"] == ids(before)["voters", "V2"]
    assert len(changes) == 0


@pytest.mark.parametrize("name", ["ann", None])
def test_a_row_put_into_a_file_without_keys_moves_nobodys_id(name):
    """Its rows are numbered, and all have one name: the keys say the wrong thing of each."""
    rows = [("polls", f"{i:03}", f"r{i}", name, i) for i in range(100)]
    before = accepted(crosswalk(*rows))
    shifted = [("polls", f"{i + (i >= 40):03}", f"r{i}", name, i) for i in range(100)]
    after, changes = assign_ids(
        crosswalk(*shifted, ("polls", "040", "r999", name, 999)), before, key=KEY)
    old = dict(zip(before["record_key"], before["person_id"], strict=True))
    now = dict(zip(after["record_key"], after["person_id"], strict=True))
    assert {record: now[record] for record in old} == old
    assert told(changes) == [(now["r999"], "new", "", 1)]


def test_a_row_without_a_name_is_known_by_its_record_alone():
    before = accepted(crosswalk(("texts", "1", "r1", None, 1)))
    after, _ = assign_ids(crosswalk(("texts", "1", "r2", None, 1)), before, key=KEY)
    assert ids(after)["texts", "1"] != ids(before)["texts", "1"]


def test_a_new_id_is_the_keyed_hash_of_the_first_row():
    expected = "P" + keyed_hash(KEY, "gifts|G1|r2")[:16]
    assert set(accepted(crosswalk(ANN, ANN_GIVES))["person_id"]) == {expected}


def test_an_id_that_somebody_has_or_had_is_not_given_again(monkeypatch):
    before = accepted(crosswalk(ANN_GIVES, ANN, ("gifts", "G0", "r0", "ann", 1)))
    after, _ = assign_ids(crosswalk(ANN, ANN_GIVES, ("gifts", "G0", "r0", "ann", 8)), before,
                          key=KEY)
    taken = ids(before)["voters", "V1"]
    assert taken == "P" + keyed_hash(KEY, "gifts|G0|r0")[:16]
    assert ids(after)["gifts", "G0"] == "P" + keyed_hash(KEY, "gifts|G0|r0|1")[:16]
    monkeypatch.setattr(module, "N_DIGITS", 1)  # sixteen ids, so that most clash
    crowded = accepted(crosswalk(*(("polls", str(i), f"r{i}", "x", i) for i in range(14))))
    assert crowded["person_id"].nunique() == 14


def test_a_registry_with_a_row_twice_is_a_bug():
    before = accepted(crosswalk(ANN))
    with pytest.raises(ValueError, match="twice"):
        assign_ids(crosswalk(ANN), pd.concat([before, before]), key=KEY)


ROWS = st.lists(
    st.tuples(st.sampled_from(["voters", "gifts"]), st.integers(0, 9), st.integers(0, 6),
              st.sampled_from(["ann", "bob", None]), st.integers(0, 5)),
    max_size=14, unique_by=lambda row: row[:2])


def drawn(rows):
    return crosswalk(*((s, f"K{k}", f"{s}{r}", n, p) for s, k, r, n, p in rows))


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(ROWS, ROWS)
def test_every_old_id_is_kept_or_told_and_no_id_is_two_peoples(first, second):
    before = accepted(drawn(first))
    after, changes = assign_ids(drawn(second), before, key=KEY)
    assert (after.groupby("person")["person_id"].nunique() == 1).all()
    assert (after.groupby("person_id")["person"].nunique() == 1).all()
    old, now = set(before["person_id"]), set(after["person_id"])
    lost = changes[changes["change_code"].isin(["gone", "merged"])]
    assert set(lost["person_id"]) == old - now
    assert set(changes.loc[changes["change_code"] == "new", "person_id"]) == now - old
    assert set(changes.loc[changes["change_code"] == "split", "person_id"]) <= old & now
    assert not changes.duplicated(list(PERSON_CHANGES.key)).any()


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(ROWS, ROWS, st.integers(0, 99))
def test_accepting_and_linking_again_changes_nothing(first, second, seed):
    now = assign_ids(drawn(second), accepted(drawn(first)), key=KEY)[0]
    rows = drawn(second)
    again, changes = assign_ids(
        renumbered(rows, seed=seed) if len(rows) else rows, promoted(now), key=KEY)
    assert ids(again) == ids(now)
    assert len(changes) == 0
