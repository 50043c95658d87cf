"""The data dictionary, a page made from the declarations of the tables."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.tables.model import Column, Table

OPENING = """# Data dictionary

Made from `workbench.tables` by `workbench dictionary`; do not edit it by hand.

A table of sources says where each row came from (`source_name`, `source_row`); the others
name the stage or the person that makes them. A personal column is never shown row by row.
Every column may be empty but those of the key; a source without a required column is refused.
"""


def data_dictionary(tables: Iterable[Table]) -> str:
    """Return the dictionary as Markdown, one section a table, in order of their names."""
    ordered = sorted(tables, key=lambda table: table.name)
    return "\n".join([OPENING, *(_section(table) for table in ordered)])


def _section(table: Table) -> str:
    lines = [
        f"## {table.name}",
        "",
        f"One row is {table.row_is}. Key: {', '.join(f'`{name}`' for name in table.key)}. "
        f"Made by: {_maker(table)}.{f' A file of it adds {table.adds}.' if table.adds else ''}",
        "",
        "| Column | Kind | Unit | Required | Personal | Meaning |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_row(column, table) for column in table.columns]
    return "\n".join([*lines, ""])


def _maker(table: Table) -> str:
    where = f"data/{table.folder}" if table.lists else table.path
    return "sources" if table.adds else f"{table.stage}, in `{where}`"


def _row(column: Column, table: Table) -> str:
    values = f" One of: {', '.join(f'`{value}`' for value in column.values)}."
    meaning = column.meaning + (values if column.values else "")
    is_required = column.is_required or column.name in table.key
    return (
        f"| `{column.name}` | {column.kind} | {column.unit} | {_mark(is_required)} | "
        f"{_mark(column.is_personal)} | {meaning} |"
    )


def _mark(flag: bool) -> str:
    return "yes" if flag else ""
