"""How one canonical column is made from columns of the file: the rule, and what it may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.errors import SettingsError
from workbench.sources.dates import check_date_format, years_not_after
from workbench.sources.entries import list_of, mapping_of, one_of, refuse
from workbench.sources.readers import N_TEXTS, READERS
from workbench.tables import Column

ROW_NUMBER = "row_number"
KIND_READERS = {
    "id": "text", "text": "text", "code": "text", "date": "date", "count": "integer",
    "integer": "integer", "money": "money", "number": "number", "share": "share", "flag": "flag",
}
_RULE_KEYS = {
    "from", "as", "format", "codes", "otherwise", "constant", "yes", "no", "separator", "missing",
    "decimal",
}
_LIST_KEYS = {"from", "yes", "no", "missing"}


@dataclass(frozen=True)
class Rule:
    """How one canonical column is made from columns of the file.

    ``reader`` names a kind reader (text, date, integer, money, number, share, flag), one of
    ``readers.READERS``, or ``row_number``, which reads nothing: the row's number in the source
    stands for a key that the file does not have. ``constant`` stands for a rule that reads
    nothing. ``missing`` adds texts that mean missing in this column only. ``decimal`` is the
    declared mark of decimals; ``latest_year`` the last one that two digits of a year can mean.
    """

    column: Column
    from_columns: tuple[str, ...]
    reader: str
    date_format: str = "%Y-%m-%d"
    codes: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""
    constant: str = ""
    yes: tuple[str, ...] = ("Y", "YES", "T", "TRUE", "1")
    no: tuple[str, ...] = ("N", "NO", "F", "FALSE", "0")
    separator: str = " "
    missing: tuple[str, ...] = ()
    decimal: str = ""
    latest_year: int = 0


def overridden(rule: Mapping[str, Any], given: Any) -> dict[str, Any]:
    """Return a preset's rule with what params.yaml gives in its place: a column, or a rule."""
    if not isinstance(given, Mapping):
        given = {"from": given}
    if "constant" in given:
        return dict(given)
    kept = {key: value for key, value in rule.items() if key not in ("constant", "from")}
    return {**kept, **given}


@dataclass(frozen=True)
class Written:
    """What a source says of how all its values are written; ``latest_year`` is that of births."""

    date_format: str = ""
    decimal: str = ""
    latest_year: int = 0
    currency_code: str = ""


def rule_of(column: Column, value: Any, *, where: str, written: Written) -> Rule:
    """Return the rule of one column; SettingsError names the key and the cure."""
    where = f"{where}.columns.{column.name}"
    entry = mapping_of(value, where)
    refuse(set(entry), _RULE_KEYS, where)
    _check_shapes(entry, where)
    reader = one_of(entry.get("as", KIND_READERS[column.kind]), _readers_of(column), where)
    given: dict[str, Any] = {
        "otherwise": entry.get("otherwise"), "constant": entry.get("constant"),
        "separator": entry.get("separator"), "codes": entry.get("codes"),
        "date_format": entry.get("format") or written.date_format or None,
        "decimal": one_of(entry.get("decimal", "") or written.decimal, ("", ".", ","), where),
        "latest_year": years_not_after(written.latest_year, column.name),
        "yes": _upper(entry.get("yes")), "no": _upper(entry.get("no")),
        "missing": tuple(list_of(entry.get("missing", ()))),
    }
    rule = Rule(
        column, tuple(list_of(entry.get("from", ()))), reader,
        **{key: part for key, part in given.items() if part is not None},
    )
    _check_from(rule, entry, where)
    _check_codes(rule, where)
    if rule.reader == "date":
        check_date_format(rule.date_format, where, latest_year=rule.latest_year)
    return rule


def _readers_of(column: Column) -> tuple[str, ...]:
    """Return the readers that can fill a column: its kind's own, and the named ones."""
    own = KIND_READERS[column.kind]
    return (own, *READERS, *((ROW_NUMBER,) if own == "text" else ()))


def _check_shapes(entry: Mapping[str, Any], where: str) -> None:
    """Refuse a list where one text is needed, and a mapping where texts are."""
    for key, part in entry.items():
        if key == "codes":
            mapping_of(part, f"{where}.{key}")
        elif isinstance(part, Mapping) or (key not in _LIST_KEYS and not isinstance(part, str)):
            raise SettingsError(f"{where}.{key}: one text is needed there, not several.")


def _check_from(rule: Rule, entry: Mapping[str, Any], where: str) -> None:
    """Refuse a rule that reads nothing, or another number of columns than its reader takes."""
    if rule.reader == ROW_NUMBER or (not rule.from_columns and "constant" in entry):
        return
    if not rule.from_columns or "constant" in entry:
        raise SettingsError(f"{where} needs either 'from' or 'constant', and not both.")
    n_taken = N_TEXTS.get(rule.reader, 1 if rule.reader not in READERS else 0)
    if n_taken and n_taken != len(rule.from_columns):
        raise SettingsError(
            f"{where} reads {len(rule.from_columns)} columns, and '{rule.reader}' takes "
            f"{n_taken}. Name {n_taken} under 'from', or write as: line (or joined), which "
            "takes any number."
        )


def _check_codes(rule: Rule, where: str) -> None:
    made = {*rule.codes.values(), rule.otherwise, rule.constant} - {""}
    for code in sorted(made):
        if rule.column.values:
            one_of(code, rule.column.values, where)


def _upper(texts: Any) -> tuple[str, ...] | None:
    return None if texts is None else tuple(text.upper() for text in list_of(texts))
