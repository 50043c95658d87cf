"""Files of data/registry, in which people decided: what is wrong with one, and what to do."""

from __future__ import annotations

from pathlib import Path

from workbench.errors import RegistryError, nearest_name
from workbench.tables import Table


def check_columns(
    path: Path, given: list[str], table: Table, needed: tuple[str, ...]
) -> None:
    """Refuse columns that the table lacks, or that are needed and missing: RegistryError."""
    for name in sorted(set(given) - set(table.column_names)):
        raise RegistryError(
            f"{told(path)} has a column '{name[:40]}' that {table.name} does not have."
            f"{nearest_name(name, table.column_names)} Its columns are: "
            f"{', '.join(table.column_names)}.")
    if len(set(given)) != len(given):
        raise RegistryError(f"{told(path)} has a column twice. Delete one of them.")
    for name in needed:
        if name not in given:
            raise RegistryError(
                f"{told(path)} has no column '{name}'. {cure(path)}")


def told(path: Path) -> str:
    """Return a path as it is told: from data/ on, so that no folder of anybody is in it."""
    text = path.as_posix()
    return text[text.rfind("/data/") + 1:]


def cure(path: Path) -> str:
    """Return how to get a good file back."""
    if path.parent.name != "registry":
        return "Run 'dvc repro --force spine' to make it again."
    return (f"Get the last good one back with 'dvc checkout {told(path)}.dvc', or from a "
            "colleague's copy. Do not delete it: without it, what it decided is lost.")
