"""What params.yaml says, section by section, as frozen objects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import SettingsError, nearest_name
from workbench.settings.source import Source
from workbench.tables import table_named

PARAMS_FILE = "params.yaml"


@dataclass(frozen=True)
class Campaign:
    """Who the campaign is, and the day on which the build looks at the world.

    ``country_code`` is where telephone numbers without a country's prefix are dialled: ISO
    3166, two letters; empty where neither params.yaml nor the currency tells.
    """

    name: str
    as_of: dt.date
    polling_date: dt.date
    voting_age_years: int
    currency_code: str
    marking: str
    country_code: str = ""


@dataclass(frozen=True)
class Disclosure:
    """What may be shown (see workbench.disclosure)."""

    cell_min: int
    rounding_base: int
    percentage_base_min: int


@dataclass(frozen=True)
class Linkage:
    """How records become people.

    ``key_name`` names the secret that pseudonyms are made with (see docs/people.md);
    ``key_fingerprint`` is the beginning of its hash, so that another secret is noticed.
    ``spark_master`` is where Spark works: on this machine, or the address of a cluster.
    """

    precision_min: float
    n_review_pairs: int
    seed: int
    memory_limit_gb: float
    n_threads: int
    key_name: str
    key_fingerprint: str
    spark_master: str = "local"


@dataclass(frozen=True)
class Publishing:
    """What a version needs before it is published (see workbench.releases)."""

    approvals_min: int = 0


@dataclass(frozen=True)
class Intake:
    """How much of a source may be lost, and what counts as a change (see docs/sources.md).

    Of the rows, the money or the people of a source a share over ``loss_ask_share`` asks a
    decision, one over ``loss_stop_share`` stops it. A change since the last accepted file is
    reported where rows or amounts moved by more than ``drift_share`` of what they were, or the
    share of rows that hold a value by more than ``drift_filled_share``.
    """

    loss_ask_share: float = 0.05
    loss_stop_share: float = 0.5
    drift_share: float = 0.25
    drift_filled_share: float = 0.1


@dataclass(frozen=True)
class Sample:
    """How large and how dirty the made-up campaign is."""

    n_people: int
    seed: int
    difficulty: Mapping[str, float]


@dataclass(frozen=True)
class Scores:
    """How support and turnout are scored (see docs/voters.md).

    ``like_election_names`` are elections on file that the coming one is like; without any, the
    last one and its kind. ``turnout_expected_share`` is the campaign's own forecast of the
    share of electors who will vote; 0 takes the level of the like elections.
    """

    our_party_code: str = ""
    like_election_names: Sequence[str] = ()
    turnout_expected_share: float = 0.0
    history_joined_min: float = 0.5
    n_answers_min: int = 400
    n_fit_people: int = 100_000
    n_batch_people: int = 200_000
    interval_share: float = 0.9
    seed: int = 1


@dataclass(frozen=True)
class Settings:
    """The whole of params.yaml. ``root`` is the folder that holds it."""

    root: Path
    campaign: Campaign
    disclosure: Disclosure
    engine: str
    linkage: Linkage
    sample: Sample
    sources: Mapping[str, Source]
    notebooks: Mapping[str, Mapping[str, Any]]
    publishing: Publishing = Publishing()
    intake: Intake = Intake()
    scores: Scores = Scores()

    def source(self, name: str) -> Source:
        """Return the source of that name; SettingsError with the nearest name if none."""
        if name not in self.sources:
            raise SettingsError(
                f"{PARAMS_FILE} declares no source '{name}'.{nearest_name(name, self.sources)} "
                f"It declares: {', '.join(sorted(self.sources))}."
            )
        return self.sources[name]

    def sources_of(self, table: str) -> tuple[Source, ...]:
        """Return the sources that map to a canonical table, in order of their names."""
        found = (s for s in self.sources.values() if s.table == table_named(table).name)
        return tuple(sorted(found, key=lambda source: source.name))
