"""Rows of files, read by their mapping, as the records that linking takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.anyfiles.columns import IDENTIFIERS, likely_identifiers, plain_name
from workbench.anyfiles.dates import birth_columns
from workbench.anyfiles.legible import ColumnRead, columns_read
from workbench.anyfiles.mapping import AGES_CHANGE, FileMapping
from workbench.anyfiles.repeats import Repeats, once_each, without_derived
from workbench.errors import SettingsError, SourceError, nearest_name
from workbench.people.anytables.records import FIELDS, OTHER

ROW_KEY = "row_key"
CONTACTS = ("phone", "email", "address_line", "full_name", "first_name", "last_name")
NOTHING = ("", "na", "n/a", "nan", "null", "none", "-", "--", "?")
LOOKS_LIKE_EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
FEW_EMAILS = 0.01


@dataclass(frozen=True)
class Given:
    """The rows of all files, and what of each file was compared.

    ``rows`` has file_number, row_order, lists_once, FIELDS and other_ columns, as linking
    takes them; ``keys`` has file and row_key of the same rows. Both are in order of file and
    key, which the order of the files and of their rows does not change. ``unused`` names the
    columns of each file that are not compared, ``read`` has what could be read of the others,
    ``repeats`` a line a fact that was mapped twice; ``others`` are the mapping's names of the
    columns that begin with ``other_``, in order.
    """

    rows: pd.DataFrame
    keys: pd.DataFrame
    unused: Mapping[str, tuple[str, ...]]
    read: Mapping[str, tuple[ColumnRead, ...]]
    repeats: tuple[str, ...]
    others: tuple[str, ...]


def gather_rows(
    tables: Mapping[str, pd.DataFrame], mappings: Mapping[str, FileMapping]
) -> Given:
    """Return the rows of the tables by their mappings; SettingsError where a column is missing."""
    asked = {name: once_each(name, _columns(name, list(table.columns), mappings[name]),
                             mappings[name]) for name, table in sorted(tables.items())}
    others = sorted({free for once in asked.values() for free in once.mapping.others})
    parts, unused, read = [], {}, {}
    for number, (name, once) in enumerate(asked.items()):
        table = tables[name]
        row_key = _row_keys(name, table, once)
        texts = {known: _joined(table, names) for known, names in once.columns.items()}
        free = {f"other {known}": _joined(table, names)
                for known, names in once.mapping.others.items()}
        read[name] = columns_read({**texts, **free}, once.columns, once.mapping)
        parts.append(_fields(table, texts, once.mapping, others).assign(
            file=name, row_key=row_key, file_number=number, lists_once=once.mapping.is_unique,
            place=_in_order(row_key)).sort_values("place", kind="stable"))
        unused[name] = _unused(table, once)
    rows = pd.concat(parts, ignore_index=True)
    rows["row_order"] = rows.index
    _require_texts(rows)
    keys = rows[["file", "row_key"]]
    rows, derived = without_derived(rows.drop(columns=["file", "row_key", "place"]), {
        f"{OTHER}{number}": free for number, free in enumerate(others, start=1)})
    lines = [line for once in asked.values() for line in once.lines]
    return Given(rows, keys, unused, read, (*lines, *derived), tuple(others))


def _unused(table: pd.DataFrame, once: Repeats) -> tuple[str, ...]:
    used = {column for names in (*once.columns.values(), *once.mapping.others.values())
            for column in names} | {once.mapping.key or ROW_KEY}
    return tuple(str(column) for column in table if column not in used)


def _columns(name: str, there: list[str], mapping: FileMapping) -> dict[str, tuple[str, ...]]:
    """Return for each identifier the file's columns that make it."""
    asked = [column for names in (*mapping.columns.values(), *mapping.others.values())
             for column in names] + ([mapping.key] if mapping.key else [])
    missing = [column for column in asked if column not in there]
    if missing:
        raise SettingsError(
            f"{name} has no column '{missing[0]}'.{nearest_name(missing[0], there)} It has "
            f"{', '.join(there)}. Correct the mapping.")
    if mapping.columns or mapping.others:
        return dict(mapping.columns)
    return _standard_columns(name, there, has_age_year=mapping.age_year is not None)


