"""What the link brief shows: tables, words and headline numbers, none of them a person's."""

from __future__ import annotations

from workbench.people.folder import read_linking
from workbench.people.shown.evidence import key_table, level_table, waterfall_table, weight_table
from workbench.people.shown.measured import measured_table, measured_words
from workbench.people.shown.summary import (
    changes_told,
    estimates,
    finding,
    link_measures,
    review_told,
)
from workbench.people.shown.tables import age_table, place_table, size_table, source_table
from workbench.people.shown.words import (
    age_words,
    estimate_words,
    key_words,
    size_words,
    source_words,
    waterfall_words,
    weight_words,
)

__all__ = [
    "age_table", "age_words", "changes_told", "estimate_words", "estimates", "finding",
    "key_table", "key_words", "level_table", "link_measures", "measured_table", "measured_words",
    "place_table", "read_linking", "review_told", "size_table", "size_words", "source_table",
    "source_words", "waterfall_table", "waterfall_words", "weight_table", "weight_words",
]
