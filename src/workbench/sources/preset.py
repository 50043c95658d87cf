"""What a layout looks like and how its columns become canonical ones: presets and mappings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from workbench.errors import SettingsError, nearest_name
from workbench.settings import Source
from workbench.settings.source import SUPPRESSIONS
from workbench.sources.entries import (
    list_of,
    mapping_of,
    one_of,
    refuse,
    texts_of,
    with_plain_keys,
)
from workbench.sources.keep import keep_of
from workbench.sources.rules import Rule, Written, overridden, rule_of
from workbench.tables import Table, table_named
from workbench.tables.codes import USE_CODES

PRESET_FOLDER = Path(__file__).with_name("presets")
ENCODINGS = ("utf-8", "cp1252", "latin-1")
DELIMITERS = (",", "\t", "|", ";")
LONGEST_DELIMITER = 5
ALIGNMENTS = ("", "first", "last")
QUOTES = {"": "", "double": '"', '"': '"', "single": "'", "'": "'", "none": ""}
NOTHING_SAID = Written()
MADE_BY_US = ("source_name", "source_row")
_PRESET_KEYS = {"title", "table", "file", "missing", "columns", "forbidden_uses"}
_FILE_KEYS = {"delimiter", "quote", "encoding", "header", "layouts", "aliases"}


@dataclass(frozen=True)
class Preset:
    """A layout: how the file is written and one rule for each canonical column it fills.

    ``forbidden_uses`` are uses of lists that the law or the terms of such a file forbid. Whether
    a day or a month comes first is known where the layout says so, not the source.
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
    currency_code: str = ""
    knows_order: bool = False
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quote: str = ""
    names: tuple[str, ...] = ()
    header_line: int = 0
    align_header: str = ""
    lines_below: int = -1

    @property
    def holds_objections(self) -> bool:
        """Whether a line of the file may be an objection, so that none is taken for a note."""
        return self.table.name == SUPPRESSIONS

    @property
    def needed_columns(self) -> tuple[str, ...]:
        """The file's columns that some rule or `keep` reads, each once, the rules' first."""
        read = [name for rule in self.rules for name in rule.from_columns]
        return tuple(dict.fromkeys([*read, *self.keep]))


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
    told = {key for key, said in (("format", source.date_format), ("decimal", source.decimal))
            if said}  # what the source says of all values goes before what its preset says
    rules = {name: {key: part for key, part in rule.items() if key not in told}
             for name, rule in mapping_of(entries.get("columns", {}), where).items()}
    for name, given in source.columns.items():
        texts = texts_of(with_plain_keys(given), f"{where}.columns.{name}")
        rules[name] = overridden(rules.get(name, {}), texts)
    file_form = dict(mapping_of(entries.get("file", {}), where))
    file_form |= {"delimiter": source.delimiter} if source.delimiter else {}
    file_form |= {"quote": source.quote} if source.quote else {}
    file_form |= {"encoding": [source.encoding]} if source.encoding else {}
    missing = (*list_of(entries.get("missing", ())), *texts_of(source.missing, f"{where}.missing"))
    entries = {**entries, "columns": rules, "file": file_form, "missing": missing}
    written = Written(source.date_format, source.decimal, source.latest_year,
                      source.currency_code)
    preset = build_preset(source.preset, entries, where=where, written=written)
    return replace(
        preset, keep=keep_of(source.keep, f"{where}.keep"), lines_below=source.lines_below,
        names=tuple(texts_of(source.names, f"{where}.names")), header_line=source.header_line,
        align_header=one_of(source.align_header, ALIGNMENTS, f"{where}.align_header"),
    )


def _read_preset(name: str, where: str) -> dict[str, Any]:
    if name not in preset_names():
        raise SettingsError(
            f"{where} names a preset '{name}' that does not exist."
            f"{nearest_name(name, preset_names())} There are: {', '.join(preset_names())}."
        )
    text = (PRESET_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    try:
        return mapping_of(yaml.load(text, Loader=yaml.BaseLoader), name)
    except yaml.YAMLError as error:
        raise SettingsError(
            f"{where}: the preset '{name}' is not well-formed YAML. Fix presets/{name}.yaml."
        ) from error


def build_preset(
    name: str, entries: Mapping[str, Any], *, where: str, written: Written = NOTHING_SAID
) -> Preset:
    """Return the layout that ``entries`` (a preset file, every scalar a text) describe."""
    refuse(set(entries), _PRESET_KEYS, where)
    table = table_named(entries["table"])
    form = mapping_of(entries.get("file", {}), where)
    refuse(set(form), _FILE_KEYS, f"{where}.file")
    columns = mapping_of(entries.get("columns", {}), where)
    refuse(set(columns), set(table.column_names) - set(MADE_BY_US), f"{where}.columns")
    _require_columns(table, columns, where)
    rules = tuple(
        rule_of(column, columns[column.name], where=where, written=written)
        for column in table.columns if column.name in columns
    )
    return Preset(
        name=name, title=entries.get("title", name), table=table, rules=rules,
        delimiter=_delimiter(form.get("delimiter", ""), where),
        quote=QUOTES[one_of(form.get("quote", ""), tuple(QUOTES), f"{where}.quote")],
        has_quotes=form.get("quote", "") != "none",
        encodings=tuple(
            one_of(e, ENCODINGS, f"{where}.encoding")
            for e in list_of(form.get("encoding", ("utf-8", "cp1252")))
        ),
        has_header=one_of(form.get("header", "true"), ("true", "false"), where) == "true",
        layouts=tuple(tuple(layout) for layout in form.get("layouts", ())),
        aliases=form.get("aliases", {}),
        missing=tuple(dict.fromkeys(("", *entries.get("missing", ())))),
        currency_code=written.currency_code,
        knows_order=bool(name) and not written.date_format,
        forbidden_uses=tuple(
            one_of(use, USE_CODES, f"{where}.forbidden_uses")
            for use in list_of(entries.get("forbidden_uses", ()))
        ),
    )


def _delimiter(mark: str, where: str) -> str:
    is_odd = any(letter.isalnum() or letter in "\"'\r\n\0" for letter in mark)
    if is_odd or len(mark) > LONGEST_DELIMITER:
        raise SettingsError(
            f"{where}.delimiter: a delimiter is one to {LONGEST_DELIMITER} signs, none of them a "
            "letter, a digit, a quote or a line end. Write the one that the file has, as in "
            '";", "\\t" or "||".'
        )
    return mark


def _require_columns(table: Table, columns: Mapping[str, Any], where: str) -> None:
    needed = [c.name for c in table.columns if c.is_required and c.name not in MADE_BY_US]
    for name in needed:
        if name not in columns:
            raise SettingsError(
                f"{where} maps no column to '{name}', which every source of '{table.name}' must "
                f"have. Add {name}: <the file's column> under {where}.columns."
            )
