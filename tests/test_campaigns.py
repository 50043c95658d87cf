"""Any campaign builds: a few of the matrix; benchmarks/campaigns.py builds the whole."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
N_PEOPLE = 300
QUICK = ("donors_ten", "ten_electors")
CELLS = ("only_appeals_sent", "only_polls", "donors_one", "polling_three_years_later",
         "one_row_each")
WHOLE = ("nothing", "donors_eighty", "only_voters", "federal_layout", "names_arabic",
         "blank_some_5")


@pytest.fixture(scope="module")
def matrix():
    """The benchmark's module."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return importlib.import_module("campaigns")
    finally:
        sys.path.remove(str(BENCHMARKS))


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A folder for all campaigns of these tests: they share a sample, and what stages made."""
    return tmp_path_factory.mktemp("campaigns")


def failures(matrix, work, name, *, is_cells):
    """What failed in one campaign, a line each."""
    made = next(made for made in matrix.campaigns() if made.name == name)
    return matrix.Matrix(work, N_PEOPLE, is_cells=is_cells).build(made)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow)
                                            for name in CELLS)])
def test_every_notebook_runs_to_its_end_for_a_campaign_of_few_files(matrix, work, name):
    assert failures(matrix, work, name, is_cells=True) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", WHOLE)
def test_a_campaign_builds_to_its_index_and_shows_nothing_empty(matrix, work, name):
    assert failures(matrix, work, name, is_cells=False) == []


@pytest.mark.slow
def test_the_matrix_blanks_every_column_that_a_table_may_do_without(matrix):
    made = importlib.import_module("campaigns_made")
    n_optional = sum(len(made.optional_columns(source)) for source in made.LAYOUTS)
    blank = [one for one in matrix.campaigns() if one.name.startswith("blank_")]
    assert sum(len(one.alters) for one in blank) == 3 * n_optional > 500
    assert len({one.name for one in matrix.campaigns()}) == len(matrix.campaigns())


@pytest.mark.parametrize(("keeps", "kept"), [(0, 0), (20, 95), (-20, 5)])
def test_a_blank_column_is_blank_in_all_some_or_most_rows_and_nothing_else_is(
    matrix, keeps, kept
):
    made = importlib.import_module("campaigns_made")
    lines = ["area,name,type", *(f"PD{n},Place {n},PD" for n in range(100))]
    text = "\n".join(lines) + "\n"
    out = made.blanked("area_name", keeps)(text.encode(), made.LAYOUTS["areas"]).decode()
    rows = [line.split(",") for line in out.splitlines()[1:]]
    assert sum(bool(row[1]) for row in rows) == kept
    assert [row[::2] for row in rows] == [line.split(",")[::2] for line in lines[1:]]
