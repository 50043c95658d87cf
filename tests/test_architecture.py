"""The house law: imports go down, heavy libraries have one owner, nothing outgrows a screen."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "workbench"
FLOORS = (
    {"errors"},
    {"tables", "measures", "likelihood", "settings", "pseudonyms", "engine", "baseline",
     "deliveries", "pipeline", "progress", "silence", "telephone"},
    {"disclosure", "donors", "voters", "people", "sample"},
    {"exhibits"},
    {"sources", "checks", "figures", "lists", "overview"},
    {"pages"},
    {"intake", "spine", "briefs", "anyfiles"},
    {"builds", "dvcfile", "erase", "notebooks", "sealing"},
    {"releases", "status"},
    {"cli"},
)
# Modules of one floor may use each other only where it is said here.
NEIGHBOURS = {
    ("settings", "tables"), ("pseudonyms", "settings"), ("engine", "settings"),
    ("deliveries", "settings"), ("deliveries", "tables"), ("pipeline", "settings"),
    ("pipeline", "tables"), ("notebooks", "dvcfile"),
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
    "dvc": {"status", "pipeline"},
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


def forbidden(path: Path) -> list[str]:
    """What a file imports that it must not, each with the reason."""
    floor = {name: number for number, names in enumerate(FLOORS) for name in names}
    here, found = package_of(path), []
    for name in sorted(imports_of(tree_of(path))):
        top, _, rest = name.partition(".")
        other = rest.partition(".")[0]
        if here not in OWNERS.get(top, {here}):
            found.append(f"{path.relative_to(SOURCE)}: {top} belongs to {OWNERS[top]}")
        if top != "workbench" or other not in floor:
            continue
        is_allowed = other == here or floor[other] < floor[here] or (here, other) in NEIGHBOURS
        found += [] if is_allowed else [f"{path.relative_to(SOURCE)}: {here} imports {other}"]
    return found


def test_imports_go_down_and_heavy_libraries_have_one_owner() -> None:
    assert [one for path in FILES for one in forbidden(path)] == []


def module_of(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def needed_when_loaded(tree: ast.Module, modules: set[str]) -> set[str]:
    """Which modules one imports as it is loaded: not in a function, not for the type checker."""
    found, waiting = set(), list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in modules else node.module for name in names}
        elif isinstance(node, (ast.Try, ast.With, ast.ClassDef)) or (
                isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.dump(node.test)):
            waiting += node.body
    return found


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = {module_of(path): path for path in FILES}
    below = {name: needed_when_loaded(tree_of(path), {*modules}) & modules.keys() - {name}
             for name, path in modules.items()}
    while ready := [name for name, needs in below.items() if not needs & below.keys()]:
        for name in ready:
            del below[name]
    assert sorted(below) == []


def test_a_file_says_what_it_is_for_and_is_not_too_long() -> None:
    first = {path: (ast.get_docstring(tree_of(path)) or "").split("\n")[0] for path in FILES}
    assert [path for path, line in first.items() if not line.endswith((".", "?"))] == []
    longest = {path: path.read_text(encoding="utf-8").count("\n") for path in FILES}
    assert {path: n for path, n in longest.items() if n > LONGEST_FILE} == {}


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


def test_the_tests_start_one_browser_alone() -> None:
    """A second event loop of Playwright fails in a process that has one: take `browser`."""
    starts = {path.name for path in Path(__file__).parent.glob("*.py")
              if any(isinstance(node, ast.Call) and "sync_playwright" in ast.unparse(node.func)
                     for node in ast.walk(tree_of(path)))}
    assert starts == {"conftest.py"}
