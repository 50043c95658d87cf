"""The parameters of a notebook: what its parameters cell declares, and what a run gives it."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from workbench.briefs.strip import Notebook
from workbench.errors import NotebookError, SettingsError, nearest_name

TAG = "parameters"
PLAIN = (bool, int, float, str)
WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list",
}


def parse_parameters(options: Iterable[str]) -> dict[str, Any]:
    """Return the parameters that ``-p key=value`` options give; values are YAML scalars.

    A date stays a text, for a notebook's literals know no dates.

    >>> parse_parameters(["n_rows=10", "share=0.5", "is_new=true", "day=2026-10-05", "kind=new"])
    {'n_rows': 10, 'share': 0.5, 'is_new': True, 'day': '2026-10-05', 'kind': 'new'}
    """
    parameters: dict[str, Any] = {}
    for option in options:
        name, equals, text = option.partition("=")
        if not equals or not name.isidentifier():
            raise SettingsError(f"-p {option[:60]!a} is not of the form key=value.")
        if name in parameters:
            raise SettingsError(f"-p {name} is given twice. Give it once.")
        parameters[name] = _scalar(text)
    return parameters


def _scalar(text: str) -> Any:
    try:
        value = yaml.safe_load(text) if len(text) < 1000 else text
    except (yaml.YAMLError, ValueError, RecursionError):
        return text
    items = value if isinstance(value, list) else [value]
    return value if all(isinstance(item, PLAIN) for item in items) else text


def declared_parameters(notebook: Notebook, name: str) -> dict[str, Any]:
    """Return the names and literals of the notebook's ``parameters`` cell, in their order.

    NotebookError where there is no such cell, or two, or where it holds more than literals.
    """
    cells = [c for c in notebook["cells"] if TAG in c.get("metadata", {}).get("tags", [])]
    if len(cells) != 1:
        raise NotebookError(
            f"{name}.ipynb has {len(cells)} cells tagged '{TAG}'; it must have one. Tag the "
            "code cell that sets the parameters (in JupyterLab: Property Inspector, Cell Tags)."
        )
    try:
        statements = ast.parse("".join(cells[0]["source"])).body
        return dict(_declaration(statement) for statement in statements)
    except (SyntaxError, ValueError, TypeError):
        raise NotebookError(
            f"{name}.ipynb: its '{TAG}' cell may only set names to literals, one a line, such "
            "as n_rows = 10. Move anything else to the setup cell."
        ) from None


def _declaration(statement: ast.stmt) -> tuple[str, Any]:
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        statement = ast.Assign([statement.target], statement.value)
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, ast.literal_eval(value)
    raise ValueError


def check_parameters(
    given: Mapping[str, Any], declared: Mapping[str, Any], name: str
) -> dict[str, Any]:
    """Return ``given`` in the order and the types of ``declared``.

    NotebookError for a parameter that the notebook does not have, and for one whose value is
    not of its literal's type. A whole number may stand for a number.
    """
    for parameter in sorted(set(given) - set(declared)):
        raise NotebookError(
            f"{name}.ipynb has no parameter '{parameter}'.{nearest_name(parameter, declared)} "
            f"It has: {', '.join(declared) or 'none'}."
        )
    return {
        parameter: _of_type(given[parameter], literal, f"{name}.ipynb: parameter '{parameter}'")
        for parameter, literal in declared.items()
        if parameter in given
    }


def _of_type(value: Any, literal: Any, where: str) -> Any:
    if isinstance(value, (dt.date, dt.datetime)):
        value = value.isoformat()
    kind = type(literal)
    if kind is float and type(value) is int:
        return float(value)
    if literal is not None and type(value) is not kind:
        raise NotebookError(
            f"{where} must be {WORDS.get(kind, kind.__name__)}, as in its parameters cell, and "
            f"not {WORDS.get(type(value), type(value).__name__)}. Change it under notebooks in "
            "params.yaml, or in -p; quotes within the value make it a text: -p day='\"7\"'."
        )
    return value
