"""A source that params.yaml declares: where its file lies and how it maps to its table."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.errors import SettingsError
from workbench.settings.checks import (
    mapping_of,
    refuse_no_share,
    refuse_strangers,
    require_keys,
    section_of,
)
from workbench.tables import table_named

SUPPRESSIONS = "suppressions"
# What stands for texts of the file, or for rules of them.
OF_TEXTS = ("columns", "missing", "keep", "settled_rows")


@dataclass(frozen=True)
class Source:
    """A file that arrived, or a folder of files of one layout, and the table that it maps to.

    The files of a folder are read in the order of their names. ``member`` names the file
    inside an archive. Either ``preset`` names a known layout, or ``columns`` says for each
    canonical column which column of the file it is, or gives a rule such as a preset's; with a
    preset, ``columns`` overrides it. ``sheet`` names the sheet of a workbook, and values of an
    SPSS or Stata file are their labels unless ``has_labels`` is false. ``missing`` are texts
    that mean that nothing is there.
    ``forbidden_uses`` are uses of lists that the source's terms forbid; a source of
    suppressions that ``may_be_empty`` does not stop the lists when it is.
    ``accept_loss`` records the decision that a loss is right: its ``share`` and ``why``.
    ``keep`` names for columns of the file the texts that a row must hold one of; other rows are
    left out and counted. ``names`` are the file's columns in order, where its header is wrong
    or missing; ``header_line`` is the line the header stands on, and ``lines_below`` counts
    the lines below the last row, where either is not recognised. ``align_header`` says of a
    header that names fewer or more columns than rows have fields whether the ``first`` names
    stand over the first fields, or the ``last`` over the last.
    ``decimal`` is the mark of decimals, ``latest_year`` the last year in which anybody in the
    file was born, for years of two digits: that of the campaign's day, where it is not given.
    ``currency_code`` is that of amounts whose row names none: the campaign's, likewise.
    ``settled_rows`` says of rows of suppressions that name nobody, by their mark, who decided
    that they mean nobody, and why. ``consent_channels`` are channels that the consent recorded
    in the file covers.
    """

    name: str
    path: str
    table: str
    lawful_basis: str
    expiry_date: dt.date
    preset: str = ""
    member: str = ""
    columns: Mapping[str, Any] = field(default_factory=dict)
    missing: Sequence[str] = ()
    delimiter: str = ""
    encoding: str = ""
    date_format: str = ""
    decimal: str = ""
    latest_year: int = 0
    currency_code: str = ""
    sheet: str = ""
    has_labels: bool = True
    forbidden_uses: Sequence[str] = ()
    may_be_empty: bool = False
    consent_channels: Sequence[str] = ()
    accept_loss: Mapping[str, Any] = field(default_factory=dict)
    keep: Mapping[str, Any] = field(default_factory=dict)
    quote: str = ""
    names: Sequence[str] = ()
    header_line: int = 0
    align_header: str = ""
    lines_below: int = -1
    settled_rows: Mapping[str, str] = field(default_factory=dict)


def source_of(name: str, value: object) -> Source:
    """Return one declared source; SettingsError names the key and the cure."""
    entries = mapping_of(value, f"sources.{name}")
    if not name.isidentifier() or not name.islower():
        raise SettingsError(
            f"sources: '{name}' cannot name a source. Use lower-case letters, digits and '_'."
        )
    source = section_of(Source, {**entries, "name": name}, f"sources.{name}")
    table_named(source.table)
    _check_path(source.path, f"sources.{name}.path")
    _check_loss(source.accept_loss, f"sources.{name}.accept_loss")
    if source.table == SUPPRESSIONS and source.keep:
        raise SettingsError(
            f"sources.{name} has keep, and no objection may be left out by a rule. Take keep out; "
            "every row of the file then counts."
        )
    if not source.preset and not source.columns:
        raise SettingsError(
            f"sources.{name} names neither a preset nor columns. Name a preset, or map each "
            f"column of '{source.table}' to a column of the file under sources.{name}.columns."
        )
    return source


def _check_loss(accepted: Mapping[str, Any], where: str) -> None:
    """SettingsError where a decision about a loss lacks its share or its reason."""
    if not accepted:
        return
    refuse_strangers(set(accepted), {"share", "why"}, where)
    require_keys(set(accepted), {"share", "why"}, where)
    refuse_no_share(accepted["share"], f"{where}.share")
    if not isinstance(accepted["why"], str) or not accepted["why"].strip():
        raise SettingsError(f"{where}.why must be a sentence that says why the loss is right.")


def _check_path(path: str, where: str) -> None:
    parts = Path(path).parts
    if not path or os.path.isabs(path) or ".." in parts or ":" in path or "\\" in path:
        raise SettingsError(
            f"{where} must lie below the campaign's folder. Copy the file into data/raw and "
            "name it from there, for instance data/raw/voters.txt."
        )
