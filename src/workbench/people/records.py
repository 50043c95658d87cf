"""Records to link: what each canonical table knows of who a row is about, side by side."""

from __future__ import annotations

from workbench.tables import Table, table_named

# What any table may know of who somebody is. A table that lacks one has it empty.
IDENTIFIERS = (
    "voter_id", "first_name", "middle_name", "last_name", "name_suffix", "birth_date",
    "birth_year", "age_years", "age_band_code", "sex_code", "address_line", "town_name",
    "postcode", "seat_id", "phone", "email",
)
REGISTER = "voters"
_KINDS = {"birth_date": "DATE", "birth_year": "BIGINT", "age_years": "BIGINT"}


def row_key_sql(table: Table) -> str:
    """Return SQL for the key of a row within its source: the table's key, joined by '|'."""
    parts = [f'CAST("{name}" AS VARCHAR)' for name in table.key if name != "source_name"]
    return f"concat_ws('|', {', '.join(parts)})"


def identity_sql(name: str) -> str:
    """Return a SELECT of rows with ``source_name``, ``row_key`` and every identifier.

    It reads the view ``name``, which has the columns of the canonical table of that name.

    >>> "row_key" in identity_sql("voters")
    True
    """
    table = table_named(name)
    return (f"SELECT source_name, {row_key_sql(table)} AS row_key, "
            f"{str(name == REGISTER).lower()} AS is_elector, {columns_sql(table)} FROM \"{name}\"")


def columns_sql(table: Table) -> str:
    """Return SQL for every identifier, those that a table lacks empty."""
    return ", ".join(
        f'"{name}"' if name in table.column_names
        else f'CAST(NULL AS {_KINDS.get(name, "VARCHAR")}) AS "{name}"' for name in IDENTIFIERS)
