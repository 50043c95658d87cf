"""Stable ids: a person keeps the id of before, and every merge, split, loss and gain is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from workbench.pseudonyms import keyed_hashes
from workbench.tables.people import PERSON_CHANGES

N_DIGITS = 16
ROW = ["source_name", "row_key"]
NOBODY = -1


def assign_ids(
    crosswalk: pd.DataFrame, registry: pd.DataFrame, *, key: bytes
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the crosswalk with ``person_id``, in order of its rows, and ``person_changes``.

    ``crosswalk`` has a row a row of a source: source_name, row_key, record_key, name_key,
    is_elector and person, a whole number that rows of one person share. ``registry`` is the
    id_registry of before, or has no rows. Old and new people are compared by
    the rows that are known again. Whoever share an elector's row, and then most rows, keep the
    id, one person an id. What is left gets an id from its first row, never one that the
    registry has. The order of rows and the numbers in ``person`` do not matter.
    """
    rows, before = in_order(crosswalk, ROW), in_order(registry, ROW)
    person = pd.factorize(rows["person"])[0]
    old, old_ids = _people_before(before)
    shared = _shared_rows(rows, before, person, old)
    kept = _carried(shared)
    ids = np.full(person.max(initial=-1) + 1, "", dtype=object)
    ids[kept["person"]] = old_ids[kept["old"]]
    is_new = ids == ""
    first = np.flatnonzero(~pd.Series(person).duplicated())
    ids[is_new] = _new_ids(_row_texts(rows.iloc[first[is_new]]), used=old_ids, key=key)
    changes = pd.concat([
        _changes(ids[is_new], "new", np.full(is_new.sum(), "", dtype=object),
                 np.bincount(person, minlength=len(ids))[is_new]),
        _moves(shared, kept, ids, old_ids), _losses(old, shared, old_ids),
    ], ignore_index=True)
    return (rows.assign(person_id=pd.Series(ids[person], dtype="str")),
            in_order(changes, list(PERSON_CHANGES.key)))


