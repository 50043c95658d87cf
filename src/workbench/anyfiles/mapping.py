"""The mapping file of `workbench link`: which column of which file is which identifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from workbench.anyfiles.columns import IDENTIFIERS
from workbench.errors import SettingsError, nearest_name
from workbench.settings import read_plain

PLAIN, OTHER = ("key", "encoding", "delimiter", "date_format"), "other"
KEYS = (*PLAIN, "is_unique", "columns", "age_year")
AGES_CHANGE = ("{place}: ages change every year. Write 'age_year' in the mapping, the year in "
               "which the file's ages were right.")


@dataclass(frozen=True)
class FileMapping:
    """How one file is read.

    ``columns`` gives for an identifier the columns that make it, joined by a space; it is
    empty where the file's own names are the standard ones. ``others`` gives for a free name
    the columns compared under it as texts. ``key`` is the column that names a row, the row's
    number where it is empty. A file that ``is_unique`` lists nobody twice. ``age_year`` is
    the year in which ages were right.
    """

    key: str = ""
    is_unique: bool = False
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""
    date_format: str = ""
    age_year: int | None = None


def read_mapping(path: Path | None, files: Sequence[str]) -> dict[str, FileMapping]:
    """Return how each of ``files`` is read, by its name; SettingsError names what is wrong.

    What stands at the top of the mapping holds for every file, what stands under ``files``
    and a file's name for that file.
    """
    if path is None:
        return {name: FileMapping() for name in files}
    place = path.name
    top = _read_yaml(path)
    own = top.pop("files", None) or {}
    _require_dict(own, f"{place}, files", "each file's name with its keys below it")
    for name in own:
        if name not in files:
            raise SettingsError(f"{place} maps '{name}', which is not among the files given: "
                                f"{', '.join(files)}.{nearest_name(str(name), files)} Write the "
                                "file's name as in the command, or take it out of the mapping.")
    every = {name: _require_dict(own.get(name) or {}, f"{place}, files.{name}", "keys")
             for name in files}
    return {name: _file_mapping({**top, **entry}, f"{place}, {name}")
            for name, entry in every.items()}


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        read = read_plain(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"The mapping {path} cannot be read ({error.strerror}). Give the "
                            "path of a YAML file, see docs/linking.md.") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise SettingsError(f"The mapping {path.name} is no YAML{where}. Write it as in "
                            "docs/linking.md, in UTF-8.") from error
    return dict(_require_dict(read or {}, path.name, "keys such as 'columns'"))


def _require_dict(value: Any, place: str, of_what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(f"{place}: it holds {type(value).__name__}, where {of_what} should "
                            "stand. See docs/linking.md.")
    return value


def _file_mapping(entry: dict[str, Any], place: str) -> FileMapping:
    for key, value in entry.items():
        if key not in KEYS:
            raise SettingsError(f"{place}: there is no key '{key}'."
                                f"{nearest_name(str(key), KEYS)} The keys are "
                                f"{', '.join(sorted(KEYS))}, and 'files' at the top.")
        _require_kind(key, value, place)
    columns = _require_dict(entry.get("columns") or {}, f"{place}, columns", "identifiers")
    others = _other_columns(columns.get(OTHER) or {}, f"{place}, columns.other")
    mapped = {str(name): _names(value, f"{place}, columns.{name}")
              for name, value in columns.items() if name != OTHER}
    for name in mapped:
        if name not in IDENTIFIERS:
            raise SettingsError(f"{place}: columns.{name} is no identifier."
                                f"{nearest_name(name, IDENTIFIERS)} They are "
                                f"{', '.join(IDENTIFIERS)}; put any other column under 'other'.")
    if "age_years" in mapped and "age_year" not in entry:
        raise SettingsError(AGES_CHANGE.format(place=place))
    given = {key: value for key, value in entry.items() if key != "columns"}
    return FileMapping(columns=mapped, others=others, **given)


def _require_kind(key: str, value: Any, place: str) -> None:
    wanted = {"is_unique": bool, "age_year": int}.get(key, str if key in PLAIN else object)
    if not isinstance(value, wanted):
        kind = {bool: "true or false", int: "a year such as 2024"}.get(wanted, "a text")
        raise SettingsError(f"{place}: {key} must be {kind}. Correct it in the mapping.")


def _other_columns(value: Any, place: str) -> dict[str, tuple[str, ...]]:
    if isinstance(value, (str, list)):
        return {name: (name,) for name in _names(value, place)}
    named = _require_dict(value, place, "column names, or names with a column each")
    return {str(name): _names(column, f"{place}.{name}") for name, column in named.items()}


def _names(value: Any, place: str) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    if not names or not all(isinstance(name, str) and name for name in names):
        raise SettingsError(f"{place} must be the name of a column or a list of such names. "
                            "Correct it in the mapping; put quotes around a number.")
    return tuple(names)
