"""What a run showed, asked of its kernel at the end, and its second run with more hidden."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import nbformat

from workbench.baseline import baseline_cells
from workbench.briefs.manifest import Manifest
from workbench.briefs.run_cells import CLOSING, run_cells
from workbench.briefs.strip import Notebook
from workbench.briefs.versions import digest_of
from workbench.disclosure.cells import Shown, parsed_shown, shown_text
from workbench.disclosure.ledger import LEDGER_MIME
from workbench.errors import DisclosureError
from workbench.progress import run_again

if TYPE_CHECKING:
    from workbench.briefs.kernel import RunningKernel

SHOWN = "data/shown/"
CODE = "data/code/"
MOST_RUNS = 4


@dataclass(frozen=True)
class Audited:
    """An executed notebook, the cells that it shows, and how many were hidden for others' sake."""

    notebook: nbformat.NotebookNode
    shown: Shown
    n_second: int

    @property
    def text(self) -> str:
        """The text of data/shown/<brief>.json."""
        return shown_text(self.shown)


def run_audited(
    content: Notebook, parameters: Mapping[str, Any], *, manifest: Manifest, name: str,
    kernel: RunningKernel,
) -> Audited:
    """Run a notebook; where a hidden cell could be worked out, run it again with more hidden.

    Hidden cells may bring others with them, so that it may take a few runs; each hides what the
    last did and more. DisclosureError where that has no end.
    """
    asked = _with_closing(content, manifest)
    executed = run_cells(asked, parameters, name=name, kernel=kernel)
    told = _take_closing(executed)
    number = 2
    while told["plan"] and number <= MOST_RUNS:
        run_again("once more, with more cells hidden")
        with _started_again(kernel, number, told["plan"]) as again:
            executed = run_cells(asked, parameters, name=name, kernel=again)
        told = _take_closing(executed)
        number += 1
    if told["plan"]:
        raise DisclosureError(
            f"{name}.ipynb shows other cells when some are hidden, so that there is always one "
            "that could be worked out. Make its tables from the data and not from what was shown."
        )
    shown = replace(parsed_shown(told["shown"]), brief=manifest.brief, as_of=manifest.as_of)
    return Audited(executed, shown, told["n_second"])


def data_digest(manifest: Manifest) -> str:
    """Return what tells the data and parameters of a run apart from others."""
    data = {path: digest for path, digest in manifest.inputs.items()
            if path.startswith("data/") and not path.startswith((CODE, SHOWN))}
    return digest_of([data, manifest.parameters, manifest.as_of])[:12]


def _with_closing(content: Notebook, manifest: Manifest) -> Notebook:
    """Add a last cell that asks the ledger; readers never see it."""
    baseline = [path for path in manifest.inputs if path == baseline_cells(manifest.brief)]
    others = sorted(path for path in manifest.inputs if path.startswith(SHOWN))
    source = ("from workbench.disclosure import close_ledger\n"
              f"close_ledger(data={data_digest(manifest)!r}, baseline={baseline}, "
              f"others={others})")
    cell: dict[str, Any] = {"cell_type": "code", "id": CLOSING, "metadata": {"tags": [CLOSING]},
            "source": source, "outputs": [], "execution_count": None}
    return {**content, "cells": [*content["cells"], cell]}


def _take_closing(executed: nbformat.NotebookNode) -> dict[str, Any]:
    outputs = executed.cells.pop().outputs
    return next(dict(output.data[LEDGER_MIME]) for output in outputs
                if LEDGER_MIME in output.get("data", {}))


@contextmanager
def _started_again(
    kernel: RunningKernel, number: int, plan: Sequence[Any]
) -> Iterator[RunningKernel]:
    """Start a fresh kernel for a while; this process has threads by now and must not fork."""
    from workbench.briefs.kernel import start_kernel

    folder = kernel.folder / str(number)
    folder.mkdir(mode=0o700)
    again = start_kernel(folder, hide=json.dumps(plan, ensure_ascii=False), may_fork=False)
    try:
        yield again
    finally:
        again.stop()
