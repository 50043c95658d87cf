"""Link files and write their crosswalk, saying how it went."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.anyfiles.chart import write_chart
from workbench.anyfiles.given import Given, gather_rows
from workbench.anyfiles.mapping import read_mapping
from workbench.anyfiles.pairs import table_of_pairs
from workbench.anyfiles.read import read_texts
from workbench.anyfiles.review import review
from workbench.anyfiles.write import crosswalk_of, write_crosswalk
from workbench.engine import open_database
from workbench.errors import SettingsError
from workbench.people.answers import answers_in
from workbench.people.anytables import PRECISION_MIN
from workbench.people.anytables.link import Choices, LinkedFiles, link_files
from workbench.people.judge import Talk
from workbench.settings.country import is_country

if TYPE_CHECKING:
    import duckdb

N_LARGEST = 3
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Limits:
    """What linking may use of the machine."""

    memory_limit_gb: float = 6.0
    n_threads: int = 2


@dataclass(frozen=True)
class Asked:
    """Files to link, and what was asked: ``mapping`` says what their columns are.

    The crosswalk goes to ``out``, the links to look at to ``pairs`` where it is given, and the
    chart of links by cut to ``chart``. Where ``review`` is given, pairs are shown to be judged,
    and the answers are kept there;
    ``precision_min`` is the share of links that are to be right at the least, and
    ``country_code`` where telephone numbers without a country's prefix are dialled (ISO 3166;
    empty where that is not known).
    """

    paths: Sequence[Path]
    mapping: Path | None
    out: Path
    precision_min: float = PRECISION_MIN
    pairs: Path | None = None
    country_code: str = ""
    chart: Path | None = None
    review: Path | None = None

    def require(self) -> None:
        """Refuse what cannot be done: SettingsError, RegistryError for answers that are none."""
        _require_places(self)
        _require_share(self.precision_min)
        if self.review:
            answers_in(self.review)
        if self.country_code and not is_country(self.country_code):
            raise SettingsError(f"--country {self.country_code} is no country. Give the two "
                                "capital letters of ISO 3166, such as US, GB or SE.")

    def table_of_pairs(
        self, connection: duckdb.DuckDBPyConnection, given: Given, linked: LinkedFiles
    ) -> pd.DataFrame | None:
        """Return the pairs to look at, where they are asked for or are to be judged."""
        if self.pairs is None and self.review is None:
            return None
        return table_of_pairs(connection, given, linked)


def link_paths(asked: Asked, *, tell: Tell, ask: Callable[[str], str] = input) -> pd.DataFrame:
    """Link the rows of CSV and Parquet files, write and return the crosswalk.

    With one file its rows are linked with each other. ``tell`` is called with what happened,
    a line a time, and ``ask`` with each pair to judge. Where something is wrong nothing is
    written, and an older crosswalk stands.
    """
    asked.require()
    _require_others(asked.paths, asked.mapping)
    given = read_given(asked.paths, asked.mapping, tell)
    with tempfile.TemporaryDirectory() as folder, \
            open_database(Limits(), Path(folder)) as connection:
        linked = link_files(connection, given.rows, Choices(
            asked.precision_min, country_code=asked.country_code))
        shown = asked.table_of_pairs(connection, given, linked)
    crosswalk = crosswalk_of(given.keys, linked)
    write_crosswalk(crosswalk, asked.out)
    for line in (*_link_lines(crosswalk, linked), f"{asked.out} is written"):
        tell(line)
    write_more(asked, linked, shown, Talk(ask, tell))
    return crosswalk


def write_more(
    asked: Asked, linked: LinkedFiles, shown: pd.DataFrame | None, talk: Talk
) -> None:
    """Write the pairs and the chart that were asked for, and have pairs judged."""
    if asked.pairs and shown is not None:
        write_crosswalk(shown, asked.pairs)
    if asked.chart:
        write_chart(linked, [path.name for path in asked.paths], asked.chart)
    if asked.review and shown is not None:
        for line in review(shown, asked.review, talk):
            talk.tell(line)


def read_given(paths: Sequence[Path], mapping: Path | None, tell: Tell) -> Given:
    """Return the rows of the files by their mapping, and tell how many each has."""
    names = file_names(paths)
    mappings = read_mapping(mapping, list(names))
    tables = {name: read_texts(path, encoding=mappings[name].encoding,
                               delimiter=mappings[name].delimiter)
              for name, path in names.items()}
    given = gather_rows(tables, mappings)
    for line in _file_lines(tables, given):
        tell(line)
    return given


def _require_others(paths: Sequence[Path], mapping: Path | None) -> None:
    names = list(file_names(paths))
    if len(names) == 1 and read_mapping(mapping, names)[names[0]].is_unique:
        raise SettingsError(f"{names[0]} is the only file and lists nobody twice, so "
                            "there is nothing to link. Take 'is_unique' out of the mapping, or "
                            "name a second file.")


def file_names(paths: Sequence[Path]) -> dict[str, Path]:
    """Return the files by name, or by path where two of one name are given."""
    plain = [path.name for path in paths]
    names = {path.name if plain.count(path.name) == 1 else path.as_posix(): path
             for path in paths}
    if len({path.resolve() for path in paths}) < len(paths):
        raise SettingsError("A file is given twice. Name each file once: the rows of one file "
                            "are linked with each other as well.")
    return names


def _require_places(asked: Asked) -> None:
    """Refuse tables that are no CSV, a chart that is no page, or what would be overwritten."""
    taken = {path.resolve(): "one of the files that are read"
             for path in (*asked.paths, asked.mapping) if path}
    for option, path, ending in (
            ("--out", asked.out, ".csv"), ("--pairs", asked.pairs, ".csv"),
            ("--chart", asked.chart, ".html"), ("--review", asked.review, ".csv")):
        if path is None:
            continue
        if path.suffix.lower() != ending or path.is_dir():
            raise SettingsError(f"{option} {path} is not the name of a {ending[1:].upper()} file. "
                                f"Give one that ends in {ending}, such as {option[2:]}{ending}.")
        if path.resolve() in taken:
            raise SettingsError(f"{option} {path} is {taken[path.resolve()]}, and would be lost. "
                                "Give the table a name of its own.")
        taken[path.resolve()] = f"where {option} goes"


def _require_share(precision_min: float) -> None:
    if not 0 <= precision_min < 1:
        raise SettingsError(f"--precision-min {precision_min} is no share of links. Give a "
                            "number from 0 up to, and less than, 1, such as 0.99.")


def _file_lines(tables: dict[str, pd.DataFrame], given: Given) -> list[str]:
    lines = []
    for name, table in sorted(tables.items()):
        unused = given.unused[name]
        beside = f"; not compared: {', '.join(unused)}" if unused else ""
        lines.append(f"{name}: {len(table):,} rows{beside}")
        lines.append("  read of its columns: " + "; ".join(
            column.line(len(table)) for column in given.read[name]))
        lines += [f"  {column.identifier}: {column.cure}" for column in given.read[name]
                  if column.cure]
    return [*lines, *given.repeats]


def _link_lines(crosswalk: pd.DataFrame, linked: LinkedFiles) -> list[str]:
    sizes = crosswalk["person"].map(crosswalk["person"].value_counts())
    lines = [f"{linked.n_pairs:,} pairs of rows looked at; linked from a probability of "
             f"{linked.cut:.2f} on" if linked.cut < 1 else
             f"{linked.n_pairs:,} pairs of rows looked at; none was likely enough to link: give a "
             "lower --precision-min to see what there is",
             f"{crosswalk['person'].nunique():,} people; {int((sizes > 1).sum()):,} of "
             f"{len(crosswalk):,} rows share theirs with another row"]
    largest = crosswalk["person"].value_counts().head(N_LARGEST)
    if largest.max() > 1:
        lines.append(f"the largest groups have {', '.join(f'{n:,}' for n in largest)} rows")
    return [*lines, *estimate_lines(linked)]


def estimate_lines(linked: LinkedFiles) -> list[str]:
    """Return what the model says of its own links, or why it can say nothing."""
    if linked.doubts:
        return ["no estimate of how many links are right can be given: "
                + "; ".join(linked.doubts) + ". Check what the columns are mapped to, and "
                "look at the links before you use them"]
    if np.isnan(linked.precision):
        return []
    return [f"by the model's own estimate {linked.precision:.1%} of the links are right and "
            f"{linked.recall:.1%} of the right ones are found"]
