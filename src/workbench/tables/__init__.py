"""What each canonical table is: one row per what, key, columns, units, which are personal."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from workbench.tables.known import RESULTS, TABLES, any_table, linked_tables, table_named
from workbench.tables.model import Column, Table
from workbench.tables.whole import whole_file, write_text

if TYPE_CHECKING:
    from workbench.tables.among import is_among
    from workbench.tables.files import (
        read_table,
        to_arrow,
        to_pandas,
        write_arrow,
        write_table,
    )
    from workbench.tables.kinds import KINDS

__all__ = [
    "KINDS", "RESULTS", "TABLES", "Column", "Table", "any_table", "is_among", "linked_tables",
    "read_table", "table_named", "to_arrow", "to_pandas", "whole_file", "write_arrow",
    "write_table", "write_text",
]


def __getattr__(name: str) -> Any:
    """Import what needs Arrow or pandas when it is first asked for, so that settings load fast."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = {"KINDS": "kinds", "is_among": "among"}.get(name, "files")
    return getattr(import_module(f"workbench.tables.{module}"), name)
