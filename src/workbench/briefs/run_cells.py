"""Run the cells of a notebook with papermill, and tidy what they leave: the same bytes always."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from workbench import errors
from workbench.briefs.kernel import RunningKernel
from workbench.briefs.strip import Notebook, keep_built_cells, strip_notebook
from workbench.errors import CellFailed, WorkbenchError
from workbench.progress import follow_notes, step

INJECTED, CLOSING = "injected-parameters", "disclosure"
HEADING = re.compile(r"^#{1,6} +(.+?)[ #]*$", re.MULTILINE)
ADDRESS = re.compile(r"\bat 0x[0-9A-Fa-f]{6,}")
CELL_FILE = re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py")


def run_cells(
    notebook: Notebook, parameters: Mapping[str, Any], *, name: str, kernel: RunningKernel
) -> nbformat.NotebookNode:
    """Return the notebook with the outputs of its cells, run in ``kernel``.

    CellFailed, or the WorkbenchError that a cell raised, names the cell, its line and what to
    do next; neither it nor anything on disk holds what the failed run showed.
    """
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    plain = _without_ids_missing(notebook)
    numbers = keep_built_cells(plain)
    follow_notes(kernel.note_file)
    try:
        executed = papermill.execute_notebook(
            nbformat.from_dict(plain),
            None,
            parameters=dict(parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            autosave_cell_every=0,
            record_timing=False,
            km=kernel,
            on_cell_start=_teller(plain, numbers, bool(parameters)),
        )
    except PapermillExecutionError as error:
        index = _own_index(plain, error.cell_index, bool(parameters))
        raise _failure(plain["cells"][index], numbers[index], error.traceback, name=name) from None
    except DeadKernelError:
        raise CellFailed(
            f"{name}.ipynb: its kernel was ended from outside, perhaps for want of memory. "
            "Close other programs, or run on less data, and run again."
        ) from None
    for index, cell in enumerate(executed.cells):
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            number = numbers[_own_index(plain, index, bool(parameters))]
            raise CellFailed(
                f"{name}.ipynb ended early in cell {number}: it called exit. Take that call "
                "out; a brief is made of a notebook that ran to its end."
            )
    return executed


def tidy_outputs(notebook: nbformat.NotebookNode, root: Path) -> None:
    """Take out what differs from run to run: ids, times, addresses and the folder's path."""
    for index, cell in enumerate(notebook.cells):
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = INJECTED
        for output in cell.get("outputs", []):
            _tidy_output(output, root)
        cell.metadata.pop("papermill", None)
        cell.setdefault("id", f"cell-{index}")
    for entry in ("papermill", "kernelspec", "language_info", "widgets"):
        notebook.metadata.pop(entry, None)


def _tidy_output(output: nbformat.NotebookNode, root: Path) -> None:
    output.pop("transient", None)
    if "text" in output:
        output.text = _tidy_text(output.text, root)
    for mime, content in output.get("data", {}).items():
        if mime == "text/plain":
            output.data[mime] = _tidy_text(content, root)


def _tidy_text(text: str, root: Path) -> str:
    text = CELL_FILE.sub("cell.py", ADDRESS.sub("at 0x0", text))
    return text.replace(str(root), ".")


def _without_ids_missing(notebook: Notebook) -> Notebook:
    """Return a copy of format 4.5, each cell with an id: nbformat would make up random ones."""
    copy: Notebook = json.loads(json.dumps(notebook))
    strip_notebook(copy)
    copy["nbformat_minor"] = max(5, copy.get("nbformat_minor", 0))
    for index, cell in enumerate(copy["cells"]):
        cell.setdefault("id", f"cell-{index}")
        cell["source"] = "".join(cell["source"])
    return copy


def _own_index(notebook: Notebook, index: int, is_injected: bool) -> int:
    """Return where a run cell stands in the notebook itself, to which papermill adds a cell."""
    tags = [cell["metadata"].get("tags", []) for cell in notebook["cells"][:index]]
    return index - int(is_injected and any("parameters" in cell_tags for cell_tags in tags))


def _teller(
    notebook: Notebook, numbers: list[int], is_injected: bool
) -> Callable[..., None]:
    """Return what nbclient calls before each cell: it tells the cell's number and heading.

    The last cell of all, which asks the ledger, is not counted.
    """
    found = headings(notebook)
    n_cells = max([0, *(number for number, cell in zip(numbers, notebook["cells"], strict=True)
                        if CLOSING not in cell["metadata"].get("tags", []))])

    def tell(*, cell: nbformat.NotebookNode, cell_index: int) -> None:
        index = _own_index(notebook, cell_index, is_injected)
        if cell.cell_type == "code":
            step(found[index], number=min(numbers[index], n_cells), n_cells=n_cells)

    return tell


def headings(notebook: Notebook) -> list[str]:
    """Return for each cell the last heading in it or above it, an empty text where none is.

    >>> texts = [("code", "1"), ("markdown", "# Who?\\n\\nWe.\\n## How many?"), ("code", "# 1")]
    >>> headings({"cells": [{"cell_type": kind, "source": text} for kind, text in texts]})
    ['', 'How many?', 'How many?']
    """
    last, found = "", []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            last = [last, *HEADING.findall(cell["source"])][-1]
        found.append(last)
    return found


def _failure(
    cell: Mapping[str, Any], number: int, trace: list[str], *, name: str
) -> WorkbenchError:
    """Return the error that tells where a cell failed, without the text of a foreign error."""
    report = json.loads(trace[0]) if trace else {}
    where = f"cell {number}" + "".join(f" ({tag})" for tag in cell["metadata"].get("tags", []))
    if line := report.get("line", 0):
        where += f", line {line}: {cell['source'].splitlines()[line - 1].strip()}"
    if report.get("is_ours"):
        kind: type[WorkbenchError] = getattr(errors, report["kind"], WorkbenchError)
        return kind(f"{report['message']}\n  in {name}.ipynb, {where}")
    frames = "".join(f"\n  at {frame}" for frame in report.get("frames", []))
    stopped = f"{name}.ipynb stopped with {report.get('kind', 'an error')} in {where}"
    if report.get("message"):
        return CellFailed(f"{stopped}: {report['message']}{frames}")
    return CellFailed(
        f"{stopped}{frames}\n"
        "  Its text is not shown, since it may hold a person's values. Run the notebook in "
        "JupyterLab (make lab) to see it."
    )
