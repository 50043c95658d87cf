"""params.yaml as frozen objects; what it does not know is refused."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import yaml

from workbench.errors import SettingsError, nearest_name
from workbench.tables import table_named

PARAMS_FILE = "params.yaml"
LARGEST_PARAMS_BYTES = 1_000_000
ENGINES = ("duckdb", "spark")
Section = TypeVar("Section")


@dataclass(frozen=True)
class Campaign:
    """Who the campaign is, and the day on which the build looks at the world."""

    name: str
    as_of: dt.date
    polling_date: dt.date
    voting_age_years: int
    currency_code: str
    marking: str


@dataclass(frozen=True)
class Disclosure:
    """What may be shown (see workbench.disclosure)."""

    cell_min: int
    rounding_base: int
    percentage_base_min: int


@dataclass(frozen=True)
class Source:
    """A file that arrived, or a folder of files of one layout, and the table that it maps to.

    The files of a folder are read in the order of their names. ``member`` names the file
    inside an archive. Either ``preset`` names a known layout, or ``columns`` says for each
    canonical column which column of the file it is, or gives a rule such as a preset's; with a
    preset, ``columns`` overrides it. ``missing`` are texts that mean that nothing is there.
    ``forbidden_uses`` are uses of lists that the source's terms forbid; a source of
    suppressions that ``may_be_empty`` does not stop the lists when it is.
    ``consent_channels`` are channels that the consent recorded in the file covers.
    """

    name: str
    path: str
    table: str
    lawful_basis: str
    expiry_date: dt.date
    preset: str = ""
    member: str = ""
    columns: Mapping[str, Any] = field(default_factory=dict)
    missing: Sequence[str] = ()
    delimiter: str = ""
    encoding: str = ""
    date_format: str = ""
    forbidden_uses: Sequence[str] = ()
    may_be_empty: bool = False
    consent_channels: Sequence[str] = ()


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
    n_fit_people: int = 40_000
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


def find_root(start: Path | None = None) -> Path:
    """Return the campaign's folder: ``start`` or the nearest one above that has params.yaml."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / PARAMS_FILE).is_file():
            return folder
    raise SettingsError(
        f"There is no {PARAMS_FILE} in this folder or above it. Go to the campaign's folder "
        "(the one that has dvc.yaml and notebooks/) and run the command again."
    )


def load_settings(root: Path | None = None) -> Settings:
    """Read and check params.yaml; SettingsError names the key and the cure."""
    folder = find_root(root)
    raw = _mapping(_read_yaml(folder / PARAMS_FILE), PARAMS_FILE)
    known = {"campaign", "disclosure", "engine", "linkage", "sample", "sources", "notebooks"}
    _refuse_strangers(set(raw), known | {"publishing", "scores"}, PARAMS_FILE)
    _require(set(raw), known, PARAMS_FILE)
    declared = _mapping(raw["sources"] or {}, "sources")
    return Settings(
        root=folder,
        campaign=_section(Campaign, raw["campaign"], "campaign"),
        disclosure=_section(Disclosure, raw["disclosure"], "disclosure"),
        engine=_engine(raw["engine"]),
        linkage=_section(Linkage, raw["linkage"], "linkage"),
        sample=_section(Sample, raw["sample"], "sample"),
        sources={name: _source(name, entry) for name, entry in declared.items()},
        notebooks=_mapping(raw["notebooks"] or {}, "notebooks"),
        publishing=_section(Publishing, raw.get("publishing", {}), "publishing"),
        scores=_section(Scores, raw.get("scores") or {}, "scores"),
    )


def _read_yaml(path: Path) -> object:
    if path.stat().st_size > LARGEST_PARAMS_BYTES:
        raise SettingsError(f"{path.name} is over a megabyte. Keep data out of it.")
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" near line {mark.line + 1}" if mark else ""
        raise SettingsError(
            f"{path.name} is not well-formed YAML{where}. Mend the indentation or the quotes "
            "there and run again."
        ) from error


def _mapping(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise SettingsError(f"'{where}' must be a mapping of names to values.")
    return value


def _section(kind: type[Section], value: object, where: str) -> Section:
    hints = get_type_hints(kind)
    entries = {
        name: _as_date(entry) if hints.get(name) is dt.date else entry
        for name, entry in _mapping(value, where).items()
    }
    parts = fields(kind)  # type: ignore[arg-type]
    _refuse_strangers(set(entries), {part.name for part in parts}, where)
    needed = {p.name for p in parts if p.default is MISSING and p.default_factory is MISSING}
    _require(set(entries), needed, where)
    for name, entry in entries.items():
        _check_type(entry, hints[name], f"{where}.{name}")
    return kind(**entries)


def _engine(name: object) -> str:
    if name not in ENGINES:
        raise SettingsError(f"engine must be one of: {', '.join(ENGINES)}. Correct params.yaml.")
    return str(name)


def _source(name: str, value: object) -> Source:
    entries = _mapping(value, f"sources.{name}")
    if not name.isidentifier() or not name.islower():
        raise SettingsError(
            f"sources: '{name}' cannot name a source. Use lower-case letters, digits and '_'."
        )
    source = _section(Source, {**entries, "name": name}, f"sources.{name}")
    table_named(source.table)
    _check_path(source.path, f"sources.{name}.path")
    if not source.preset and not source.columns:
        raise SettingsError(
            f"sources.{name} names neither a preset nor columns. Name a preset, or map each "
            f"column of '{source.table}' to a column of the file under sources.{name}.columns."
        )
    return source


def _check_path(path: str, where: str) -> None:
    parts = Path(path).parts
    if not path or os.path.isabs(path) or ".." in parts or ":" in path or "\\" in path:
        raise SettingsError(
            f"{where} must lie below the campaign's folder. Copy the file into data/raw and "
            "name it from there, for instance data/raw/voters.txt."
        )


def _as_date(value: object) -> object:
    """Read an ISO date from a text: DVC reads params.yaml too, and knows no dates of YAML's."""
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _check_type(value: object, hint: Any, where: str) -> None:
    accepted: dict[Any, tuple[tuple[type, ...], str]] = {
        str: ((str,), "a text"),
        int: ((int,), "a whole number"),
        float: ((int, float), "a number"),
        dt.date: ((dt.date,), "a date such as \"2026-11-03\", in quotes"),
        Sequence[str]: ((list, tuple), "a list of texts"),
    }
    if hint is bool:
        if not isinstance(value, bool):
            raise SettingsError(f"{where} must be true or false.")
        return
    kinds, word = accepted.get(hint, ((dict,), "a mapping"))
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise SettingsError(f"{where} must be {word}.")


def _refuse_strangers(given: set[str], known: set[str], where: str) -> None:
    for name in sorted(given - known):
        raise SettingsError(
            f"{where} has an unknown key '{name}'.{nearest_name(name, known)} "
            f"It knows: {', '.join(sorted(known))}."
        )


def _require(given: set[str], needed: set[str], where: str) -> None:
    for name in sorted(needed - given):
        raise SettingsError(f"{where} lacks the key '{name}'. Add it, as in "
                            "the params.yaml that the repository carries.")
