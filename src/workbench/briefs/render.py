"""Render an executed notebook as a self-contained page: the only importer of nbconvert."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from jinja2 import Environment
from markupsafe import Markup
from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets.config import Config

from workbench.baseline import read_baseline
from workbench.briefs.blocks import (
    Arrived,
    received_facts,
    scale_of_words,
    what_arrived,
    what_lacks,
)
from workbench.briefs.changed import change_blocks, changed_tiles
from workbench.briefs.manifest import Manifest
from workbench.briefs.policy import (
    TEMPLATE,
    Margins,
    content_policy,
    page_script,
    page_style,
    print_style,
)
from workbench.briefs.render_cells import (
    Section,
    Sorted,
    exhibit_html,
    sort_cells,
    tell_which_cell,
)
from workbench.briefs.render_text import code_html, markdown_html
from workbench.briefs.words import refuse_typed_words
from workbench.errors import BriefError
from workbench.exhibits.forms import House, show
from workbench.settings import Settings

SHOWN_DIGITS = 12


class PageExporter(TemplateExporter):
    """nbconvert with our own template, in which every text is escaped unless marked as HTML."""

    output_mimetype = "text/html"

    @property
    def default_config(self) -> Config:
        """Run no preprocessor: the notebook is shown as it was executed."""
        return Config({"TagRemovePreprocessor": {"enabled": False},
                       "RegexRemovePreprocessor": {"enabled": False}})

    def _file_extension_default(self) -> str:
        return ".html"

    def _create_environment(self) -> Environment:
        environment = super()._create_environment()
        environment.autoescape = True
        return environment


@dataclass(frozen=True)
class Page:
    """All that the template shows, apart from the notebook's own cells."""

    title: str
    question: str
    bottom_line: str
    decision: str
    campaign: str
    marking: str
    dated: str
    version: str
    is_trial: bool
    home: str
    tiles: tuple[Markup, ...]
    meanings: tuple[tuple[str, str], ...]
    lacks: tuple[tuple[str, str], ...]
    blocks: tuple[tuple[str, tuple[str, ...]], ...]
    sections: tuple[Section, ...]
    arrived: Arrived | None
    scale: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]
    styles: tuple[Markup, ...]
    script: Markup
    policy: str


def render_brief(notebook: Any, manifest: Manifest, settings: Settings) -> str:
    """Return the brief as one HTML file that loads nothing and holds no code of the notebook.

    The same notebook and manifest give the same bytes. BriefError where the notebook does
    not make a brief.
    """
    return _render(notebook, manifest, settings, is_appendix=False)


def render_appendix(notebook: Any, manifest: Manifest, settings: Settings) -> str:
    """Return the quant's appendix: the brief with its code, not for passing on."""
    return _render(notebook, manifest, settings, is_appendix=True)


def _render(
    notebook: Any, manifest: Manifest, settings: Settings, *, is_appendix: bool
) -> str:
    refuse_typed_words(notebook, brief=manifest.brief)
    cells = sort_cells(notebook, brief=manifest.brief)
    page = _page(cells, manifest, settings, is_appendix=is_appendix)
    exporter = _exporter("appendix.html.j2" if is_appendix else "brief.html.j2")
    shown = partial(exhibit_html, brief=manifest.brief, is_appendix=is_appendix)
    exporter.environment.filters["exhibit"] = shown
    try:
        html, _ = exporter.from_notebook_node(cells.notebook, {"page": page})
    except BriefError as error:
        tell_which_cell(cells.notebook, error, brief=manifest.brief)
    return str(html)


@cache
def _exporter(template: str) -> PageExporter:
    return PageExporter(
        extra_template_basedirs=[str(TEMPLATE.parent)],
        template_name=TEMPLATE.name,
        template_file=template,
        filters={"markdown": markdown_html, "highlighted": code_html, "exhibit": exhibit_html},
    )


def _page(
    cells: Sorted, manifest: Manifest, settings: Settings, *, is_appendix: bool
) -> Page:
    campaign, finding = settings.campaign, cells.finding
    house = House(campaign.currency_code, settings.disclosure.cell_min)
    baseline = read_baseline(settings.root)
    marking = f"Trial: {campaign.marking}" if manifest.is_trial else campaign.marking
    margins = Margins(marking, campaign.name, finding["title"], manifest.version)
    styles = (page_style(), print_style(margins))
    arrived, scale = what_arrived(manifest.received), scale_of_words(cells.notebook)
    return Page(
        title=finding["title"], question=cells.question or manifest.title,
        bottom_line=finding["bottom_line"], decision=finding["decision"],
        campaign=campaign.name, marking=marking, is_trial=manifest.is_trial,
        dated=f"As of {_day(manifest.as_of)}", version=manifest.version,
        home=_home(manifest) * (not is_appendix),
        tiles=changed_tiles(cells.headlines, manifest.brief, baseline, house),
        meanings=tuple((str(h["title"]), str(h["meaning"])) for h in cells.headlines
                       if h["value"] is not None),
        lacks=what_lacks(manifest.received),
        blocks=change_blocks(cells.headlines, manifest, baseline, house),
        sections=(*cells.sections, *_machine_sections(arrived, scale)),
        arrived=arrived, scale=scale, facts=_facts(manifest),
        inputs=tuple((p, d[:SHOWN_DIGITS]) for p, d in sorted(manifest.inputs.items())),
        styles=tuple(Markup(style) for style in styles), script=Markup(page_script()),
        policy=content_policy(styles, (page_script(),)),
    )


def _machine_sections(arrived: Arrived | None, scale: tuple[Any, ...]) -> tuple[Section, ...]:
    """Return the sections that end a brief without a notebook's writing them."""
    sections = ((arrived, Section("arrived", "What arrived, and what was set aside")),
                (scale, Section("scale", "What the words for probabilities mean")))
    return tuple(section for is_there, section in sections if is_there)


def _facts(manifest: Manifest) -> tuple[tuple[str, str], ...]:
    """Return what the imprint says, name and text, in the order of the manifest."""
    return (
        ("Brief", manifest.brief),
        ("Version", manifest.version),
        ("Previous version", manifest.previous_version or "none"),
        ("As of", _day(manifest.as_of)),
        *received_facts(manifest.received),
        ("Parameters", _pairs(manifest.parameters)),
        ("Environment", manifest.environment[:SHOWN_DIGITS] or "not locked"),
        ("Disclosure profile", _pairs(manifest.disclosure)),
        ("Build again with", manifest.command),
    )


def _pairs(mapping: Mapping[str, Any]) -> str:
    texts = (f"{name} = {json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)}"
             for name, value in sorted(mapping.items()))
    return "; ".join(texts) or "none"


def _home(manifest: Manifest) -> str:
    """Return the way to the list of briefs; a trial is on none."""
    return "" if manifest.is_trial else "../" * manifest.brief.count("/") + "index.html"


def _day(as_of: str) -> str:
    return show(as_of, "date", House()) if as_of else "not dated"
