"""What each canonical table is: one row per what, key, columns, units, which are personal."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from workbench.errors import SettingsError, nearest_name
from workbench.tables.contacts import CONTACT_TABLES, UNREAD_OBJECTIONS
from workbench.tables.donor_results import DONOR_TABLES
from workbench.tables.electors import ELECTOR_TABLES
from workbench.tables.model import Column, Table
from workbench.tables.money import MONEY_TABLES
from workbench.tables.offers import OFFER_TABLES
from workbench.tables.people import PEOPLE_TABLES
from workbench.tables.places import PLACE_TABLES
from workbench.tables.results import RESULT_TABLES
from workbench.tables.whole import whole_file, write_text

if TYPE_CHECKING:
    from workbench.tables.among import is_among
    from workbench.tables.files import (
        read_gathered,
        read_table,
        to_arrow,
        to_pandas,
        write_arrow,
        write_table,
    )
    from workbench.tables.kinds import KINDS

TABLES: dict[str, Table] = {
    table.name: table
    for table in (*ELECTOR_TABLES, *MONEY_TABLES, *CONTACT_TABLES, *PLACE_TABLES)
}
# What stages make of them; no source maps to one of these.
RESULTS: dict[str, Table] = {
    table.name: table
    for table in (*PEOPLE_TABLES, *RESULT_TABLES, *DONOR_TABLES, *OFFER_TABLES, UNREAD_OBJECTIONS)
}


def table_named(name: str) -> Table:
    """Return the canonical table of that name; SettingsError with the nearest name if none."""
    if name not in TABLES:
        raise SettingsError(
            f"There is no canonical table '{name}'.{nearest_name(name, TABLES)} "
            f"The tables are: {', '.join(sorted(TABLES))}."
        )
    return TABLES[name]


__all__ = [
    "KINDS", "RESULTS", "TABLES", "Column", "Table", "is_among", "read_gathered", "read_table",
    "table_named", "to_arrow", "to_pandas", "whole_file", "write_arrow", "write_table",
    "write_text",
]


def __getattr__(name: str) -> Any:
    """Import what needs Arrow or pandas when it is first asked for, so that settings load fast."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = {"KINDS": "kinds", "is_among": "among"}.get(name, "files")
    return getattr(import_module(f"workbench.tables.{module}"), name)
