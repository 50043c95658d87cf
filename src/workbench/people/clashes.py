"""Clashes: what two lists say differently of one person, once both are in standard form."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.people.entries import ROW

FIELDS = ("name", "birth", "sex", "address", "phone", "email")
STANDARD = (
    "first_name", "formals", "last_name", "suffix", "birth_date", "birth_low", "birth_high",
    "sex_code", "house", "street", "flat", "postcode", "phone", "email",
)


def compared_pairs(
    entries: pd.DataFrame, records: pd.DataFrame, list_names: Sequence[str]
) -> pd.DataFrame:
    """Return one row a pair of entries of one person on two lists, the first list on the left.

    ``records``: a row a record by ``record_key``, in standard form, so that how a thing was
    written is no clash. Columns: ``person_id``, list and source row of either side, and for
    each of FIELDS ``<field>_compared`` (both sides know it) and ``<field>_clash``. Nicknames,
    initials and what one side lacks clash with nothing.
    """
    place = {name: number for number, name in enumerate(list_names)}
    told = records[["record_key", *STANDARD]].rename(columns={n: f"std_{n}" for n in STANDARD})
    side = entries[["person_id", "record_key", "list_name", *ROW]].dropna(subset="person_id")
    side = side.merge(told, how="inner", on="record_key", validate="many_to_one")
    side = side.drop(columns="record_key").assign(place=side["list_name"].map(place))
    pairs = side.merge(side, on="person_id", suffixes=("_l", "_r"), validate="many_to_many")
    pairs = pairs[pairs["place_l"] < pairs["place_r"]].sort_values(
        ["person_id", "place_l", "place_r", "source_row_l", "source_row_r"], ignore_index=True)
    kept = pairs[["person_id", *(f"{name}_{end}" for end in "lr" for name in ("list_name", *ROW))]]
    found = {}
    for field in FIELDS:
        is_compared, is_clash = _JUDGES[field](pairs)
        found[f"{field}_compared"] = is_compared.astype(bool)
        found[f"{field}_clash"] = (is_compared & is_clash).astype(bool)
    return kept.assign(**found)


def clashes_by_field(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return one row a field: people and pairs of rows compared, and those that clash.

    Columns: ``field_name``, ``n_people_compared``, ``n_people``, ``n_pairs_compared``,
    ``n_pairs``. A person clashes where any pair of their rows does.
    """
    rows = []
    for field in FIELDS:
        compared, clashing = (pairs[pairs[f"{field}_{end}"]] for end in ("compared", "clash"))
        rows.append({
            "field_name": field, "n_people_compared": compared["person_id"].nunique(),
            "n_people": clashing["person_id"].nunique(), "n_pairs_compared": len(compared),
            "n_pairs": len(clashing),
        })
    return pd.DataFrame(rows)


def clash_fields(entries: pd.DataFrame, pairs: pd.DataFrame) -> pd.Series:
    """Return for each entry the fields that another list has differently, separated by ';'."""
    parts = [pairs.loc[pairs[f"{field}_clash"], [f"{name}_{end}" for name in ROW]]
             .set_axis(ROW, axis="columns").assign(field=field)
             for field in FIELDS for end in "lr"]
    found = pd.concat(parts).drop_duplicates().sort_values([*ROW, "field"])
    joined = found.groupby(ROW)["field"].agg(";".join).rename("clash_fields").reset_index()
    told = entries[ROW].merge(joined, how="left", on=ROW, validate="many_to_one")
    return told["clash_fields"].set_axis(entries.index).astype("str")


def _name(pairs: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    first = _both(pairs, "first_name")
    last = _both(pairs, "last_name")
    other_first = _differ(pairs, "first_name") & ~_share_a_formal_name(pairs)
    suffix = _both(pairs, "suffix") & _differ(pairs, "suffix")
    return first | last, (first & other_first) | (last & _differ(pairs, "last_name")) | suffix


def _birth(pairs: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    is_whole = _both(pairs, "birth_date")
    known = _both(pairs, "birth_low") & _both(pairs, "birth_high")
    low_l, high_l, low_r, high_r = (
        pairs[f"std_birth_{name}"].astype("Float64")
        for name in ("low_l", "high_l", "low_r", "high_r"))
    is_apart = ((low_l > high_r) | (low_r > high_l)).fillna(False)
    return is_whole | known, (is_whole & _differ(pairs, "birth_date")) | is_apart


def _address(pairs: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """House, street and postcode; a flat only where both name one."""
    parts = [(_both(pairs, name), _differ(pairs, name)) for name in ("house", "street")]
    is_home = parts[0][0] & parts[1][0]
    has_flat = (pairs["std_flat_l"].fillna("") != "") & (pairs["std_flat_r"].fillna("") != "")
    is_other_home = parts[0][1] | parts[1][1] | (has_flat & _differ(pairs, "flat"))
    place = _both(pairs, "postcode")
    return is_home | place, (is_home & is_other_home) | (place & _differ(pairs, "postcode"))


def _phone(pairs: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """A number without its area code is the same as the whole one."""
    left, right = (pairs[f"std_phone_{end}"].fillna("").tolist() for end in "lr")
    is_part = [a.endswith(b) or b.endswith(a) for a, b in zip(left, right, strict=True)]
    return _both(pairs, "phone"), ~pd.Series(is_part, index=pairs.index, dtype=bool)


def _both(pairs: pd.DataFrame, name: str) -> pd.Series:
    return pairs[f"std_{name}_l"].notna() & pairs[f"std_{name}_r"].notna()


def _differ(pairs: pd.DataFrame, name: str) -> pd.Series:
    same = pairs[f"std_{name}_l"] == pairs[f"std_{name}_r"]
    return ~same.fillna(False).astype(bool)


def _share_a_formal_name(pairs: pd.DataFrame) -> pd.Series:
    """Whether the two given names may stand for one formal name, as Bob and Bobby do."""
    sides = zip(pairs["std_formals_l"], pairs["std_formals_r"], strict=True)
    shared = [bool(set(_texts(left)) & set(_texts(right))) for left, right in sides]
    return pd.Series(shared, index=pairs.index, dtype=bool)


def _texts(value: object) -> list[str]:
    return list(value) if isinstance(value, list | tuple | np.ndarray) else []


_JUDGES = {
    "name": _name, "birth": _birth, "address": _address, "phone": _phone,
    "sex": lambda pairs: (_both(pairs, "sex_code"), _differ(pairs, "sex_code")),
    "email": lambda pairs: (_both(pairs, "email"), _differ(pairs, "email")),
}
