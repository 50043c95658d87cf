"""The quant's page on disclosure: every brief attacked with all others and the last release."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.baseline import BASELINE_FOLDER
from workbench.briefs.pages import FramedPage, set_page
from workbench.briefs.policy import Margins
from workbench.briefs.prose import stray_counts
from workbench.briefs.versions import brief_versions, release_version
from workbench.disclosure.audit import (
    EXACT,
    PUBLISHED,
    Attacked,
    Audit,
    Finding,
    audit,
    read_folder,
)
from workbench.disclosure.cells import Cell, Shown
from workbench.errors import DisclosureError
from workbench.exhibits.forms import House, plural, show
from workbench.settings import Settings
from workbench.tables import write_text

AUDIT_FILE = "data/appendix/disclosure.html"
SHOWN_FOLDER = "data/shown"
KINDS = {EXACT: "worked out exactly", PUBLISHED: "shown by the last release"}
ADVICE = (
    "A cell is pinned down by briefs that do not know of each other: name data/shown/<brief>.json "
    "of one among the deps of the other's stage in dvc.yaml, and run `dvc repro`. What the last "
    "release showed cannot be taken back; show it again, or count otherwise."
)
ADVICE_ON_WORDS = (
    "A sentence counts people openly: write its number from a protected table or measure."
)


@dataclass(frozen=True)
class Part:
    """A section of the page with a table of texts."""

    heading: str
    told: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class AuditPage(FramedPage):
    """All that the template shows."""

    advice: str
    parts: tuple[Part, ...]


def write_audit(settings: Settings) -> tuple[Audit, list[str]]:
    """Attack the briefs that are built, write the page, and return the audit and its summary.

    DisclosureError where nothing has been built that could be attacked.
    """
    found, shown = attack(settings.root)
    if not shown:
        raise DisclosureError(f"{SHOWN_FOLDER} holds no cells to attack. Run `dvc repro` first.")
    page = _page(settings, found, shown)
    write_text(settings.root / AUDIT_FILE, set_page("audit.html.j2", page) + "\n")
    return found, [page.title, page.summary, f"See {AUDIT_FILE}."]


def attack(root: Path) -> tuple[Audit, list[Shown]]:
    """Attack what the briefs that are built and the last release show; return that too."""
    shown, baseline = (read_folder(root / folder) for folder in (SHOWN_FOLDER, BASELINE_FOLDER))
    if not shown:
        return audit(shown, baseline), shown
    names = [brief.brief for brief in shown]
    return replace(audit(shown, baseline),
                   sentences=stray_counts(root, names, shown[0].profile)), shown


def _page(settings: Settings, found: Audit, shown: Sequence[Shown]) -> AuditPage:
    campaign, version = settings.campaign, release_version(brief_versions(settings))
    n, n_told = len(found.findings), len(found.sentences)
    title = (f"{plural(n, 'hidden number')} can be pinned down" if n else
             "No hidden number can be pinned down")
    told = plural(n_told, "sentence counts", "sentences count")
    title += f", and {told} people openly" * (n_told > 0)
    dated = show(campaign.as_of, "date", House())
    n_hidden = sum(brief.n_hidden for brief in found.briefs)
    return AuditPage(
        title=title,
        summary=f"{plural(n_hidden, 'hidden number')} of {plural(len(found.briefs), 'brief')} "
        "were attacked by linear programming, with all that the briefs and the last release show. "
        f"A hidden count counts as pinned down where fewer than {_least(shown)} lie between the "
        "least and the most that it can be, a hidden sum where it is known to within a half.",
        advice=" ".join([ADVICE] * (n > 0) + [ADVICE_ON_WORDS] * (n_told > 0)) or "Nothing.",
        campaign=campaign.name, marking=f"{campaign.marking}, for the quant alone",
        dated=f"As of {dated}", version=version,
        parts=(*_findings(found.findings), *_sentences(found.sentences),
               _briefs(settings.root, found.briefs), _exempt(shown)),
        facts=(("Release version", version), ("As of", dated),
               ("Build again with", "workbench audit")),
        margins=Margins(campaign.marking, campaign.name, title, version),
    )


def _findings(findings: Sequence[Finding]) -> tuple[Part, ...]:
    columns = ("Brief", "Population", "Measure", "Group", "At least", "At most", "How")
    rows = tuple(
        (one.brief, one.cell.population, one.cell.measure, _group(one.cell), f"{one.low:,.0f}",
         f"{one.high:,.0f}", KINDS.get(one.kind, "too narrow")) for one in findings)
    told = "Hidden numbers that a reader of all briefs can pin down."
    return (Part("Findings", told, columns, rows),) if rows else ()


def _sentences(sentences: Sequence[tuple[str, str]]) -> tuple[Part, ...]:
    told = "Sentences with a count of people that is under the least cell or not rounded."
    rows = tuple(sentences)
    return (Part("Sentences", told, ("Brief", "Sentence"), rows),) if rows else ()


def _briefs(root: Path, briefs: Sequence[Attacked]) -> Part:
    columns = ("Brief", "Cells", "Hidden first", "Hidden second", "Narrowest interval", "Tables",
               "Linked", "Last release")
    rows = []
    for one in briefs:
        n_second = int(_metadata(root, one.brief).get("n_hidden_second", 0))
        width = "open" if math.isinf(one.width) else f"{one.width:,.0f}"
        numbers = (one.n_cells, one.n_hidden - n_second, n_second, width, one.n_tables,
                   one.n_linked)
        if one.n_cells:
            rows.append((one.brief, *map(str, numbers), one.baseline))
    n_other = len(briefs) - len(rows)
    told = ("Hidden first: small groups, sums that few gifts make up. Hidden second: numbers that "
            f"would give those away. {plural(n_other, 'other brief')} count rows of files alone.")
    return Part("Briefs", told, columns, tuple(rows))


def _exempt(shown: Sequence[Shown]) -> Part:
    rows = tuple((brief.brief, why) for brief in shown for why in brief.exempt)
    told = "Numbers in tables and charts to which no rule was applied, with the reason given."
    return Part("Exempt", told, ("Brief", "Columns and reason"), rows)


def _metadata(root: Path, brief: str) -> dict[str, Any]:
    path = root / "data" / "executed" / f"{brief}.ipynb"
    if not path.is_file():
        return {}
    return dict(json.loads(path.read_text(encoding="utf-8")).get("metadata", {}))


def _group(cell: Cell) -> str:
    return ", ".join(f"{name} {value}" for name, value in cell.group) or "in all"


def _least(shown: Sequence[Shown]) -> int:
    return max(brief.profile.cell_min for brief in shown)
