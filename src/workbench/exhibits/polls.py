"""A poll that a brief quotes: who asked whom, when and how; without it no poll is quoted."""

from __future__ import annotations

from dataclasses import dataclass, fields
from html import escape

from workbench.errors import BriefError

LABELS = {
    "strategy": "How data were collected",
    "sponsor": "Who paid for it and who did it",
    "wording": "What was asked, word for word",
    "population": "Whom it stands for",
    "sample": "How respondents were found",
    "mode": "How they were asked, and in which languages",
    "dates": "When",
    "precision": "How many answered, and how precise it is",
    "weighting": "How it was weighted",
    "processing": "How data were checked and processed",
    "limitations": "What limits it",
}


@dataclass(frozen=True)
class Poll:
    """The eleven items that must be disclosed with a poll's findings at once.

    By the Code of Professional Ethics and Practices of the American Association for Public
    Opinion Research (AAPOR, 2021), part III, in its order. BriefError names those left empty:
    "not weighted" is an answer, nothing is not.
    """

    title: str
    strategy: str
    sponsor: str
    wording: str
    population: str
    sample: str
    mode: str
    dates: str
    precision: str
    weighting: str
    processing: str
    limitations: str

    def __post_init__(self) -> None:
        """Refuse a poll of which a reader could not judge what it is worth."""
        empty = [part.name for part in fields(self) if not getattr(self, part.name).strip()]
        if empty:
            raise BriefError(
                f"{len(empty)} of the items that a quoted poll discloses are empty: "
                f"{', '.join(empty)}. Ask whoever made the poll, or do not quote it."
            )

    @property
    def html(self) -> str:
        """The items as a list of terms under the poll's name, on the screen and on paper."""
        items = "".join(f"<dt>{label}</dt><dd>{escape(getattr(self, name))}</dd>"
                        for name, label in LABELS.items())
        return (f'<figure class="poll"><figcaption><span class="title">How the poll was made: '
                f'{escape(self.title)}</span></figcaption><dl class="facts">{items}</dl></figure>')