def in_order(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the rows in order of text columns, by their bytes."""
    texts = pa.table({name: pa.array(frame[name]) for name in columns})
    order = pc.sort_indices(texts, sort_keys=[(name, "ascending") for name in columns]).to_numpy()
    is_sorted = np.array_equal(order, np.arange(len(frame)))
    return (frame if is_sorted else frame.take(order)).reset_index(drop=True)


def same_rows(rows: pd.DataFrame, before: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of rows that are one row, now and before, each used once.

    Both tables are in order of ROW. A row is known again where it is unchanged; then by the
    same record under another key; then by the same key with the same name. So a key that comes
    back with another name, or without a name and with another record, is another row.
    """
    row, record, name = _codes(rows, before)
    n = len(rows)
    now, then = np.arange(n), _positions(row[n:], size=row.max(initial=-1) + 1)[row[:n]]
    other = np.where((then >= 0) & (record[n:][then] == record[:n]), then, NOBODY) \
        if len(before) else then
    at, at_before = _same_records(record[:n], record[n:], other)
    other[at] = at_before
    is_free = np.ones(len(before), dtype=bool)
    is_free[other[other >= 0]] = False
    left = now[(other == NOBODY) & (then >= 0)]
    left = left[is_free[then[left]] & (name[n:][then[left]] == name[left])]
    other[left] = then[left]
    found = np.flatnonzero(other >= 0)
    return found, other[found]


def _codes(
    rows: pd.DataFrame, before: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return row, record and name as whole numbers, those of before behind those of now."""
    n = len(rows)
    code = {name: pd.factorize(pd.concat([rows[name], before[name]], ignore_index=True))[0]
            for name in (*ROW, "record_key", "name_key")}
    row = pd.factorize(code["source_name"] * (len(rows) + len(before) + 1) + code["row_key"])[0]
    name = code["name_key"].copy()
    name[n:][name[n:] < 0] = -2  # no name is not the same name as none
    return row, code["record_key"], name


def _positions(codes: np.ndarray, *, size: int) -> np.ndarray:
    """Return for each code where it stands; ValueError where one stands twice."""
    at = np.full(size, NOBODY)
    at[codes] = np.arange(len(codes))
    if len(np.flatnonzero(at >= 0)) != len(codes):
        raise ValueError("id_registry has a row of a source twice")
    return at


def _same_records(
    record: np.ndarray, record_before: np.ndarray, other: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pair what ``other`` leaves: the first rows of a record, the second ones, and so on."""
    is_free = np.ones(len(record_before), dtype=bool)
    is_free[other[other >= 0]] = False
    sides = []
    for at, codes in ((np.flatnonzero(other == NOBODY), record),
                      (np.flatnonzero(is_free), record_before)):
        side = pd.DataFrame({"at": at, "record": codes[at]})
        sides.append(side.assign(nth=side.groupby("record").cumcount()))
    both = sides[0].merge(sides[1], on=["record", "nth"], validate="one_to_one",
                          suffixes=("", "_before"))
    return both["at"].to_numpy(), both["at_before"].to_numpy()


def _people_before(before: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of each row's person, and the ids by that number, in order."""
    codes, ids = pd.factorize(before["person_id"])
    order = pc.sort_indices(pa.array(ids)).to_numpy()
    rank = np.empty(len(ids), dtype=np.int64)
    rank[order] = np.arange(len(ids))
    return rank[codes], np.asarray(ids, dtype=object)[order]


def _shared_rows(
    rows: pd.DataFrame, before: pd.DataFrame, person: np.ndarray, old: np.ndarray
) -> pd.DataFrame:
    """Return person, old, n_rows and has_elector: a row a new and an old person with one row."""
    at, at_before = same_rows(rows, before)
    pairs = pd.DataFrame({
        "person": person[at], "old": old[at_before],
        "is_elector": rows["is_elector"].to_numpy(dtype=bool)[at]
        & before["is_elector"].to_numpy(dtype=bool)[at_before],
    })
    return pairs.groupby(["person", "old"], as_index=False).agg(
        n_rows=("is_elector", "size"), has_elector=("is_elector", "any"))


def _carried(shared: pd.DataFrame) -> pd.DataFrame:
    """Return person and old: who keeps which id, in rounds of mutual bests."""
    left = shared.sort_values(["has_elector", "n_rows", "old", "person"],
                              ascending=[False, False, True, True])
    rounds = [left.iloc[:0]]
    while len(left):
        best = left[~left["person"].duplicated() & ~left["old"].duplicated()]
        rounds.append(best)
        left = left[~left["person"].isin(best["person"]) & ~left["old"].isin(best["old"])]
    return pd.concat(rounds)[["person", "old"]]


def _row_texts(rows: pd.DataFrame) -> list[str]:
    columns = (rows[name] for name in (*ROW, "record_key"))
    return ["|".join(parts) for parts in zip(*columns, strict=True)]


def _new_ids(texts: list[str], *, used: np.ndarray, key: bytes) -> np.ndarray:
    """Return an id for each text: its keyed hash, or the next one that nobody has or had."""
    ids = np.array(_hashed(texts, key), dtype=object)
    attempt = 0
    while (clash := np.flatnonzero(pd.Series(ids).duplicated() | pd.Series(ids).isin(used))).size:
        attempt += 1
        ids[clash] = _hashed([f"{texts[at]}|{attempt}" for at in clash], key)
    return ids


def _hashed(texts: list[str], key: bytes) -> list[str]:
    return [f"P{digest[:N_DIGITS]}" for digest in keyed_hashes(key, texts)]


def _moves(
    shared: pd.DataFrame, kept: pd.DataFrame, ids: np.ndarray, old_ids: np.ndarray
) -> pd.DataFrame:
    """Return the rows that went to another id: a split where the old one lives on."""
    moved = shared.drop(kept.index)
    lives = moved["old"].isin(kept["old"]).to_numpy()
    return _changes(old_ids[moved["old"]],
                    np.where(lives, "split", "merged"), ids[moved["person"]],
                    moved["n_rows"].to_numpy())


def _losses(old: np.ndarray, shared: pd.DataFrame, old_ids: np.ndarray) -> pd.DataFrame:
    is_gone = np.ones(len(old_ids), dtype=bool)
    is_gone[shared["old"]] = False
    gone = np.flatnonzero(is_gone)
    n_rows = np.bincount(old, minlength=len(old_ids))[gone]
    return _changes(old_ids[gone], "gone",
                    np.full(len(gone), "", dtype=object), n_rows)


def _changes(
    person_id: np.ndarray, code: str | np.ndarray, other: np.ndarray, n_rows: np.ndarray
) -> pd.DataFrame:
    return pd.DataFrame({
        "person_id": pd.Series(person_id, dtype="str"), "change_code": code,
        "other_person_id": pd.Series(other, dtype="str"), "n_rows": n_rows,
    }).astype({"change_code": "str", "n_rows": "int64"})
