"""A campaign's folder with one small notebook in it, for tests that run notebooks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from made_key import own_key

PARAMS = own_key("""\
campaign:
  name: Harbour Alliance
  as_of: 2026-10-05
  polling_date: 2026-11-03
  voting_age_years: 18
  currency_code: USD
  marking: Confidential
disclosure: {cell_min: 10, rounding_base: 5, percentage_base_min: 50}
engine: duckdb
linkage: {precision_min: 0.99, n_review_pairs: 440, seed: 1, memory_limit_gb: 2,
          n_threads: 2, key_name: public_sample, key_fingerprint: 6f2b940bdb97}
sample: {n_people: 100, seed: 1, difficulty: {}}
sources: {}
notebooks:
  count:
    n_rows: 40
""")
PIPELINE = """\
stages:
  count:
    cmd: workbench run count
    deps: [notebooks/count.ipynb]
    outs: [reports/count.html]
"""
PARAMETERS = "n_rows = 10  # rows\nshare = 0.5\nkind = 'gift'\nis_new = False\ncodes = ['a']"
SETUP = """\
import pandas as pd
from workbench.exhibits import open_brief
from workbench.measures import Measure
from workbench.settings import load_settings
brief = open_brief(load_settings())
def measure(name, value):
    return Measure(name, name, value, "count", "rows", "Rows.", is_about_people=False)"""
SHOW = """\
brief.headlines([measure("n_first", n_rows), measure("n_second", 2), measure("n_third", 3)])"""
FINDING = "brief.finding(title='There are rows', bottom_line='Rows are there.', decision='None.')"
TABLE = "brief.rows(pd.DataFrame({'n_rows': [n_rows]}))"


def code_cell(number: int, source: str, *tags: str) -> dict[str, Any]:
    """A code cell as Jupyter saves it, never run."""
    metadata = {"tags": list(tags)} if tags else {}
    return {"cell_type": "code", "id": f"c{number}", "metadata": metadata,
            "source": source, "outputs": [], "execution_count": None}


def make_notebook(*sources: str, parameters: str = PARAMETERS) -> dict[str, Any]:
    """A notebook with a question, a parameters cell, a setup cell and ``sources``."""
    question = {"cell_type": "markdown", "id": "c1", "metadata": {}, "source": "# How many?"}
    shown = sources or (FINDING, SHOW, TABLE, "brief.provenance()")
    cells = [question, code_cell(2, parameters, "parameters"), code_cell(3, SETUP, "setup")]
    cells += [code_cell(number, source) for number, source in enumerate(shown, start=4)]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def write_notebook(root: Path, name: str, notebook: dict[str, Any]) -> Path:
    """Write a notebook into the campaign's notebooks/."""
    path = root / "notebooks" / f"{name}.ipynb"
    path.write_text(json.dumps(notebook, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return path


def make_campaign(root: Path) -> Path:
    """Make ``root`` a campaign's folder with the notebook ``count``; return it."""
    (root / "notebooks").mkdir(parents=True)
    (root / "params.yaml").write_text(PARAMS, encoding="utf-8")
    (root / "dvc.yaml").write_text(PIPELINE, encoding="utf-8")
    write_notebook(root, "count", make_notebook())
    return root
