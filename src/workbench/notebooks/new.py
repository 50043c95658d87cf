"""Make a notebook and its test, and write its stage and row: all of them or nothing."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from workbench.briefs.strip import notebook_text
from workbench.dvcfile import changes_of
from workbench.errors import NotebookError, StorageError
from workbench.notebooks.cells import cells_of
from workbench.notebooks.first_test import test_text
from workbench.pipeline.stages import PARAMS_FILE, PIPELINE_FILE
from workbench.settings import read_params
from workbench.tables import write_text

NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
TAKEN = ("approvals", "baseline", "pdf", "published", "quality", "releases", "sample")
START_FILE = "notebooks/START.md"
ABOUT = "write here what it asks"
NOTHING = "Nothing was written."


def make_notebook(root: Path, name: str) -> tuple[Path, ...]:
    """Make a notebook that builds as it stands; return the files that are new or have changed.

    NotebookError for a name that is none or is taken, SettingsError where dvc.yaml or
    params.yaml cannot be added to, StorageError where a file cannot be written. Then nothing
    is made.
    """
    _refuse_bad_name(name)
    before = {root / file: _text(root / file) for file in (PIPELINE_FILE, PARAMS_FILE)}
    if (root / START_FILE).is_file():
        before[root / START_FILE] = _text(root / START_FILE)
    new = {root / "notebooks" / f"{name}.ipynb": notebook_text(cells_of(name)),
           root / "tests" / f"test_{name}.py": test_text(name)}
    _refuse_taken(root, name, new)
    changed = _write_all(root, new, before)
    return (*new, *changed)


def _refuse_bad_name(name: str) -> None:
    """Raise NotebookError for what cannot name a file, a brief, a stage and a key at once."""
    is_name = NAME.fullmatch(name) and not keyword.iskeyword(name)
    if not is_name or yaml.safe_load(name) != name:  # to YAML, yes and on are no names
        raise NotebookError(
            f"{name[:60]!a} cannot name a notebook. Use lower-case letters, digits and '_', a "
            "letter first, at most 41 of them, and no word of Python or YAML, such as "
            f"turnout_check. {NOTHING}")


def _refuse_taken(root: Path, name: str, files: Mapping[Path, str]) -> None:
    """Raise NotebookError for a name that a file, a stage or an entry has already."""
    stages = (yaml.safe_load(_text(root / PIPELINE_FILE)) or {}).get("stages") or {}
    entries = read_params(root).get("notebooks") or {}
    found = [str(path.relative_to(root)) for path in files if path.exists()]
    found += [f"a stage of {PIPELINE_FILE}"] if name in stages else []
    found += [f"an entry of {PARAMS_FILE}"] if name in entries else []
    found += [f"a name that reports/ or {PIPELINE_FILE} needs"] if name in TAKEN else []
    if found:
        raise NotebookError(f"The name '{name}' is taken: there is {', '.join(found)}. Choose "
                            f"another one. {NOTHING}")


def _write_all(
    root: Path, new: Mapping[Path, str], before: Mapping[Path, str]
) -> tuple[Path, ...]:
    """Write the new files and what follows from them, whose paths it returns.

    Where one cannot be written, those that were are taken back.
    """
    is_whole = False
    try:
        _write(new)
        changed = {root / file: text for file, text in changes_of(root)[0].items()}
        changed |= _with_row(root, next(iter(new)).stem)
        _write(changed)
        is_whole = True
    finally:
        if not is_whole:
            _take_back(new, before)
    return tuple(changed)


def _with_row(root: Path, name: str) -> dict[Path, str]:
    """Return the page that JupyterLab opens at with a row for the notebook, where there is one.

    The row goes below the last one of a notebook.
    """
    path = root / START_FILE
    if not path.is_file():
        return {}
    text = _text(path)
    rows = re.findall(r"(?m)^\| \[\w+\]\(\w+\.ipynb\).*\n", text)
    row = f"| [{name}]({name}.ipynb) | {ABOUT} | [{name}](../reports/{name}.html) |\n"
    return {path: text.replace(rows[-1], rows[-1] + row)} if rows else {}


def _write(files: Mapping[Path, str]) -> None:
    for path, text in files.items():
        write_text(path, text)


def _take_back(new: Mapping[Path, str], before: Mapping[Path, str]) -> None:
    for path in new:
        path.unlink(missing_ok=True)
    for path, text in before.items():
        if path.is_file() and _text(path) != text:
            write_text(path, text)


def _text(path: Path) -> str:
    """Return the text of a file with its line ends as they are."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{path.name} cannot be read. Run the command in a campaign's folder, "
                           f"which has {PIPELINE_FILE} and {PARAMS_FILE}. {NOTHING}") from error
