"""The parts of a preset and of a source's columns, checked: what a key may hold, and its cure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.errors import SettingsError, nearest_name


def with_plain_keys(given: Any) -> Any:
    """Return a rule whose keys ``yes`` and ``no``, which YAML reads as truth, are texts again."""
    if not isinstance(given, Mapping):
        return given
    words = {True: "yes", False: "no"}
    return {words[key] if isinstance(key, bool) else key: part for key, part in given.items()}


def texts_of(value: Any, where: str) -> Any:
    """Return a value of params.yaml with its numbers as texts, as a preset's are."""
    if isinstance(value, Mapping):
        return {texts_of(key, where): texts_of(part, where) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [texts_of(part, where) for part in value]
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise SettingsError(
        f"{where}: YAML reads something there as yes or no, as a day or as nothing. Put the "
        "texts in quotes, as in codes: {\"Yes\": \"yes\"}."
    )


def list_of(value: Any) -> list[str]:
    """Return the texts of a list; one text alone is a list of it."""
    return [value] if isinstance(value, str) else list(value)


def mapping_of(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise SettingsError(f"{where}: a mapping of names to values is needed there.")
    return dict(value)


def one_of(value: str, known: tuple[str, ...], where: str) -> str:
    if value not in known:
        shown = ", ".join(repr(item) for item in dict.fromkeys(known) if item)
        raise SettingsError(f"{where}: '{value}' is not known there. It can be: {shown}.")
    return value


def refuse(given: set[str], known: set[str], where: str) -> None:
    for name in sorted(given - known):
        raise SettingsError(
            f"{where} has an unknown key '{name}'.{nearest_name(name, known)} "
            f"It knows: {', '.join(sorted(known))}."
        )
