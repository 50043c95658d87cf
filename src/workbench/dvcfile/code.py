"""Which code of the project a stage runs, found by following imports; no module is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[1]
BELOW_ROOT = "src/workbench"
CHANGES_NO_OUTPUT = frozenset({"cli", "errors", "progress"})
IN_PARTS = frozenset({"pages"})  # packages whose parts serve one brief each


def code_of(modules: Iterable[str]) -> frozenset[str]:
    """Return the paths of the packages and modules that are reached from ``modules``.

    A package counts as a whole, but for the parts of ``pages``, one a brief. ``errors``, ``cli``
    and ``progress`` are left out: what they say is on no page.

    >>> sorted(code_of(["likelihood"]))
    ['src/workbench/likelihood.py']
    """
    return _reached(frozenset(modules))


@cache
def _reached(modules: frozenset[str]) -> frozenset[str]:
    seen: set[str] = set()
    waiting = set(modules)
    while waiting:
        name = waiting.pop()
        path = _file(name)
        if name not in seen and path is not None:
            seen.add(name)
            waiting |= _imports(path)
    tops = {_counted(name) for name in seen} - CHANGES_NO_OUTPUT - IN_PARTS
    return frozenset(_path(top) for top in tops)


def _counted(name: str) -> str:
    """The part of the project that counts as one: a top package or module, or a part of it."""
    parts = name.split(".")
    return "/".join(parts[:2] if parts[0] in IN_PARTS else parts[:1])


def _path(top: str) -> str:
    return f"{BELOW_ROOT}/{top}" if (SOURCE / top).is_dir() else f"{BELOW_ROOT}/{top}.py"


def _file(name: str) -> Path | None:
    place = SOURCE / name.replace(".", "/")
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py")
                 if path.is_file()), None)


@cache
def _imports(path: Path) -> frozenset[str]:
    return modules_in(ast.parse(path.read_text(encoding="utf-8")))


def modules_in(tree: ast.Module) -> frozenset[str]:
    """Return the modules below workbench that code imports, such as 'tables' or 'briefs.run'."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("workbench."):
            inside = str(node.module).removeprefix("workbench").removeprefix(".")
            found |= {f"{inside}.{one.name}".removeprefix(".") for one in node.names}
            found |= {inside} - {""}
    return frozenset(found)
