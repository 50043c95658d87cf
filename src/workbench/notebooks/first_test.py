"""The test that a new notebook begins with: its page, on a register written by hand."""

from __future__ import annotations

TEXT = '''\
"""The brief of NAME, on a register that is written by hand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
from made_built import Page
from made_campaign import make_campaign

from workbench.briefs.run import run_notebook
from workbench.intake import gather
from workbench.settings import load_settings
from workbench.tables import store

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "NAME.ipynb"


def register(**n_electors):
    """Rows of electors by town, nobody of whom votes by post."""
    towns = [town for town, n in n_electors.items() for _ in range(n)]
    rows = pd.DataFrame({"town_name": towns, "source_row": range(1, len(towns) + 1)})
    return rows.assign(voter_id=rows["source_row"].astype(str), source_name="voters",
                       first_name="Ada", last_name="Abel", is_postal_voter=False)


def page_of(root, voters, monkeypatch):
    monkeypatch.setenv("WORKBENCH_WARM", "0")
    make_campaign(root)
    shutil.copyfile(NOTEBOOK, root / "notebooks" / NOTEBOOK.name)
    gather(load_settings(root))  # every table of sources, without rows
    store.write(root, "voters", voters)
    page = run_notebook(load_settings(root), NOTEBOOK.stem, stage=NOTEBOOK.stem)
    return page.read_text(encoding="utf-8")


def test_places_are_counted_and_small_ones_hidden(tmp_path, monkeypatch):
    html = page_of(tmp_path, register(Ely=62, March=40, Over=3), monkeypatch)
    cells = [text for title, head, text in Page(html).cells
             if title == "Electors by place" and head in ("Place", "Electors")]
    assert cells == ["Ely", "60", "March", "40", "Over", "hidden"]


def test_a_campaign_without_a_register_has_its_page(tmp_path, monkeypatch):
    assert "there is nothing to list" in page_of(tmp_path, register(), monkeypatch)
'''


def test_text(name: str) -> str:
    """Return the test of a new notebook as Python."""
    return TEXT.replace("NAME", name)
