"""Executed notebooks made by hand, without a kernel: what the page tests render."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from workbench import figures
from workbench.briefs.manifest import Manifest
from workbench.exhibits import Exhibit, open_brief
from workbench.measures import Measure
from workbench.pseudonyms import PUBLIC_SAMPLE
from workbench.settings import Campaign, Disclosure, Linkage, Sample, Settings

SCRIPT = "<script>alert(1)</script>"
PAYLOADS = (
    SCRIPT,
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "</style><script>alert(1)</script>",
    "<meta http-equiv=refresh content=0;url=https://example.org>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "' onmouseover='alert(1)",
    "]]><script>alert(1)</script>",
    "<link rel=stylesheet href=https://example.org/x.css>",
    "<base href=https://example.org/>",
)


def made_settings(root: Path = Path("."), *, name: str = "Harbour Alliance") -> Settings:
    """Settings of a made-up campaign without sources."""
    return Settings(
        root=root,
        campaign=Campaign(name, dt.date(2026, 10, 5), dt.date(2026, 11, 3), 18, "USD",
                          "Confidential"),
        disclosure=Disclosure(10, 5, 50), engine="duckdb",
        linkage=Linkage(0.99, 440, 1, 1.0, 2, PUBLIC_SAMPLE, ""),
        sample=Sample(0, 1, {}), sources={}, notebooks={},
    )


def made_manifest(brief: str = "donors", **changes: Any) -> Manifest:
    """The manifest of a made-up brief."""
    fields: dict[str, Any] = {
        "brief": brief, "title": "Donors", "version": "0123456789ab", "previous_version": "",
        "inputs": {"data/tables/donations.parquet": "ab" * 32, "notebooks/donors.ipynb":
                   "cd" * 32, "requirements.lock": "ef" * 32},
        "parameters": {"window_days": 365, "segments": ["new", "lapsed"]},
        "environment": "12" * 32,
        "disclosure": {"cell_min": 10, "rounding_base": 5, "percentage_base_min": 50},
        "as_of": "2026-10-05", "command": "dvc repro donors",
    }
    return Manifest(**{**fields, **changes})


def notebook_of(*cells: Any) -> Any:
    """An executed notebook: a text is a Markdown cell, anything else is what a cell showed."""
    made = [nbformat.v4.new_markdown_cell(cell) if isinstance(cell, str) else code_cell(cell)
            for cell in cells]
    for place, cell in enumerate(made):
        cell["id"] = f"cell-{place}"
    return nbformat.v4.new_notebook(cells=made)


def code_cell(*shown: Any, source: str = "brief.table(rows, title='Rows')  # show") -> Any:
    """A code cell that has shown exhibits."""
    bundles = [item._repr_mimebundle_() for item in shown[0]] if (
        isinstance(shown[0], list)) else [item._repr_mimebundle_() for item in shown]
    outputs = [nbformat.v4.new_output("display_data", data=bundle) for bundle in bundles]
    return nbformat.v4.new_code_cell(source, outputs=outputs)


def made_measures(title: str = "Donors") -> list[Measure]:
    """Four headline numbers, one with a range, one hidden."""
    return [
        Measure("raised", "Raised, net", 123_456_700, "money", "hundredths of the currency",
                "Gifts less refunds, each dollar counted once.", n=12_340),
        Measure("n_donors", title, 12_342, "count", "donors", "People with a gift.", n=12_342),
        Measure("repeat_share", "Gave more than once", 0.344, "share", "share of donors",
                "Higher is more loyal.", n=12_342, low=0.32, high=0.36),
        Measure("n_large", "Large donors", 4, "count", "donors", "Gave over 1,000.", n=4),
    ]


def made_finding(text: str = "") -> dict[str, str]:
    """The words of the first screen, with ``text`` in each."""
    return {
        "title": text or "A third of our donors would give again if we asked now",
        "bottom_line": text or (
            "Donors who gave in spring and were not asked since are as many as those who give "
            "regularly, and in past years one in three of them gave again within a month of "
            "being asked. Asking costs less than finding new donors."),
        "decision": text or "Approve the October appeal to lapsed donors, at 0.40 dollars each.",
    }


def region_rows(text: str = "North coast") -> pd.DataFrame:
    """Four regions as they may be shown, the last one hidden."""
    return pd.DataFrame({
        "region_name": [text, "Harbour towns", "Inland valleys of the east", "Islands"],
        "n_donors": pd.array([5210, 4120, 2230, None], dtype="Int64"),
        "donor_share": pd.array([0.42, 0.33, 0.18, None], dtype="Float64"),
        "donor_share_low": pd.array([0.40, 0.31, 0.16, None], dtype="Float64"),
        "donor_share_high": pd.array([0.44, 0.35, 0.20, None], dtype="Float64"),
        "raised_minor": pd.array([52_100_000, 41_000_000, 20_100_000, None], dtype="Int64"),
    })


def month_rows() -> pd.DataFrame:
    """A year of giving, one month hidden."""
    thousands = [120, 150, 140, 180, 0, 210, 250, 240, 310, 420, 610, 905]
    values = pd.Series(thousands, dtype="Int64").mul(10_000).replace(0, pd.NA)
    return pd.DataFrame({"month_date": pd.date_range("2025-10-01", periods=12, freq="MS"),
                         "raised_minor": values})


def chance_rows() -> pd.DataFrame:
    """Shares predicted and seen, with their intervals; the last row is hidden."""
    seen = {"seen_share": [0.08, 0.35, None], "seen_low": [0.05, 0.3, None],
            "seen_high": [0.11, 0.4, None]}
    return pd.DataFrame({"predicted_share": [0.1, 0.4, 0.8],
                         **{name: pd.array(rows, "Float64") for name, rows in seen.items()}})


def made_charts(text: str = "") -> list[Any]:
    """One chart of each kind, ``text`` in every caption."""
    brief = open_brief(made_settings())

    def caption(title: str, **labels: str) -> Any:
        return brief.caption(
            title=text or title, subtitle=text or "Individual donors, whole country, Oct 2025 "
            "to Sep 2026, n = 12,340", labels=labels,
            alt_text=text + " A chart whose first row is the longest, the last one hidden.")

    ages = pd.DataFrame({
        "age_band": ["18-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+"],
        "n_female": pd.array([400, 900, 1200, 1300, 1100, 800, None], dtype="Int64"),
        "n_male": [500, 850, 1100, 1250, 1000, 700, 300]})
    steps = pd.DataFrame({
        "step_name": ["Reported", "Refunds", "Counted twice through conduits", "Raised, net"],
        "amount_minor": [150_000_000, -12_000_000, -38_000_000, 100_000_000],
        "is_total": [True, False, False, True]})
    gifts = pd.DataFrame({"from_minor": [0, 2500, 5000, 7500], "to_minor":
                          [2500, 5000, 7500, 10_000], "n_gifts": [120, 560, 420, 40]})
    return [
        figures.bars(region_rows(text or "North coast"), category="region_name",
                     value="n_donors", caption=caption("Two regions hold most of our donors")),
        figures.dots(region_rows(), category="region_name", value="donor_share",
                     caption=caption("The north leads, and clearly so")),
        figures.lines(month_rows(), x="month_date", value="raised_minor",
                      caption=caption("Giving trebled over the summer")),
        figures.pyramid(ages, category="age_band", left="n_female", right="n_male",
                        caption=caption("Our donors are middle-aged", n_female="Women",
                                        n_male="Men")),
        figures.waterfall(steps, category="step_name", value="amount_minor", total="is_total",
                          caption=caption("A third of reported money is not ours")),
        figures.histogram(gifts, lower="from_minor", upper="to_minor", count="n_gifts",
                          caption=caption("Most gifts lie between 25 and 75 dollars")),
        figures.calibration(chance_rows(), predicted="predicted_share", seen="seen_share",
                            interval=("seen_low", "seen_high"),
                            caption=caption("Fewer gave than predicted")),
    ]


def made_notebook(text: str = "", *, with_charts: bool = True) -> Any:
    """A whole brief with ``text`` wherever data or words could carry it."""
    brief = open_brief(made_settings())
    charts = made_charts(text) if with_charts else []
    counts = pd.DataFrame({"reason": [text or "In", "Used", "Not a date"],
                           "n_rows": [12_000, 11_990, 10]})
    parts: list[Any] = [
        f"# Who gives, and who would give again? {text}\n\nGifts reported by the campaign's own "
        "system up to the day of the build. Read it before the October appeal is signed off.",
        brief.finding(**made_finding(text)),
        [brief.headline(measure) for measure in made_measures(text or "Donors")],
        f"## Where donors live {text}\n\nEach person is counted once, at the last address.",
        brief.table(region_rows(text or "North coast").rename(columns={
            "raised_minor": f"{text}raised_minor"}), title=text or "Donors by region",
            subtitle=text or "Individuals with a net gift, Oct 2025 to Sep 2026, n = 12,340"),
    ]
    for place, chart in enumerate(charts):
        parts += [f"## Question {place + 1}\n\nHow to read the picture, and what would surprise "
                  "us.", chart]
    return notebook_of(
        *parts, brief.sentence(text or "The north raised $521,000."),
        "## Rows in, used and set aside", brief.rows(counts),
        "## What this cannot tell you\n\n- Whether the same people would give by post.\n"
        f"- Gifts of those who asked to be forgotten. {text}", brief.provenance())


def one_exhibit_page(exhibit: Exhibit) -> Any:
    """The smallest notebook that makes a brief, with one exhibit in it."""
    brief = open_brief(made_settings())
    return notebook_of("# Who gives?", brief.finding(**made_finding()),
                       [brief.headline(m) for m in made_measures()], "## Part", exhibit)
