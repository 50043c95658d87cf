"""A chart of how many links there would be at each cut, and how many of them right."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.exhibits import Caption
from workbench.people.anytables.link import LinkedFiles
from workbench.tables import write_text

CUTS = np.round(np.arange(0.05, 1.0, 0.05), 2)
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body {{ font: 16px system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; }}
figure {{ margin: 0 1rem; }} .title {{ display: block; font-weight: bold; }}
td, th {{ padding: .1rem .8rem; text-align: right; }}</style></head>
<body>{chart}</body></html>
"""
LINKS, RIGHT = "links", "right, by the model"


def links_by_cut(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return two rows a cut of CUTS: ``link_probability``, ``what``, ``n_links``.

    ``pairs`` are the likeliest link of each row and the near misses. Links are those of at
    least that probability; right are as many of them as their probabilities add up to.
    """
    likely = pairs["link_probability"].to_numpy(dtype=float)
    above = [likely[likely >= cut] for cut in CUTS]
    rows = [(cut, what, n) for cut, found in zip(CUTS, above, strict=True)
            for what, n in ((LINKS, len(found)), (RIGHT, round(float(found.sum()))))]
    return pd.DataFrame(rows, columns=["link_probability", "what", "n_links"])


def write_chart(linked: LinkedFiles, files: Sequence[str], out: Path) -> None:
    """Write a page with the chart and its numbers. It shows nothing of anybody.

    Where no estimate can be given, how many are right is not drawn.
    """
    from workbench.figures import lines  # it takes a second to load

    rows = links_by_cut(linked.pairs)
    rows = rows[rows["what"] == LINKS] if linked.doubts else rows
    n = int((linked.pairs["what"] == "linked").sum())
    title = (f"{n:,} pairs are linked, from {linked.cut:.0%} on" if linked.cut < 1
             else "No pair is likely enough to link")
    chart = lines(
        rows, x="link_probability", value="n_links", series="what",
        caption=Caption(
            title, f"Likely pairs by their least probability; {' and '.join(files)}",
            f"Two falling lines by the least probability of a link, from {CUTS[0]:.0%} to "
            f"{CUTS[-1]:.0%}: pairs that would be linked, and how many of them right.",
            {"link_probability": "At least", "what": "What", "n_links": "Pairs"}))
    write_text(out, PAGE.format(title=escape(title), chart=chart.html))
