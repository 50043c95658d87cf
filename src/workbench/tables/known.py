"""Every table by its name: those that sources map to, and those that stages make of them."""

from __future__ import annotations

from workbench.errors import SettingsError, nearest_name
from workbench.tables.contacts import CONTACT_TABLES, UNREAD_OBJECTIONS
from workbench.tables.donor_results import DONOR_TABLES
from workbench.tables.electors import ELECTOR_TABLES
from workbench.tables.model import Table
from workbench.tables.money import MONEY_TABLES
from workbench.tables.offers import OFFER_TABLES
from workbench.tables.people import PEOPLE_TABLES
from workbench.tables.places import PLACE_TABLES
from workbench.tables.results import RESULT_TABLES

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


def any_table(name: str) -> Table:
    """Return the table of that name, of sources or of a stage; KeyError if there is none."""
    return TABLES[name] if name in TABLES else RESULTS[name]


def linked_tables() -> tuple[str, ...]:
    """Return the names of the tables whose rows say whom they are about, in order."""
    return tuple(name for name, table in TABLES.items() if table.is_linked)
