"""Who follows docs/briefs.md comes to a page: its blocks as printed, in their order, build one."""

from __future__ import annotations

import inspect
import json
import re

import pandas as pd
import pytest
from made_built import Page
from made_docs import REPOSITORY, blocks
from made_new import NAME, electors, make_without_sources
from test_notebooks import test_a_code_cell_is_short_and_defines_nothing as keep_the_law

from workbench.briefs.run import run_notebook
from workbench.dvcfile import write_pipeline
from workbench.exhibits import Brief
from workbench.measures import Measure
from workbench.notebooks import make_notebook
from workbench.settings import load_settings
from workbench.tables import store

GUIDE = (REPOSITORY / "docs/briefs.md").read_text(encoding="utf-8")
CODE = [block.text.rstrip("\n") for block in blocks("python") if block.page == "briefs.md"]
BY_WAY = {"in_person": 120, "post": 75, "early": 4, "did_not": 200}


def history():
    """A vote history: the last election by way, and one before it, which must not count."""
    ways = [way for way, n in BY_WAY.items() for _ in range(n)]
    last = pd.DataFrame({"voted_code": ways, "election_date": pd.Timestamp("2022-11-08"),
                         "election_name": "National 2022"})
    older = last.head(50).assign(election_date=pd.Timestamp("2018-11-06"),
                                 election_name="National 2018")
    rows = pd.concat([last, older], ignore_index=True)
    return rows.assign(source_name="history", source_row=range(1, len(rows) + 1),
                       voter_id=[str(number) for number in range(len(rows))])


def follow_the_guide(root):
    """Make the notebook, and put in what the guide prints where the guide says."""
    make_notebook(root, NAME)
    path = root / "notebooks" / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    first, opens, *others = CODE
    cells = notebook["cells"]
    setup = "".join(cells[2]["source"])
    assert opens.startswith("brief = open_brief(")
    setup = re.sub(r"(?m)^brief = open_brief\(.*\)$", lambda _: opens, setup)
    cells[2]["source"] = f"{setup}\n{first}".splitlines(keepends=True)
    cells[-2:-2] = [{**cells[3], "id": f"guide-{number}", "source": text.splitlines(keepends=True)}
                    for number, text in enumerate(others)]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    write_pipeline(root)
    return path


@pytest.fixture
def campaign(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_WARM", "0")
    (tmp_path / "data/code").mkdir(parents=True)
    return make_without_sources(tmp_path)


def page_of(root):
    page = run_notebook(load_settings(root), NAME, stage=NAME)
    return page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_blocks_of_the_guide_build_the_page_that_it_promises(campaign):
    store.write(campaign, "voters", electors(Ely=62, March=40, Over=3))
    store.write(campaign, "vote_history", history())
    keep_the_law(follow_the_guide(campaign))
    html = page_of(campaign)
    cells = [text for title, _, text in Page(html).cells if "at the last election" in title]
    assert cells == ["early", "hidden", "in person", "120", "post", "75"]
    assert "People who chose the most usual way: 120." in html
    assert "How people voted last time" in html
    assert "likely" in html
    assert "data/received/vote_history.json" in html


@pytest.mark.slow
def test_the_blocks_of_the_guide_build_without_a_source(campaign):
    follow_the_guide(campaign)
    html = page_of(campaign)
    assert html.count("there is nothing to list") == 2


def table_below(heading):
    part = GUIDE.split(f"| {heading} |")[1].split("\n\n")[0]
    return [line.split("|")[1] for line in part.splitlines()[2:]]


def test_the_guide_has_every_exhibit():
    told = {name for cell in table_below("Call | Shows")
            for name in re.findall(r"`brief\.(\w+)", cell)}
    assert told == {name for name, _ in inspect.getmembers(Brief, inspect.isfunction)
                    if not name.startswith("_")}


def test_the_guide_has_every_field_of_a_measure():
    told = {name for cell in table_below("Field of `Measure` | What it is")
            for name in re.findall(r"`(\w+)`", cell)}
    assert told == set(inspect.signature(Measure).parameters)


def test_a_table_of_the_guide_has_cells_as_many_as_its_head():
    """Two tables once ran into each other."""
    for rows in re.findall(r"(?m)(?:^\|.*\|\n)+", GUIDE):
        widths = {len(re.sub(r"`[^`]*`", "", row).split("|")) for row in rows.splitlines()}
        assert len(widths) == 1, rows
