"""Strip from notebooks what a run leaves in them, so that only what people wrote is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.errors import NotebookError
from workbench.tables import write_text

RUN_METADATA = ("kernelspec", "language_info", "papermill", "widgets", "signature")
RUN_CELL_METADATA = ("papermill", "execution", "ExecuteTime", "collapsed", "scrolled")
# What JupyterLab's Property Inspector leaves in each cell that it has shown.
AS_WITHOUT: dict[str, tuple[Any, ...]] = {
    "deletable": (True,), "editable": (True,), "slideshow": ({"slide_type": ""}, {}),
    "tags": ([],)}
EXPLORE = "explore"

Notebook = dict[str, Any]


def strip_notebook(notebook: Notebook) -> bool:
    """Strip ``notebook`` in place; tell whether there was anything to strip.

    Outputs, execution counts, the kernel's and language's names, times of running and what a
    cell would be without as well go; the cells, their ids and tags stay.

    >>> cell = {"cell_type": "code", "execution_count": 3, "outputs": [], "metadata": {}}
    >>> strip_notebook({"cells": [cell], "metadata": {}}), cell["execution_count"]
    (True, None)
    """
    found = [_strip_metadata(notebook.get("metadata", {}), RUN_METADATA)]
    for cell in notebook.get("cells", []):
        metadata = cell.get("metadata", {})
        found.append(_strip_metadata(metadata, (*RUN_CELL_METADATA, *_as_without(metadata))))
        if cell.get("cell_type") == "code":
            found.append(bool(cell.get("outputs")) or cell.get("execution_count") is not None)
            cell["outputs"], cell["execution_count"] = [], None
    return any(found)


def keep_built_cells(notebook: Notebook) -> list[int]:
    """Take out the cells tagged ``explore``; return the number that each cell left had, from 1.

    They are the analyst's own, for JupyterLab: no build runs them and no page shows them.

    >>> cells = [{"metadata": {}}, {"metadata": {"tags": ["explore"]}}, {"metadata": {}}]
    >>> keep_built_cells({"cells": cells})
    [1, 3]
    """
    kept = [(number, cell) for number, cell in enumerate(notebook["cells"], start=1)
            if EXPLORE not in cell.get("metadata", {}).get("tags", [])]
    notebook["cells"] = [cell for _, cell in kept]
    return [number for number, _ in kept]


def strip_file(path: Path) -> bool:
    """Strip a notebook file; tell whether it changed. A clean one keeps its very bytes."""
    notebook = read_notebook(path)
    if not strip_notebook(notebook):
        return False
    write_text(path, notebook_text(notebook))
    return True


def strip_folder(folder: Path) -> tuple[Path, ...]:
    """Strip every notebook of a folder; return those that changed."""
    return tuple(path for path in sorted(folder.glob("*.ipynb")) if strip_file(path))


def read_notebook(path: Path) -> Notebook:
    """Read a notebook of format 4 as it lies in its file; NotebookError where it is none."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotebookError(
            f"{path.name} is not a notebook: it is not well-formed JSON. Bring back its last "
            "committed version, or save it again from JupyterLab."
        ) from error
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4:
        raise NotebookError(
            f"{path.name} is not a notebook of format 4. Open it in JupyterLab and save it."
        )
    return notebook


def _as_without(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the entries of a cell's metadata that say what is so without them."""
    return tuple(name for name, values in AS_WITHOUT.items() if metadata.get(name) in values)


def _strip_metadata(metadata: dict[str, Any], entries: tuple[str, ...]) -> bool:
    found = [entry for entry in entries if entry in metadata]
    for entry in found:
        del metadata[entry]
    return bool(found)


def notebook_text(notebook: Notebook) -> str:
    """Return the text of a notebook file, in the form that Jupyter itself gives it."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def strip_before_save(model: dict[str, Any], **_: Any) -> None:
    """Strip a notebook as JupyterLab saves it: the server's ``pre_save_hook``."""
    if model.get("type") == "notebook" and model.get("content", {}).get("nbformat") == 4:
        strip_notebook(model["content"])
