"""Counts of people in the sentences of a page, which no rule of disclosure control has seen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

from workbench.settings import Disclosure

PEOPLE = ("canvasser", "donor", "elector", "giver", "home", "household", "people", "person",
          "respondent", "supporter", "voter")
_COUNT = re.compile(
    rf"(?<![\d.,\u2212\u2013$£€-])(\d[\d,]*)[ \u00a0](?:{'|'.join(PEOPLE)})s?\b", re.IGNORECASE)
_SENTENCES = {"p", "li", "h1", "h2", "h3", "figcaption", "desc", "dd"}
_SILENT = {"table", "script", "style"}


def counts_told(page: str, profile: Disclosure) -> list[str]:
    """Return the sentences of a page with a count of people that is not as one may be shown.

    That is one under the least cell, or one that is not rounded. Tables and charts are left to
    the rules that their numbers went through.
    """
    return [text for text in sentences_of(page)
            if any(_is_stray(number, profile) for number in _COUNT.findall(text))]


def stray_counts(
    root: Path, briefs: Sequence[str], profile: Disclosure
) -> tuple[tuple[str, str], ...]:
    """Return the brief and sentence of every such count on the pages that are built."""
    paths = {brief: root / "reports" / f"{brief}.html" for brief in briefs}
    return tuple((brief, text) for brief, path in paths.items() if path.is_file()
                 for text in counts_told(path.read_text(encoding="utf-8"), profile))


def sentences_of(page: str) -> list[str]:
    """Return the texts of paragraphs, headings and captions, also those of drawings, in order."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    texts = (" ".join(text.split()) for text in reader.texts)
    return [text for text in texts if text]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[str] = []
        self._n_silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._n_silent += tag in _SILENT
        if tag in _SENTENCES and not self._n_silent:
            self._open.append(tag)
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._n_silent -= tag in _SILENT
        if self._open and tag == self._open[-1]:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and not self._n_silent:
            self.texts[-1] += data


def _is_stray(number: str, profile: Disclosure) -> bool:
    n = int(number.replace(",", ""))
    return 0 < n < profile.cell_min or n % profile.rounding_base != 0
