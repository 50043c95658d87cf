"""What a list is for, what the gate decides by, and what it answers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from workbench.errors import ListRefused, nearest_name
from workbench.settings import Source
from workbench.tables.codes import CHANNELS, USE_CODES, codes_that
from workbench.tables.objections import SUPPRESSION_REASONS

LIST_CHANNELS = codes_that(CHANNELS, "is_of_lists")
VOTING_AGE_LEAST_YEARS = 16

# A held-back person is counted once, under the first of these that applies.
REASONS = (
    "unknown_person", *SUPPRESSION_REASONS, "objection_unread", "number_closed",
    "no_usable_contact", "minor", "no_consent", "source_undeclared", "source_expired",
    "use_not_permitted",
)


UNREAD_COLUMNS = ["source_name", "source_row", "raw_text"]


@dataclass(frozen=True)
class Purpose:
    """What a list is for.

    ``list_name`` is the file's name without its ending; ``as_of`` is the day on which the
    gate is applied; telephone numbers are read as dialled from ``country_code``. Raises
    ListRefused for a name, channel, use or age that cannot be.
    """

    list_name: str
    channel_code: str
    use_code: str
    as_of: dt.date
    polling_date: dt.date
    voting_age_years: int
    country_code: str = ""

    def __post_init__(self) -> None:
        """Refuse what no list can be for, so that a slip of the pen opens nothing."""
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", self.list_name):
            raise ListRefused(
                "list_name cannot name a file. Use lower-case letters, digits and '_', a "
                "letter first, 64 at the most."
            )
        _refuse_stranger("channel_code", self.channel_code, LIST_CHANNELS)
        _refuse_stranger("use_code", self.use_code, USE_CODES)
        if self.voting_age_years < VOTING_AGE_LEAST_YEARS:
            raise ListRefused(
                f"voting_age_years of list '{self.list_name}' is {self.voting_age_years}. "
                f"Give the age at which people vote, {VOTING_AGE_LEAST_YEARS} or more."
            )


@dataclass(frozen=True)
class Evidence:
    """Everything that the gate decides by.

    ``suppressions``: the canonical table plus ``person_id``, missing where the entry was not
    linked to anybody. ``consents``: one row one consent or its refusal, with ``person_id``,
    ``channel_code`` (text or email), ``phone``, ``email``, ``has_consented``,
    ``consent_date``. ``people``: one row a person that the campaign knows, with ``person_id``,
    ``birth_date``, ``birth_year``. ``sources``: those of params.yaml. ``forbidden_uses``:
    source name to the use codes that its terms forbid. ``may_be_empty``: names of the
    suppression sources that are known to hold no entry. ``unread``: the rows of suppressions
    that could not be read in full, as they arrived (``source_name``, ``source_row``,
    ``raw_text``). ``meant``: the persons whom one of them could mean, by anything that the
    campaign knows of them.
    """

    suppressions: pd.DataFrame
    consents: pd.DataFrame
    people: pd.DataFrame
    sources: Mapping[str, Source]
    forbidden_uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    may_be_empty: Collection[str] = ()
    unread: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=UNREAD_COLUMNS))
    meant: Collection[str] = ()


@dataclass(frozen=True)
class Tally:
    """How many people came to the gate, passed it and were held back, by reason.

    ``n_people_in = n_kept + sum(held_back.values())``. A row is a person; a row without a
    person counts as one. ``held_back`` has every reason of REASONS, in order.
    ``n_age_unknown`` are among the kept. ``n_unlinked_suppressions`` are entries in force on
    this channel that name somebody who could not be linked to a person.

    Deceased, objected and the like are personal: these are exact numbers for the private
    appendix. Pass them through workbench.disclosure before a brief shows them.
    """

    n_rows_in: int
    n_people_in: int
    n_kept: int
    held_back: Mapping[str, int]
    n_age_unknown: int
    n_unlinked_suppressions: int


@dataclass(frozen=True)
class Held:
    """The rows that may leave, unchanged, and the tally of those that may not."""

    rows: pd.DataFrame
    tally: Tally


def _refuse_stranger(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ListRefused(
            f"A list cannot have {what} '{value}'.{nearest_name(value, known)} "
            f"It can have: {', '.join(known)}."
        )
