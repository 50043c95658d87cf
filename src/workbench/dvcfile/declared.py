"""What a notebook declares that it reads: in the call of `open_brief` of its setup cell."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.dvcfile.steps import ALWAYS, Step, pages_of
from workbench.errors import NotebookError
from workbench.settings import read_params

OPENS = "open_brief"
SAYS = ("reads", "rests_on", "uses")
OTHER_STAGE = {"lists": "reconcile"}  # a notebook whose stage has another name
NO_STAGE = ("check",)  # run for each source, by a stage that no notebook declares


def steps_of_notebooks(root: Path) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """Return the stage of each notebook, in the order of their names, and who declares none.

    A notebook declares one by ``reads=`` of open_brief. NotebookError where that cannot be read.
    """
    paths = sorted((root / "notebooks").glob("*.ipynb"))
    changed = read_params(root).get("notebooks") or {}
    found = {path.stem: _step(path, changed.get(path.stem) or {}) for path in paths
             if path.stem not in NO_STAGE}
    return (tuple(step for step in found.values() if step),
            tuple(name for name, step in found.items() if not step))


def _step(path: Path, changed: Mapping[str, Any]) -> Step | None:
    name, cells = path.stem, _cells(path)
    said = _said(path, cells, changed)
    if "reads" not in said:
        return None
    stage = OTHER_STAGE.get(name, name)
    return Step(
        stage, _question(cells) or f"The brief of notebooks/{name}.ipynb",
        f"workbench run {name}", said["reads"],
        tuple(sorted(_modules("\n".join(text for kind, text in cells if kind != "markdown")))),
        (*ALWAYS, f"notebooks.{name}", *said.get("uses", ())), pages_of(name),
        f"reports/{name}.json", name, said.get("rests_on", ()),
    )


def _cells(path: Path) -> list[tuple[str, str]]:
    """Return each cell's kind, or its tag, and its text."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [(_kind(cell), "".join(cell["source"])) for cell in cells]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotebookError(f"notebooks/{path.name} is no notebook that can be read. Open it in "
                            "JupyterLab, or take it from git again.") from error


def _kind(cell: dict[str, Any]) -> str:
    tags = cell.get("metadata", {}).get("tags") or [cell["cell_type"]]
    return str(tags[0] if cell["cell_type"] == "code" else cell["cell_type"])


def _question(cells: list[tuple[str, str]]) -> str:
    """Return the first heading of a notebook, which is what its brief answers."""
    lines = [line for kind, text in cells if kind == "markdown" for line in text.splitlines()]
    return next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), "")


def _modules(code: str) -> set[str]:
    """Return the modules below workbench that cells import, such as 'tables' or 'briefs.run'."""
    found = set()
    for node in ast.walk(_tree(code)):
        if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("workbench."):
            inside = str(node.module).removeprefix("workbench").removeprefix(".")
            found |= {f"{inside}.{one.name}".removeprefix(".") for one in node.names}
            found |= {inside} - {""}
    return found


def _tree(code: str) -> ast.Module:
    """Return the code of cells as a tree; lines that are for IPython alone are left out."""
    lines = [line for line in code.splitlines() if not line.lstrip().startswith(("%", "!", "?"))]
    return ast.parse("\n".join(lines))


def _said(
    path: Path, cells: list[tuple[str, str]], changed: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    """Return what the call of open_brief says, by word.

    What it names may be a parameter, as params.yaml ``changed`` it, or come of the setup cell's
    imports; nothing else of the notebook is run.
    """
    try:
        calls = [node for kind, text in cells if kind == "setup" for node in ast.walk(_tree(text))
                 if isinstance(node, ast.Call) and _name(node.func) == OPENS]
        words = [one for call in calls for one in call.keywords if one.arg in SAYS]
        known = _known(cells) | dict(changed) if words else {}
        said = {str(one.arg): tuple(eval(_expression(one.value), known)) for one in words}
    except Exception as error:  # whatever the cell's code may raise
        raise NotebookError(f"notebooks/{path.name}: what {OPENS} is told in the setup cell "
                            f"cannot be read ({error}). {_cure(path)}") from error
    return {word: _texts(path, word, values) for word, values in said.items()}


def _texts(path: Path, word: str, values: tuple[Any, ...]) -> tuple[str, ...]:
    if not all(isinstance(value, str) and value for value in values):
        raise NotebookError(f"notebooks/{path.name}: {word} of {OPENS} is no list of texts. "
                            f"{_cure(path)}")
    return values


def _cure(path: Path) -> str:
    return (f"Write it as in 'brief = {OPENS}(settings, reads=[\"voters\"])': the names of "
            f"the tables and files that {path.stem} reads.")


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _expression(node: ast.expr) -> Any:
    return compile(ast.Expression(node), "<open_brief>", "eval")


def _known(cells: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the names that parameters and the imports of the setup cell give."""
    kept = {"parameters": (ast.Assign, ast.AnnAssign), "setup": (ast.Import, ast.ImportFrom)}
    known: dict[str, Any] = {}
    for kind, text in cells:
        if kind in kept:
            body = [node for node in _tree(text).body if isinstance(node, kept[kind])]
            exec(compile(ast.Module(body, []), f"<{kind}>", "exec"), known)
    return known
