"""What a layout looks like and how its columns become canonical ones: presets and mappings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from workbench.errors import SettingsError, nearest_name
from workbench.settings import Source
from workbench.sources.dates import check_date_format
from workbench.sources.readers import N_TEXTS, READERS
from workbench.tables import Column, Table, table_named
from workbench.tables.results import LIST_USE_CODES

PRESET_FOLDER = Path(__file__).with_name("presets")
ENCODINGS = ("utf-8", "cp1252", "latin-1")
DELIMITERS = (",", "\t", "|", ";")
ROW_NUMBER = "row_number"
MADE_BY_US = ("source_name", "source_row")
KIND_READERS = {
    "id": "text", "text": "text", "code": "text", "date": "date", "count": "integer",
    "integer": "integer", "money": "money", "number": "number", "share": "share", "flag": "flag",
}
_PRESET_KEYS = {"title", "table", "file", "missing", "columns", "forbidden_uses"}
_FILE_KEYS = {"delimiter", "quote", "encoding", "header", "layouts", "aliases"}
_RULE_KEYS = {
    "from", "as", "format", "codes", "otherwise", "constant", "yes", "no", "separator", "missing",
}
_LIST_KEYS = {"from", "yes", "no", "missing"}


@dataclass(frozen=True)
class Rule:
    """How one canonical column is made from columns of the file.

    ``reader`` names a kind reader (text, date, integer, money, number, share, flag), one of
    ``readers.READERS``, or ``row_number``, which reads nothing: the row's number in the source
    stands for a key that the file does not have. ``constant`` stands for a rule that reads
    nothing. ``missing`` adds texts that mean missing in this column only.
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


