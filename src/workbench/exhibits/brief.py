"""The brief that a notebook writes: every call gives one exhibit to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from types import MappingProxyType
from typing import Any

import pandas as pd

from workbench.disclosure import protect_measure, refuse_unprotected, rounded_count
from workbench.errors import BriefError
from workbench.exhibits.charts import Caption
from workbench.exhibits.exhibit import Exhibit, Exhibits, nothing, said
from workbench.exhibits.forms import House, first_words
from workbench.exhibits.lab import tell_what_a_build_takes
from workbench.exhibits.polls import Poll
from workbench.exhibits.tables import (
    Dress,
    figure_html,
    is_all_hidden,
    notes_html,
    scrolling,
    table_html,
)
from workbench.exhibits.tiles import likelihood_html, tile_html
from workbench.measures import Measure
from workbench.pipeline.reads import hold_to_declared
from workbench.settings import Disclosure, Settings

MOST_BOTTOM_LINE_WORDS = 60
MOST_TITLE_WORDS = 20


@dataclass(frozen=True)
class Brief:
    """A brief in the making. Each method returns what a cell shows; none keeps anything."""

    profile: Disclosure
    house: House

    def finding(
        self, *, title: str, bottom_line: str, decision: str,
        stop: Mapping[str, str] = MappingProxyType({}),
        changes: Sequence[Mapping[str, str]] = (),
    ) -> Exhibit:
        """Lead with the finding: title, bottom line (60 words at most), the decision asked.

        ``stop`` is what ends the run once the page is written: the kind of ``error``, and its
        ``message``. ``changes`` of a file, each with column_name and words, are handed on to
        the overview.

        What is longer is cut, since names in it come from data. BriefError where one is empty.
        """
        _refuse_empty({"title": title, "bottom_line": bottom_line, "decision": decision})
        title = first_words(title, MOST_TITLE_WORDS)
        bottom_line = first_words(bottom_line, MOST_BOTTOM_LINE_WORDS)
        data: dict[str, Any] = {"title": title, "bottom_line": bottom_line, "decision": decision}
        data |= {"stop": dict(stop)} if stop else {}
        data |= {"changes": [dict(change) for change in changes]} if changes else {}
        html = (f"<h2>{escape(title)}</h2><p>{escape(bottom_line)}</p>"
                f"<p><strong>Decision asked for:</strong> {escape(decision)}</p>")
        return Exhibit("finding", html, data)

    def headline(self, measure: Measure) -> Exhibit:
        """Show a number on the first screen, protected by the disclosure profile."""
        return self._tile(protect_measure(measure, self.profile))

    def _tile(self, shown: Measure) -> Exhibit:
        _refuse_bare_probability(shown)
        return Exhibit("headline", tile_html(shown.as_json(), self.house), shown.as_json())

    def headlines(self, measures: Sequence[Measure]) -> Exhibits:
        """Show several headline numbers, in this order.

        Where one of them counts people and is hidden, no other says that it rests on as many.
        """
        shown = [protect_measure(measure, self.profile) for measure in measures]
        hidden = {rounded_count(measure.value, self.profile)
                  for measure, one in zip(measures, shown, strict=True)
                  if measure.is_about_people and measure.form == "count" and one.value is None}
        return Exhibits([self._tile(replace(one, n=None) if one.n in hidden else one)
                         for one in shown])

    def sentence(self, text: str) -> Exhibit:
        """Show a sentence that code has written, as a paragraph."""
        _refuse_empty({"text": text})
        return said(text)

    def likelihood(self, measure: Measure) -> Exhibit:
        """Show a probability as number, range and word; the page then prints the scale of words.

        BriefError for a measure that is no probability, or has no range.
        """
        if measure.form != "probability":
            raise BriefError(f"'{measure.name}' is no probability but a {measure.form}. Show it "
                             "as a headline or in a table.")
        _refuse_bare_probability(measure)
        shown = protect_measure(measure, self.profile)
        return Exhibit("likelihood", likelihood_html(shown, self.house), shown.as_json())

    def poll(self, poll: Poll) -> Exhibit:
        """Quote a poll: the eleven items of its disclosure (AAPOR)."""
        return Exhibit("poll", poll.html, {"title": poll.title})

    def table(
        self,
        frame: pd.DataFrame,
        *,
        title: str,
        subtitle: str = "",
        forms: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Exhibit:
        """Show a table of protected numbers: one row a row of ``frame``.

        ``forms`` and ``labels`` say how a column prints and what heads it, where its name
        does not tell. A missing number is a hidden one and prints as such, with a note. A
        table without rows, or that hides all, is a sentence; of a long one the first rows stand.
        DisclosureError in a build where a number was not protected.
        """
        _refuse_empty({"title": title})
        refuse_unprotected(frame, title)
        dress = Dress(self.house, forms or {}, labels or {})
        table = scrolling(table_html(frame, dress), title) + notes_html(frame, dress)
        if not len(frame):
            return said(f"{title}: there is nothing to list.")
        if is_all_hidden(frame, dress):
            return said(f"{title}: too few people stand behind each number to show one.")
        html = figure_html(title, subtitle, table, kind="table")
        return Exhibit("table", html, {"title": title, "subtitle": subtitle})

    def rows(self, frame: pd.DataFrame, *, is_told: bool = False) -> Exhibit:
        """Show rows in, used and set aside: exact, since they count rows of files, not people.

        The notebook's own heading is its title. ``is_told``: the sentence before it says so
        where there is no row, and nothing stands here.
        """
        if not len(frame):
            return nothing() if is_told else said("There is nothing to list.")
        dress = Dress(self.house, is_exact=True)
        table = scrolling(table_html(frame, dress), "Rows of files") + notes_html(frame, dress)
        html = f'<figure class="table">{table}</figure>'
        return Exhibit("rows", html, {"n_rows": len(frame)})

    def caption(
        self, *, title: str, subtitle: str, alt_text: str,
        labels: Mapping[str, str] | None = None,
    ) -> Caption:
        """Return the words of a chart, for a house chart of workbench.figures."""
        return Caption(title, subtitle, alt_text, labels or {}, self.house)

    def provenance(self) -> Exhibit:
        """End the brief: the page puts its version, inputs and parameters here."""
        html = "<p>Version, inputs and parameters stand here in the finished brief.</p>"
        return Exhibit("provenance", html, {})


def open_brief(
    settings: Settings, *, reads: Iterable[str] = (), rests_on: Iterable[str] = (),
    uses: Iterable[str] = (),
) -> Brief:
    """Return the brief that a notebook writes under these settings.

    What it is told is what the notebook declares, and `workbench pipeline` writes its stage
    from it: ``reads`` names tables, and files by their paths below the campaign's folder;
    ``rests_on`` names stages of whose sources the page tells what arrived; ``uses`` names keys
    of params.yaml besides campaign, disclosure and its own. A build refuses a table that is
    not declared (SettingsError, StorageError).

    In JupyterLab it says which parameters a build would take otherwise.
    """
    hold_to_declared(settings.root, reads)
    tell_what_a_build_takes(settings)
    profile = settings.disclosure
    return Brief(profile, House(settings.campaign.currency_code, profile.cell_min))


def _refuse_empty(texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        if not text.strip():
            raise BriefError(f"The brief's {name} is empty. Say it in words.")


def _refuse_bare_probability(measure: Measure) -> None:
    has_range = measure.low is not None and measure.high is not None
    if measure.form == "probability" and measure.value is not None and not has_range:
        raise BriefError(f"The probability '{measure.name}' has no range. Give it low and high: "
                         "a number alone sounds surer than anybody is.")
