"""The folder of suites: a file there that nothing uses is refused, for nobody would notice."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from workbench.errors import SuiteError, nearest_name
from workbench.tables import TABLES

FOLDER, OVERLAYS = "expectations", "sources"
NOT_SUITES = (".md",)
OTHER_FOLDERS = ("before",)


def refuse_unused(root: Path, source_names: Collection[str]) -> None:
    """Raise SuiteError for files of expectations/ that no table and no declared source uses.

    A suite of a misspelt name would be an expectation that nobody checks. Hidden files and
    notes (.md) are left alone.
    """
    folder = root / FOLDER
    found = [*_strangers(folder, TABLES, "table"),
             *_strangers(folder / OVERLAYS, source_names, "source")]
    found += [f"{FOLDER}/{path.name}/ is a folder that nothing reads; expectations about one "
              f"source lie in {FOLDER}/{OVERLAYS}.{nearest_name(path.name, [OVERLAYS])}"
              for path in sorted(folder.glob("[!.]*"))
              if path.is_dir() and path.name not in (OVERLAYS, *OTHER_FOLDERS)]
    if found:
        raise SuiteError(
            f"{len(found)} of the files of {FOLDER}/ are used by nothing, so that what they say "
            "would never be checked.\n" + "".join(f"  {one}\n" for one in found)
            + "Give each the name of what it is about, ending in .json, or delete it."
        )


def _strangers(folder: Path, names: Collection[str], kind: str) -> Iterator[str]:
    known = {f"{name}.json" for name in names}
    for path in sorted(folder.glob("[!.]*")):
        if path.is_dir() or path.suffix in NOT_SUITES or path.name in known:
            continue
        where = path.relative_to(folder.parents[folder.name == OVERLAYS]).as_posix()
        yield (f"{where}: there is no {kind} '{path.stem}'.{nearest_name(path.stem, names)}"
               if path.suffix == ".json" else f"{where}: its name does not end in .json.")
