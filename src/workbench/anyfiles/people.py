"""Find the rows of any files among the people of the campaign: `workbench link --people`."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.anyfiles.given import Given
from workbench.anyfiles.run import Tell, read_given, require_places
from workbench.anyfiles.write import write_crosswalk
from workbench.engine import open_database
from workbench.errors import SettingsError
from workbench.people.folder import people_file, read_model
from workbench.people.late import link_late
from workbench.people.prepare import SAME_RECORD
from workbench.people.reading import Reading
from workbench.people.records import IDENTIFIERS
from workbench.people.standardise import SEXES
from workbench.pseudonyms import refuse_public_key
from workbench.settings import Settings

if TYPE_CHECKING:
    import duckdb

DECIMALS = 6
HOW = {"voter_id": "number", "model": "linked", "alone": "unknown"}
# How the texts of a file become what a canonical table would hold.
_AS = {
    "birth_date": "TRY_CAST(TRY_STRPTIME(birth_digits, '%Y%m%d') AS DATE)",
    "birth_year": "TRY_CAST(birth_year AS BIGINT)",
    "age_years": "TRY_CAST(age_years AS BIGINT) + {year} - TRY_CAST(age_year AS BIGINT)",
    "age_band_code": "CAST(NULL AS VARCHAR)",
    "sex_code": "CASE " + " ".join(
        f"WHEN regexp_full_match(lower(sex_code), '{forms}') THEN '{code}'"
        for code, forms in SEXES.items()) + " END",
}


def link_to_people(
    paths: Sequence[Path], mapping: Path | None, out: Path, *, settings: Settings, tell: Tell
) -> pd.DataFrame:
    """Find each row among the people of data/people; write and return the crosswalk.

    One row a row of the files: file, row_key, person_id (empty where it is nobody known), how
    (number: of an elector in the row; linked; unknown) and link_probability. The mapping is
    that of ``link_paths``. StorageError where linking has not been run.
    """
    refuse_public_key(settings)
    require_places(out, [*paths, *([mapping] if mapping else [])])
    records, model = people_file(settings.root, "records.parquet"), read_model(settings.root)
    given = read_given(paths, mapping, tell)
    _require_parted_names(given)
    year = settings.campaign.as_of.year
    with tempfile.TemporaryDirectory() as folder, \
            open_database(settings.linkage, Path(folder)) as connection:
        path = str(records).replace("'", "''")
        connection.execute(
            "CREATE VIEW known AS SELECT * EXCLUDE (file_row_number), file_row_number + 1 AS rid, "
            f"person_id AS person FROM read_parquet('{path}', file_row_number = true)")
        _create_written(connection, given, as_of_year=year)
        rows = link_late(connection, model=model,
                         reading=Reading(year, settings.campaign.country_code),
                         precision_min=settings.linkage.precision_min)
    crosswalk = _crosswalk(given, rows)
    write_crosswalk(crosswalk, out)
    n_known = int(crosswalk["person_id"].notna().sum())
    tell(f"{n_known:,} of {len(crosswalk):,} rows are people whom the campaign knows")
    tell(f"{out} is written")
    return crosswalk


def _require_parted_names(given: Given) -> None:
    if given.rows["full_name"].notna().any():
        raise SettingsError("With --people, given and family name stand in columns of their own, "
                            "and the mapping has 'full_name'. Map first_name and last_name.")


def _create_written(
    connection: duckdb.DuckDBPyConnection, given: Given, *, as_of_year: int
) -> None:
    """Create ``written`` of the rows, as the canonical tables give theirs."""
    connection.register("given_rows", given.rows)
    columns = ", ".join(f"{_AS.get(name, f'CAST({name} AS VARCHAR)').format(year=as_of_year)} "
                        f"AS {name}" for name in IDENTIFIERS)
    connection.execute(
        f"CREATE TABLE written AS SELECT *, {SAME_RECORD} AS h FROM (SELECT "
        "CAST(file_number AS VARCHAR) AS source_name, CAST(row_order AS VARCHAR) AS row_key, "
        f"false AS is_elector, {columns} FROM given_rows)")
    connection.unregister("given_rows")


def _crosswalk(given: Given, rows: pd.DataFrame) -> pd.DataFrame:
    found = rows.assign(place=rows["row_key"].astype("int64")).set_index("place").sort_index()
    return given.keys.assign(
        person_id=found["person"].to_numpy(), how=found["how_code"].map(HOW).to_numpy(),
        link_probability=found["link_probability"].round(DECIMALS).to_numpy())
