"""What the drawings of a page give away: bars are measured, as an attacker would measure them."""

from __future__ import annotations

import json
import re

import pyarrow.parquet as pq
import pytest

from workbench.intake import fill_shown
from workbench.intake.quality import Quality
from workbench.settings import Disclosure

PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)
NUMBER = r"(-?[0-9]+(?:\.[0-9]+)?)"


def quality_of(n_rows, filled):
    """A source's quality of which nothing but its columns is asked."""
    columns = [{"column_name": name, "n_filled": n, "n_rows": n_rows}
               for name, n in filled.items()]
    return Quality(**dict.fromkeys(Quality.__dataclass_fields__) | {
        "columns": columns, "rows": {"n_accepted": n_rows}, "source_name": "s"})


def shares(n_rows, filled):
    return fill_shown(quality_of(n_rows, filled), PROFILE).set_index("column_name")["filled_share"]


@pytest.mark.parametrize("n_rows", [50, 137, 1000, 20_000])
def test_a_column_that_a_few_fill_or_lack_cannot_be_told_from_one_that_nobody_does(n_rows):
    told = shares(n_rows, {f"c{n}": n for n in range(10)} | {
        f"l{n}": n_rows - n for n in range(10)})
    assert set(told[:10]) == {0.0}
    assert set(told[10:]) == {1.0}
    assert shares(n_rows, {"c": n_rows // 2})["c"] == pytest.approx(0.5, abs=0.05)


def test_of_few_rows_no_share_is_told():
    assert shares(49, {"a": 49, "b": 20, "c": 0}).isna().all()


@pytest.mark.parametrize("n_rows", [200, 1_000, 20_000])
def test_somebody_who_left_leaves_few_traces(n_rows):
    """Every column in turn had their value: of hundred columns few differ by it."""
    counts = {f"c{n}": 10 + (n_rows - 20) * n // 100 for n in range(100)}
    had = shares(n_rows - 1, {name: n - 1 for name, n in counts.items()})
    had_not = shares(n_rows - 1, counts)
    assert int((had != had_not).sum()) <= 25  # drawn exactly, all of them differ


def bars_of(page):
    """The lengths of the bars of the first drawing of the chart on columns, by their label."""
    drawing = next(part for part in re.findall(r"<figure class=\"chart\">.*?</figure>", page, re.S)
                   if "hold a value" in part)
    svg = re.search(r"<svg.*?</svg>", drawing, re.S)[0]
    ends = []
    for path in re.findall(r'<path d="(M[^"]*z)"[^>]*fill="#12406e"', svg):
        across = [float(x) for x, _ in re.findall(rf"[ML]\s*{NUMBER}[ ,]{NUMBER}", path)]
        ends.append(max(across) - min(across))
    return ends


@pytest.mark.slow
def test_the_bars_of_a_quality_brief_do_not_count_what_people_have(built):
    """Measured to a tenth of a unit, they say whole percentages and nothing finer."""
    page = (built / "reports/quality/voters.html").read_text(encoding="utf-8")
    lengths = bars_of(page)
    accepted = pq.read_table(built / "data/accepted/voters.parquet")
    n_rows, columns = len(accepted), read_columns(built)
    assert len(lengths) == len(columns) > 10
    found = [round(one / max(lengths) * n_rows) for one in lengths]
    true = [n_rows - accepted[name].null_count for name in columns]
    open_ones = [(guess, n) for guess, n in zip(found, true, strict=True)
                 if 0 < n < n_rows]
    assert len(open_ones) >= 3
    assert sum(guess == n for guess, n in open_ones) <= len(open_ones) / 3
    assert all(guess in (0, n_rows) for guess, n in open_ones if min(n, n_rows - n) < 10)


def read_columns(root):
    """The columns in the order of the chart, from what the stage left."""
    quality = json.loads((root / "data/quality/voters.json").read_text(encoding="utf-8"))
    return [one["column_name"] for one in quality["columns"]]
