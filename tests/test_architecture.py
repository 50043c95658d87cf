"""The house law: imports go down, heavy libraries have one owner, nothing outgrows a screen."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "workbench"
FLOORS = (
    {"errors"},
    {"tables", "measures", "likelihood", "settings", "pseudonyms", "engine", "baseline",
     "deliveries", "pipeline", "progress", "silence", "telephone"},
    {"disclosure", "donors", "voters", "people", "sample"},
    {"exhibits"},
    {"sources", "checks", "figures", "lists", "overview"},
    {"intake", "spine", "briefs", "anyfiles", "dvcfile"},
    {"builds", "erase", "notebooks", "sealing"},
    {"releases", "status"},
    {"cli"},
)
# Modules of one floor may use each other only where it is said here.
NEIGHBOURS = {
    ("settings", "tables"), ("pseudonyms", "settings"), ("engine", "settings"),
    ("deliveries", "settings"), ("deliveries", "tables"), ("pipeline", "settings"),
    ("pipeline", "tables"),
    ("telephone", "settings"), ("telephone", "tables"),
    ("donors", "disclosure"), ("voters", "disclosure"), ("people", "disclosure"),
}
OWNERS = {
    "phonenumbers": {"settings", "telephone"},
    "python_calamine": {"sources"},
    "pyreadstat": {"sources"},
    "great_expectations": {"checks"},
    "sklearn": {"voters"},
    "splink": {"people"},
    "seaborn": {"figures"},
    "matplotlib": {"figures", "briefs"},
    "papermill": {"briefs"},
    "nbconvert": {"briefs"},
    "great_tables": {"exhibits"},
    "cryptography": {"sealing"},
    "dvc": {"status"},
    "tqdm": {"progress"},
    "pyspark": {"people"},
}
LONGEST_FUNCTION, LONGEST_FILE, MOST_PARAMETERS, DEEPEST_NESTING = 40, 300, 5, 2
FILES = sorted(SOURCE.rglob("*.py"))
BRANCHES = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def package_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports_of(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def nesting(node: ast.AST, depth: int = 0) -> int:
    deepest = depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        is_elif = isinstance(node, ast.If) and child in node.orelse and isinstance(child, ast.If)
        step = 1 if isinstance(child, BRANCHES) and not is_elif else 0
        deepest = max(deepest, nesting(child, depth + step))
    return deepest


def functions() -> list[tuple[str, ast.FunctionDef]]:
    return [
        (f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}", node)
        for path in FILES
        for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef)
    ]


def test_every_package_stands_on_a_floor() -> None:
    packages = {package_of(path) for path in FILES} - {"__init__"}
    assert packages - set().union(*FLOORS) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_go_down_and_heavy_libraries_have_one_owner(path: Path) -> None:
    floor = {name: number for number, names in enumerate(FLOORS) for name in names}
    here = package_of(path)
    for name in imports_of(tree_of(path)):
        parts = name.split(".")
        if parts[0] in OWNERS:
            assert here in OWNERS[parts[0]], f"{parts[0]} belongs to {OWNERS[parts[0]]}"
        if parts[0] != "workbench" or len(parts) < 2 or parts[1] not in floor:
            continue
        other = parts[1]
        is_allowed = other == here or floor[other] < floor[here] or (here, other) in NEIGHBOURS
        assert is_allowed, f"{here} must not import {other}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_file_says_what_it_is_for_and_is_not_too_long(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    docstring = ast.get_docstring(tree_of(path)) or ""
    assert docstring.split("\n")[0].endswith((".", "?")), "the first line is one sentence"
    assert text.count("\n") <= LONGEST_FILE


def test_no_function_outgrows_a_screen() -> None:
    too_long = {}
    for name, node in functions():
        docstring = ast.get_docstring(node, clean=False)
        length = (node.end_lineno or 0) - node.lineno + 1 - len((docstring or "").split("\n"))
        if length > LONGEST_FUNCTION:
            too_long[name] = length
    assert too_long == {}


def test_no_function_has_too_many_parameters_or_levels() -> None:
    too_much = {}
    for name, node in functions():
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        n_parameters = len([a for a in given if a.arg not in ("self", "cls")])
        if n_parameters > MOST_PARAMETERS or nesting(node) > DEEPEST_NESTING:
            too_much[name] = (n_parameters, nesting(node))
    assert too_much == {}
