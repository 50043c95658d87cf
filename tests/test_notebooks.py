"""Notebooks keep the house shape: one question, no definitions, no outputs, no number in prose."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
import yaml

from workbench.briefs.declared import declared_parameters
from workbench.briefs.parameters import check_parameters
from workbench.briefs.strip import read_notebook
from workbench.likelihood import bare_words
from workbench.pipeline.stages import read_stages

REPOSITORY = Path(__file__).parents[1]
SHIPPED = ("check", "donors", "link", "lists", "offers", "overview", "selections", "universes",
           "voters")  # the house's own; the notebooks of a campaign are free in their length
NOTEBOOKS = [REPOSITORY / "notebooks" / f"{name}.ipynb" for name in SHIPPED]
MOST_CELLS, MOST_LINES, MOST_PARAMETERS = 25, 10, 12
FORBIDDEN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While,
             ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp)
PARAMS = yaml.safe_load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells_of(path, kind=None):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if kind in (None, cell["cell_type"])]


def tags(cell):
    return cell["metadata"].get("tags", [])


def source(cell):
    return "".join(cell["source"])


@every_notebook
def test_a_notebook_is_committed_without_outputs_or_a_kernel(path):
    text = path.read_text(encoding="utf-8")
    notebook = json.loads(text)
    assert notebook["metadata"] == {}
    for cell in cells_of(path, "code"):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@every_notebook
def test_a_notebook_asks_one_question_and_ends_with_what_it_cannot_tell(path):
    cells = cells_of(path)
    assert len(cells) <= MOST_CELLS
    assert re.match(r"# .+\?\n", source(cells[0])), "the first line is a question"
    assert sum(source(c).startswith("# ") for c in cells_of(path, "markdown")) == 1
    assert source(cells[-2]).startswith("## What this cannot tell you")
    assert tags(cells[1]) == ["parameters"]
    assert tags(cells[2]) == ["setup"]
    assert tags(cells[-1]) == ["provenance"]


@every_notebook
def test_a_code_cell_is_short_and_defines_nothing(path):
    for cell in cells_of(path, "code"):
        code = source(cell)
        if "parameters" in tags(cell):
            assert len(ast.parse(code).body) <= MOST_PARAMETERS
        else:
            assert len(code.split("\n")) <= MOST_LINES
        assert not re.search(r"^\s*[%!]", code, re.MULTILINE), "no magic"
        found = [n for n in ast.walk(ast.parse(code)) if isinstance(n, FORBIDDEN)]
        assert found == []
        if "setup" not in tags(cell):
            assert not re.search(r"\bread_|\bimport |data/", code)


@every_notebook
def test_no_number_is_typed_into_prose(path):
    for cell in cells_of(path, "markdown"):
        assert not re.search(r"\d", source(cell)), source(cell)


@every_notebook
def test_no_word_for_a_probability_is_typed_into_prose(path):
    for cell in cells_of(path, "markdown"):
        assert bare_words(source(cell)) == []


@every_notebook
def test_parameters_are_literals_with_a_unit_or_a_list_of_values(path):
    code = source(cells_of(path)[1])
    for node in ast.parse(code).body:
        assert isinstance(node, ast.Assign)
        ast.literal_eval(node.value)
        assert "  # " in code.split("\n")[(node.end_lineno or 1) - 1]


@every_notebook
def test_a_parameter_stands_in_its_notebook_and_params_yaml_only_changes_it(path):
    """What the sample's params.yaml changes are facts of its event and country, and no method."""
    declared = declared_parameters(read_notebook(path), path.stem)
    given = PARAMS["notebooks"].get(path.stem, {})
    assert check_parameters(given, declared, path.stem) == given
    assert set(given) <= {"capacity_people", "past_polling_dates"}
    if path.stem == "check":
        assert declared["source"].literal in PARAMS["sources"]


@every_notebook
def test_every_number_of_a_notebook_has_a_range_and_every_code_its_choices(path):
    for one in declared_parameters(read_notebook(path), path.stem).values():
        values = list(one.literal.values()) if isinstance(one.literal, dict) else [one.literal]
        if all(isinstance(value, int | float) for value in values) and one.name != "seed":
            assert one.low is not None, one.name
            assert one.high is not None, one.name
        if one.name.endswith(("_code", "_codes", "_column", "_channel")):
            assert one.choices, one.name


def test_the_overview_leads_to_every_brief_that_its_stage_rests_on():
    """A campaign's own notebook is on the index; on the overview once its stage is a dep there."""
    (overview,) = (stage for stage in read_stages(REPOSITORY) if stage.name == "overview")
    told = {Path(dep).stem for dep in overview.deps
            if re.fullmatch(r"reports/\w+\.json", dep)} - {"baseline"}
    text = (REPOSITORY / "notebooks" / "overview.ipynb").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\((\w+)\.html\)", text)) == told | {"index"}
    assert told >= {"donors", "link", "lists", "offers", "selections", "universes", "voters"}