@dataclass(frozen=True)
class Preset:
    """A layout: how the file is written and one rule for each canonical column it fills.

    ``forbidden_uses`` are uses of lists that the law or the terms of such a file forbid.
    """

    name: str
    title: str
    table: Table
    rules: tuple[Rule, ...]
    delimiter: str = ""
    has_quotes: bool = True
    encodings: tuple[str, ...] = ("utf-8", "cp1252")
    has_header: bool = True
    layouts: tuple[tuple[str, ...], ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ("",)
    forbidden_uses: tuple[str, ...] = ()

    @property
    def needed_columns(self) -> tuple[str, ...]:
        """The file's columns that some rule reads, each once, in the order of the rules."""
        return tuple(dict.fromkeys(name for rule in self.rules for name in rule.from_columns))


def preset_names() -> tuple[str, ...]:
    """Return the names of the presets that the workbench carries."""
    return tuple(sorted(path.stem for path in PRESET_FOLDER.glob("*.yaml")))


def preset_of(source: Source) -> Preset:
    """Return the layout that ``source`` declares; SettingsError names the key and the cure."""
    where = f"sources.{source.name}"
    entries = _read_preset(source.preset, where) if source.preset else {"table": source.table}
    if entries.get("table") != source.table:
        raise SettingsError(
            f"{where}: preset '{source.preset}' fills the table '{entries.get('table')}', and the "
            f"source says '{source.table}'. Write table: {entries.get('table')}."
        )
    rules = dict(_mapping(entries.get("columns", {}), where))
    for name, given in source.columns.items():
        texts = _texts(_with_plain_keys(given), f"{where}.columns.{name}")
        rules[name] = _overridden(rules.get(name, {}), texts)
    file_form = dict(_mapping(entries.get("file", {}), where))
    file_form |= {"delimiter": source.delimiter} if source.delimiter else {}
    file_form |= {"encoding": [source.encoding]} if source.encoding else {}
    missing = (*_list(entries.get("missing", ())), *_texts(source.missing, f"{where}.missing"))
    entries = {**entries, "columns": rules, "file": file_form, "missing": missing}
    return build_preset(source.preset, entries, where=where, date_format=source.date_format)


def _overridden(rule: Mapping[str, Any], given: Any) -> dict[str, Any]:
    """Return a preset's rule with what params.yaml gives in its place: a column, or a rule."""
    if not isinstance(given, Mapping):
        given = {"from": given}
    if "constant" in given:
        return dict(given)
    kept = {key: value for key, value in rule.items() if key not in ("constant", "from")}
    return {**kept, **given}


def _with_plain_keys(given: Any) -> Any:
    """Return a rule whose keys ``yes`` and ``no``, which YAML reads as truth, are texts again."""
    if not isinstance(given, Mapping):
        return given
    words = {True: "yes", False: "no"}
    return {words[key] if isinstance(key, bool) else key: part for key, part in given.items()}


def _texts(value: Any, where: str) -> Any:
    """Return a value of params.yaml with its numbers as texts, as a preset's are."""
    if isinstance(value, Mapping):
        return {_texts(key, where): _texts(part, where) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(part, where) for part in value]
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise SettingsError(
        f"{where}: YAML reads something there as yes or no, as a day or as nothing. Put the "
        "texts in quotes, as in codes: {\"Yes\": \"yes\"}."
    )


def _read_preset(name: str, where: str) -> dict[str, Any]:
    if name not in preset_names():
        raise SettingsError(
            f"{where} names a preset '{name}' that does not exist."
            f"{nearest_name(name, preset_names())} There are: {', '.join(preset_names())}."
        )
    text = (PRESET_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    try:
        return _mapping(yaml.load(text, Loader=yaml.BaseLoader), name)
    except yaml.YAMLError as error:
        raise SettingsError(
            f"{where}: the preset '{name}' is not well-formed YAML. Mend presets/{name}.yaml."
        ) from error


def build_preset(
    name: str, entries: Mapping[str, Any], *, where: str, date_format: str = ""
) -> Preset:
    """Return the layout that ``entries`` (a preset file, every scalar a text) describe."""
    _refuse(set(entries), _PRESET_KEYS, where)
    table = table_named(entries["table"])
    form = _mapping(entries.get("file", {}), where)
    _refuse(set(form), _FILE_KEYS, f"{where}.file")
    columns = _mapping(entries.get("columns", {}), where)
    _refuse(set(columns), set(table.column_names) - set(MADE_BY_US), f"{where}.columns")
    _require_columns(table, columns, where)
    rules = tuple(
        _rule(column, columns[column.name], where=where, date_format=date_format)
        for column in table.columns if column.name in columns
    )
    return Preset(
        name=name, title=entries.get("title", name), table=table, rules=rules,
        delimiter=_one_of(form.get("delimiter", ""), ("", *DELIMITERS), f"{where}.delimiter"),
        has_quotes=_one_of(form.get("quote", "double"), ("double", "none"), where) == "double",
        encodings=tuple(
            _one_of(e, ENCODINGS, f"{where}.encoding")
            for e in _list(form.get("encoding", ("utf-8", "cp1252")))
        ),
        has_header=_one_of(form.get("header", "true"), ("true", "false"), where) == "true",
        layouts=tuple(tuple(layout) for layout in form.get("layouts", ())),
        aliases=form.get("aliases", {}),
        missing=tuple(dict.fromkeys(("", *entries.get("missing", ())))),
        forbidden_uses=tuple(
            _one_of(use, LIST_USE_CODES, f"{where}.forbidden_uses")
            for use in _list(entries.get("forbidden_uses", ()))
        ),
    )


def _require_columns(table: Table, columns: Mapping[str, Any], where: str) -> None:
    needed = [c.name for c in table.columns if c.is_required and c.name not in MADE_BY_US]
    for name in needed:
        if name not in columns:
            raise SettingsError(
                f"{where} maps no column to '{name}', which every source of '{table.name}' must "
                f"have. Add {name}: <the file's column> under {where}.columns."
            )


def _rule(column: Column, value: Any, *, where: str, date_format: str) -> Rule:
    where = f"{where}.columns.{column.name}"
    entry = _mapping(value, where)
    _refuse(set(entry), _RULE_KEYS, where)
    _check_shapes(entry, where)
    reader = _one_of(entry.get("as", KIND_READERS[column.kind]), _readers_of(column), where)
    given: dict[str, Any] = {
        "otherwise": entry.get("otherwise"), "constant": entry.get("constant"),
        "separator": entry.get("separator"), "codes": entry.get("codes"),
        "date_format": date_format or entry.get("format"),
        "yes": _upper(entry.get("yes")), "no": _upper(entry.get("no")),
        "missing": tuple(_list(entry.get("missing", ()))),
    }
    rule = Rule(
        column, tuple(_list(entry.get("from", ()))), reader,
        **{key: part for key, part in given.items() if part is not None},
    )
    _check_from(rule, entry, where)
    _check_codes(rule, where)
    if rule.reader == "date":
        check_date_format(rule.date_format, where)
    return rule


def _readers_of(column: Column) -> tuple[str, ...]:
    """Return the readers that can fill a column: its kind's own, and the named ones."""
    own = KIND_READERS[column.kind]
    return (own, *READERS, *((ROW_NUMBER,) if own == "text" else ()))


def _check_shapes(entry: Mapping[str, Any], where: str) -> None:
    """Refuse a list where one text is needed, and a mapping where texts are."""
    for key, part in entry.items():
        if key == "codes":
            _mapping(part, f"{where}.{key}")
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
            _one_of(code, rule.column.values, where)


def _upper(texts: Any) -> tuple[str, ...] | None:
    return None if texts is None else tuple(text.upper() for text in _list(texts))


def _list(value: Any) -> list[str]:
    """Return the texts of a list; one text alone is a list of it."""
    return [value] if isinstance(value, str) else list(value)


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise SettingsError(f"{where}: a mapping of names to values is needed there.")
    return dict(value)


def _one_of(value: str, known: tuple[str, ...], where: str) -> str:
    if value not in known:
        shown = ", ".join(repr(item) for item in dict.fromkeys(known) if item)
        raise SettingsError(f"{where}: '{value}' is not known there. It can be: {shown}.")
    return value


def _refuse(given: set[str], known: set[str], where: str) -> None:
    for name in sorted(given - known):
        raise SettingsError(
            f"{where} has an unknown key '{name}'.{nearest_name(name, known)} "
            f"It knows: {', '.join(sorted(known))}."
        )
