"""What the documents say is what the code does: commands, parameters, tables, errors."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from test_architecture import FLOORS

import workbench
from workbench import errors
from workbench.cli import _parser, command_names
from workbench.figures.reference import charts_page
from workbench.settings import load_settings
from workbench.sources import preset_of
from workbench.tables import RESULTS, TABLES
from workbench.tables.dictionary import data_dictionary

REPOSITORY = Path(__file__).parents[1]
DOCS = REPOSITORY / "docs"
PAGES = sorted([*(REPOSITORY / f"{name}.md" for name in ("README", "CHANGELOG", "CONTRIBUTING")),
                *DOCS.rglob("*.md")])
README_LINES_MOST, DECISION_LINES_MOST = 150, 40


def text(path):
    return path.read_text(encoding="utf-8")


def user_errors():
    kinds = [v for v in vars(errors).values() if isinstance(v, type)]
    return [kind for kind in kinds if issubclass(kind, errors.WorkbenchError)]


def test_every_command_is_documented_and_every_documented_one_is_real():
    told = set(re.findall(r"`workbench ([a-z]+)", text(DOCS / "commands.md")))
    assert told == set(command_names())


def test_the_page_on_commands_has_them_in_the_groups_of_the_help():
    parts = re.split(r"(?m)^## (.+)$", text(DOCS / "commands.md"))[1:]
    told = [{group: list(dict.fromkeys(re.findall(r"`workbench ([a-z]+)[^|]*` \|", part)))}
            for group, part in zip(parts[::2], parts[1::2], strict=True) if "| Command |" in part]
    helped = re.split(r"\n\n", _parser().format_help())[2:-1]
    assert told == [{group: re.findall(r"(?m)^  ([a-z]+) ", "\n".join(lines))}
                    for group, *lines in map(str.splitlines, helped)]


def test_every_make_command_of_the_documents_is_real():
    targets = set(re.findall(r"^([a-z]+):", text(REPOSITORY / "Makefile"), re.MULTILINE))
    told = {name for page in PAGES for name in re.findall(r"`make ([a-z]+)", text(page))}
    assert told - targets == set()


def test_every_workbench_command_that_any_page_names_is_real():
    told = {name for page in PAGES for name in re.findall(r"`workbench ([a-z]+)", text(page))}
    assert told - set(command_names()) == set()


def test_every_error_is_documented_with_its_own_exit_code():
    page = text(DOCS / "errors.md")
    for kind in user_errors():
        assert f"| {kind.exit_code} | `{kind.__name__}` |" in page
        assert kind.__doc__
    codes = [kind.exit_code for kind in user_errors()]
    assert len(set(codes)) == len(codes)


def test_the_data_dictionary_is_the_one_that_the_tables_make():
    every = [*TABLES.values(), *RESULTS.values()]
    assert text(DOCS / "data-dictionary.md") == data_dictionary(every)


def test_the_page_of_charts_is_the_one_that_the_charts_make():
    assert text(DOCS / "charts.md") == charts_page()


def test_the_page_of_charts_says_of_each_what_it_takes():
    page = text(DOCS / "charts.md")
    told = {name: set(re.findall(r"(\w+)=", taken))
            for name, taken in re.findall(r"`figures\.(\w+)\((.*)\)`", page)}
    assert {"bars", "dots", "lines", "own"} < set(told)
    assert told["dots"] == {"category", "value", "caption", "interval"}
    assert "PALETTE" in text(DOCS / "briefs.md")


def test_every_parameter_says_its_unit_or_its_reason():
    lines = text(REPOSITORY / "params.yaml").split("\n")
    sources = slice(lines.index(next(x for x in lines if x.startswith("sources:"))) + 1,
                    next(i for i, x in enumerate(lines) if x.startswith("notebooks:")))
    outside = lines[: sources.start] + lines[sources.stop:]
    keys = [line for line in outside if re.match(r"\s+[a-z_]+:.*\S", line)]
    bare = [line for line in keys
            if "#" not in line and not re.fullmatch(r"  [a-z]+:( \{\})?", line)]
    assert len(keys) > 10
    assert bare == []


def test_the_readme_and_the_decisions_keep_to_their_length():
    assert text(REPOSITORY / "README.md").count("\n") <= README_LINES_MOST
    for page in (DOCS / "decisions").glob("*.md"):
        assert text(page).count("\n") <= DECISION_LINES_MOST, page.name
        for part in ("## Context", "## Decision", "## Consequences"):
            assert part in text(page), page.name


def test_the_map_of_the_code_is_what_the_packages_say_of_themselves():
    """Every package with the first line of its docstring, floor by floor, the highest first."""
    source = REPOSITORY / "src/workbench"
    rows = re.findall(r"(?m)^\| `(\w+)` \| (.+) \|$", text(REPOSITORY / "CONTRIBUTING.md"))
    floors = [sorted(floor) for floor in reversed(FLOORS)]
    assert [name for name, _ in rows] == [name for floor in floors for name in floor]
    for name, told in rows:
        path = source / name / "__init__.py"
        docstring = ast.get_docstring(ast.parse(text(path if path.exists()
                                                     else source / f"{name}.py")))
        assert docstring is not None
        assert told == docstring.split("\n")[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_between_pages_leads_somewhere(page):
    for link in re.findall(r"\]\(([^)#]+)\)", text(page)):
        if "://" not in link:
            assert (page.parent / link).exists(), link


def test_help_is_quick_and_needs_no_heavy_import():
    code = ("import sys, workbench.cli, workbench.briefs.run; "
            "print([m for m in ('pandas', 'pyarrow', 'IPython') if m in sys.modules])")
    command = [sys.executable, "-c", code]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_the_how_to_declares_sources_that_the_workbench_can_read(tmp_path):
    blocks = re.findall(r"```yaml\n(.*?)```", text(DOCS / "your-own-data.md"), re.DOTALL)
    given = {key: part for block in blocks for key, part in yaml.safe_load(block).items()}
    params = yaml.safe_load(text(REPOSITORY / "params.yaml"))
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({**params, **given}), encoding="utf-8")
    settings = load_settings(tmp_path)
    assert set(settings.sources) == {"voters", "vote_history", "contributions", "poll"}
    for source in settings.sources.values():
        assert preset_of(source).table.name == source.table


def test_every_example_in_a_docstring_gives_what_it_says():
    names = [one.name for one in pkgutil.walk_packages(workbench.__path__, "workbench.")
             if not one.name.endswith("__main__")]
    results = {name: doctest.testmod(importlib.import_module(name)) for name in names}
    assert [name for name, one in results.items() if one.failed] == []
    assert sum(one.attempted for one in results.values()) > 100
