"""How many people's rows differ from those of the last version: a few would be told of.

Who has two versions sees what moved between them. Where one person left and nothing else changed,
a sum that moved is what they gave, and a rounded count that moved had them in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import yaml

from workbench.errors import PublishRefused, StorageError
from workbench.pipeline.kept import cache_folder, object_in
from workbench.releases.repository import git
from workbench.settings import Settings, read_yaml
from workbench.tables import TABLES
from workbench.tables.model import Table
from workbench.tables.people import CROSSWALK

if TYPE_CHECKING:
    import duckdb

LOCK = "dvc.lock"


def refuse_few_changed(settings: Settings, release: str, *, why: str = "") -> None:
    """PublishRefused where some people's rows differ from those of a version, and only a few do.

    So it is where that cannot be counted. ``why`` is the publisher's reason to go on all the same.
    """
    if why.strip():
        return
    least, n_people = settings.disclosure.cell_min, n_people_changed(settings.root, release)
    if n_people == 0 or (n_people or 0) >= least:
        return
    told = (f"Rows of fewer than {least} people differ from those of {release}" if n_people else
            f"Of how many people the rows differ from those of {release} cannot be counted, since "
            "DVC's cache has not all of its tables (of somebody erased it must not)")
    raise PublishRefused(
        f"{told}. Who reads both versions could work out what one of them gave or answered. Wait "
        f"until {least} people or more have come, gone or changed, or say why it may be published "
        "all the same: --few \"WHY\"."
    )


def n_people_changed(root: Path, release: str) -> int | None:
    """Return of how many people a row is there now and was not then, or the other way round.

    Rows that nobody is linked to count as one person's. None where it cannot be counted.
    """
    then, now = _digests(git(root, "show", f"{release}:./{LOCK}")), _digests(_text(root / LOCK))
    tables = [table for table in TABLES.values()
              if table.names_people and then.get(table.path) != now.get(table.path)]
    if not tables:
        return 0
    cache = cache_folder(root)
    places = {path: object_in(cache, digest) for path, digest in then.items()}
    needed = [table.path for table in (*tables, CROSSWALK) if table.path in then]
    if not all(places[path].is_file() for path in needed):
        return None
    return len(_people(root, tables, places))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _digests(lock: str) -> dict[str, str]:
    """Return what a lock recorded of each file that a stage made."""
    try:
        stages = (read_yaml(lock) or {}).get("stages") or {}
        return {str(out["path"]): str(out["md5"]) for stage in stages.values()
                for out in stage.get("outs") or [] if "md5" in out}
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise StorageError(f"{LOCK} is damaged. Run `dvc repro`, and run again.") from error


def _people(root: Path, tables: list[Table], then: Mapping[str, Path]) -> set[str]:
    """Return whose rows of some tables differ; '' stands for rows that are linked to nobody."""
    import duckdb

    with duckdb.connect() as connection:
        for side, place in _sides(root, CROSSWALK, then).items():
            links = _source(connection, place, CROSSWALK)
            connection.execute(f"CREATE VIEW {side}_links AS SELECT * FROM {links}")
        return {str(person) for table in tables for person, in
                connection.execute(_differing(connection, _sides(root, table, then), table))
                .fetchall()}


def _sides(root: Path, table: Table, then: Mapping[str, Path]) -> dict[str, Path | None]:
    """Return where the rows of a table of the version lie, and those of now."""
    return {"then": then.get(table.path), "now": root / table.path}


def _differing(
    connection: duckdb.DuckDBPyConnection, sides: Mapping[str, Path | None], table: Table
) -> str:
    """Return the SQL of who has rows that stand more often on one side than on the other."""
    has = [_names(place, table) for place in sides.values()]
    shared = [column for column in table.columns if all(column.name in names for names in has)]
    contents = ", ".join(column.name for column in shared if column.name != "source_row")
    named, whose = next(((column.name, column.names.split(".")[0]) for column in shared
                         if column.names), ("NULL", ""))
    rows = ", ".join(
        f"{side}_rows AS (SELECT source_name, source_row, {named}::VARCHAR AS named, "
        f"hash({contents}) AS contents FROM {_source(connection, place, table)})"
        for side, place in sides.items())
    people = " UNION ".join(
        f"""SELECT coalesce(own.person_id, other.person_id, '')
            FROM {side}_rows AS side JOIN moved USING (contents)
            LEFT JOIN {side}_links AS own ON own.table_name = '{table.name}'
                AND own.source_name = side.source_name AND own.source_row = side.source_row
            LEFT JOIN {side}_links AS other ON other.table_name = '{whose}'
                AND other.row_key = side.named""" for side in sides)
    tallies = [f"(SELECT contents, count(*) AS n FROM {side}_rows GROUP BY contents) AS sum_{side}"
               for side in sides]
    return f"""WITH {rows}, moved AS (
        SELECT contents FROM {tallies[0]} FULL JOIN {tallies[1]} USING (contents)
        WHERE sum_then.n IS DISTINCT FROM sum_now.n) {people}"""


def _names(place: Path | None, table: Table) -> list[str]:
    """Return the columns of a table's file; those that it is to have where there is none."""
    return list(pq.read_schema(place).names if place and place.is_file() else table.column_names)


def _source(connection: duckdb.DuckDBPyConnection, place: Path | None, table: Table) -> str:
    """Return what SQL reads a table's file by; it has no row where there is no file."""
    if place and place.is_file():
        return "read_parquet('{}')".format(str(place).replace("'", "''"))
    connection.register(f"no_{table.name}", table.schema().empty_table())
    return f"no_{table.name}"