def _standard_columns(
    name: str, there: list[str], *, has_age_year: bool
) -> dict[str, tuple[str, ...]]:
    """Return the columns that have a standard name, where no other seems to be meant as one."""
    plain = {plain_name(column): (column,) for column in there}
    found: dict[str, tuple[str, ...]] = {
        known: plain[known] for known in IDENTIFIERS if known in plain}
    likely = likely_identifiers(there)
    if "age_years" in found and not has_age_year:
        raise SettingsError(AGES_CHANGE.format(place=name))
    if found and not likely:
        return found
    said = "; ".join(f"'{column}' seems to be {meant}" for column, meant in likely.items())
    raise SettingsError(
        f"{name}: {'some' if found else 'no'} columns have standard names and the rest is not "
        f"mapped{': ' + said if said else ''}. Rename the columns, or map them with --map "
        f"(see docs/linking.md). The standard names are {', '.join(IDENTIFIERS)}.")


def _row_keys(name: str, table: pd.DataFrame, once: Repeats) -> pd.Series:
    key = once.mapping.key or (ROW_KEY if ROW_KEY in table else "")
    if not key:
        return pd.Series([str(n) for n in range(1, len(table) + 1)], index=table.index)
    telling = [known for known, names in once.columns.items()
               if known in CONTACTS and key in names]
    keys = table[key].astype("string").str.strip()
    n_emails = keys.str.fullmatch(LOOKS_LIKE_EMAIL).sum()
    if telling or n_emails > FEW_EMAILS * len(keys):
        raise SettingsError(
            f"{name}: its key '{key}' tells who a person is or how to reach them ("
            f"{telling[0] if telling else 'e-mail addresses'}), and a crosswalk holds no such "
            "thing. Take another column as key, or none: then rows are numbered.")
    is_empty = keys.isna() | (keys == "")
    is_twice = keys.duplicated(keep=False) & ~is_empty
    for is_wrong, what in ((is_empty, "have no key"), (is_twice, "share their key with another")):
        if is_wrong.any():
            first = int(is_wrong.to_numpy().argmax()) + 1
            raise SourceError(
                f"{name}: {int(is_wrong.sum()):,} of {len(keys):,} rows {what} in column '{key}' "
                f"(first at row {first:,}). Correct them, or leave the key out of the mapping: "
                "then rows are numbered.")
    return keys.astype("object")


def _in_order(keys: pd.Series) -> pd.Series:
    """Return the rank of each key: by number where all are whole numbers, else by sign."""
    is_number = keys.str.fullmatch("[0-9]{1,15}").all()
    order = keys.astype("int64") if is_number else keys
    both = pd.DataFrame({"order": order, "text": keys.to_numpy()}).sort_values(["order", "text"])
    return pd.Series(range(len(both)), index=both.index).reindex(keys.index)


def _fields(
    table: pd.DataFrame, given: Mapping[str, pd.Series], mapping: FileMapping,
    others: list[str],
) -> pd.DataFrame:
    texts = dict(given)
    empty = pd.Series(None, index=table.index, dtype="object")
    if "birth_date" in texts:
        born = birth_columns(texts.pop("birth_date"), mapping.date_format)
        texts["birth_digits"] = born["birth_digits"]
        texts["birth_year"] = texts.get("birth_year", empty).combine_first(born["birth_year"])
    if "age_years" in texts:
        texts["age_year"] = pd.Series(str(mapping.age_year), index=table.index, dtype="object")
    fields = {name: texts.get(name, empty) for name in FIELDS}
    for number, free in enumerate(others, start=1):
        names = mapping.others.get(free)
        fields[f"{OTHER}{number}"] = _joined(table, names) if names else empty
    return pd.DataFrame(fields, dtype="object")


def _joined(table: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
    """Return the texts of columns joined by a space, None where all say nothing."""
    parts = [_said(table[name]).fillna("") for name in names]
    joined = parts[0]
    for part in parts[1:]:
        joined = (joined + " " + part).str.strip()
    return joined.where(joined != "", None).astype("object")


def _said(values: pd.Series) -> pd.Series:
    """Return a column's texts; a whole number that went through a spreadsheet loses its .0."""
    plain = values.astype("string").str.strip().str.replace(r"^(\d+)\.0+$", r"\1", regex=True)
    return plain.mask(plain.str.lower().isin(NOTHING))


def _require_texts(rows: pd.DataFrame) -> None:
    fields = [name for name in rows if name in FIELDS or str(name).startswith(OTHER)]
    if rows[fields].notna().to_numpy().any():
        return
    raise SourceError("All columns that were to be compared are empty in all files. Map columns "
                      "that say who a row is about, see docs/linking.md.")
