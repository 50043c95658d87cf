"""What a notebook's parameters cell declares: names, literals, and what each comment says of them.

A comment is ``unit, LOW to HIGH; what it is``, or ``one, two or three; what it is`` where only
these texts are allowed. Both are law; the rest is for people.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.briefs.strip import Notebook
from workbench.errors import NotebookError

TAG = "parameters"
RANGE = re.compile(r"(?:^|[,\s])(-?[\d_.]+) to (-?[\d_.]+)$")
CHOICES = re.compile(r"[A-Za-z0-9_]+(?:, [A-Za-z0-9_]+)* or [A-Za-z0-9_]+")


@dataclass(frozen=True)
class Parameter:
    """One parameter: its name, the literal of the cell, and what its values may be.

    ``low`` and ``high`` are the ends of the range, both allowed, or None; ``choices`` the only
    texts allowed, or none. Of a list or of named values they hold for each value. ``unit`` is
    how the comment begins, for people.
    """

    name: str
    literal: Any
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


def declared_parameters(notebook: Notebook, name: str) -> dict[str, Parameter]:
    """Return the parameters of the notebook's ``parameters`` cell, in their order.

    NotebookError where there is no such cell, or two, or where it holds more than literals.
    """
    cells = [c for c in notebook["cells"] if TAG in c.get("metadata", {}).get("tags", [])]
    if len(cells) != 1:
        raise NotebookError(
            f"{name}.ipynb has {len(cells)} cells tagged '{TAG}'; it must have one. Tag the "
            "code cell that sets the parameters (in JupyterLab: Property Inspector, Cell Tags)."
        )
    code = "".join(cells[0]["source"])
    try:
        statements = ast.parse(code).body
        comments = dict(_comments(code))
        return {one.name: one for one in (_declared(node, comments) for node in statements)}
    except (SyntaxError, ValueError, TypeError):
        raise NotebookError(
            f"{name}.ipynb: its '{TAG}' cell may only set names to literals, one a line, such "
            "as n_rows = 10. Move anything else to the setup cell."
        ) from None


def _comments(code: str) -> Iterator[tuple[int, str]]:
    """Yield the number of each line that has a comment, and the comment's text."""
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# ")


def _declared(statement: ast.stmt, comments: Mapping[int, str]) -> Parameter:
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target: ast.expr = statement.target
        value: ast.expr = statement.value
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    else:
        raise ValueError
    if not isinstance(target, ast.Name):
        raise ValueError
    comment = comments.get(statement.end_lineno or 0, "")
    return _parameter(target.id, ast.literal_eval(value), comment.split(";")[0].strip())


def _parameter(name: str, literal: Any, head: str) -> Parameter:
    """Return the parameter whose comment begins with ``head``.

    >>> _parameter("recent_days", 180, "days, 1 to 3650").high
    3650.0
    >>> _parameter("place_column", "seat_id", "seat_id or area_id").choices
    ('seat_id', 'area_id')
    """
    ends = RANGE.search(head)
    if ends:
        unit = head[:ends.start()].rstrip(", ")
        return Parameter(name, literal, unit, float(ends[1]), float(ends[2]))
    if CHOICES.fullmatch(head) and set(_texts(literal)) <= set(found := re.split(", | or ", head)):
        return Parameter(name, literal, choices=tuple(found))
    return Parameter(name, literal, head)


def _texts(literal: Any) -> list[Any]:
    """Return the values of a literal that a choice could be of; one that is none for numbers."""
    values = literal.values() if isinstance(literal, dict) else literal
    values = list(values) if isinstance(literal, (dict, list)) else [literal]
    return values if all(isinstance(value, str) for value in values) else [object()]
