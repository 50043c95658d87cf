"""One section of params.yaml as an object: unknown keys, missing ones and wrong types refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import MISSING, fields
from typing import Any, TypeVar, get_type_hints

from workbench.errors import SettingsError, nearest_name

Section = TypeVar("Section")


def mapping_of(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise SettingsError(f"'{where}' must be a mapping of names to values.")
    return value


def section_of(kind: type[Section], value: object, where: str) -> Section:
    hints = get_type_hints(kind)
    entries = {
        name: _as_date(entry) if hints.get(name) is dt.date else entry
        for name, entry in mapping_of(value, where).items()
    }
    parts = fields(kind)  # type: ignore[arg-type]
    refuse_strangers(set(entries), {part.name for part in parts}, where)
    needed = {p.name for p in parts if p.default is MISSING and p.default_factory is MISSING}
    require_keys(set(entries), needed, where)
    for name, entry in entries.items():
        _check_type(entry, hints[name], f"{where}.{name}")
    return kind(**entries)


def _as_date(value: object) -> object:
    """Read an ISO date from a text: DVC reads params.yaml too, and knows no dates of YAML's."""
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _check_type(value: object, hint: Any, where: str) -> None:
    accepted: dict[Any, tuple[tuple[type, ...], str]] = {
        str: ((str,), "a text"),
        int: ((int,), "a whole number"),
        float: ((int, float), "a number"),
        dt.date: ((dt.date,), "a date such as \"2026-11-03\", in quotes"),
        Sequence[str]: ((list, tuple), "a list of texts"),
    }
    if hint is bool:
        if not isinstance(value, bool):
            raise SettingsError(f"{where} must be true or false.")
        return
    kinds, word = accepted.get(hint, ((dict,), "a mapping"))
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise SettingsError(f"{where} must be {word}.")


def refuse_no_share(value: object, where: str) -> None:
    """SettingsError for what is no share: a number from 0 to 1."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= 1:  # type: ignore[operator]
        raise SettingsError(f"{where} must be a share: a number from 0 to 1.")


def refuse_strangers(given: set[str], known: set[str], where: str) -> None:
    for name in sorted(given - known):
        raise SettingsError(
            f"{where} has an unknown key '{name}'.{nearest_name(name, known)} "
            f"It knows: {', '.join(sorted(known))}."
        )


def require_keys(given: set[str], needed: set[str], where: str) -> None:
    for name in sorted(needed - given):
        raise SettingsError(f"{where} lacks the key '{name}'. Add it, as in "
                            "the params.yaml that the repository carries.")
