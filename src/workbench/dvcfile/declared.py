"""What a notebook declares that it reads: in the call of `open_brief` of its setup cell."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.briefs.declared import declared_parameters
from workbench.briefs.strip import Notebook, keep_built_cells, read_notebook
from workbench.dvcfile.code import modules_in
from workbench.dvcfile.steps import ALWAYS, Step, pages_of
from workbench.errors import NotebookError
from workbench.settings import read_params

OPENS, SETUP = "open_brief", "setup"
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
    name, notebook = path.stem, read_notebook(path)
    keep_built_cells(notebook)
    said = _said(path, notebook, changed)
    if "reads" not in said:
        return None
    stage = OTHER_STAGE.get(name, name)
    return Step(
        stage, _question(notebook) or f"The brief of notebooks/{name}.ipynb",
        f"workbench run {name}", said["reads"], _modules(path, notebook),
        (*ALWAYS, f"notebooks.{name}", *said.get("uses", ())), pages_of(name),
        f"reports/{name}.json", name, said.get("rests_on", ()),
    )


def _code(notebook: Notebook) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def _setup(notebook: Notebook) -> list[dict[str, Any]]:
    return [cell for cell in _code(notebook) if SETUP in cell["metadata"].get("tags", [])]


def _modules(path: Path, notebook: Notebook) -> tuple[str, ...]:
    """Return the modules that the cells import; NotebookError for code that is none."""
    try:
        return tuple(sorted(modules_in(_tree(_code(notebook)))))
    except SyntaxError as error:
        raise NotebookError(
            f"notebooks/{path.name} has a cell that is no Python ({error.msg}), so that nobody "
            "can tell what code it runs. Correct it, or tag it explore.") from error


def _question(notebook: Notebook) -> str:
    """Return the first heading of a notebook, which is what its brief answers."""
    lines = [line for cell in notebook["cells"] if cell["cell_type"] == "markdown"
             for line in "".join(cell["source"]).splitlines()]
    return next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), "")


def _tree(cells: list[dict[str, Any]]) -> ast.Module:
    """Return the code of cells as a tree; lines that are for IPython alone are left out."""
    lines = [line for cell in cells for line in "".join(cell["source"]).splitlines()]
    return ast.parse("\n".join(
        line for line in lines if not line.lstrip().startswith(("%", "!", "?"))))


def _said(
    path: Path, notebook: Notebook, changed: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    """Return what the call of open_brief says, by word.

    What it names may be a parameter, as params.yaml ``changed`` it, or come of the setup cell's
    imports; nothing else of the notebook is run.
    """
    try:
        setup = _tree(_setup(notebook))
        calls = [node for node in ast.walk(setup)
                 if isinstance(node, ast.Call) and _name(node.func) == OPENS]
        words = [one for call in calls for one in call.keywords if one.arg in SAYS]
        known = _known(path, notebook, setup) | dict(changed) if words else {}
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


def _known(path: Path, notebook: Notebook, setup: ast.Module) -> dict[str, Any]:
    """Return the names that parameters and the imports of the setup cell give."""
    declared = declared_parameters(notebook, path.stem)
    known = {name: one.literal for name, one in declared.items()}
    imports: list[ast.stmt] = [
        node for node in setup.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    exec(compile(ast.Module(imports, []), "<setup>", "exec"), known)
    return known
