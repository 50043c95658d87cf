"""The pairs of rows to look at, side by side: links, near misses, largest groups first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.anyfiles.given import Given
from workbench.anyfiles.write import DECIMALS
from workbench.people.anytables.link import LinkedFiles
from workbench.people.anytables.records import FIELDS, OTHER
from workbench.people.anytables.show import reasons_of_pairs

if TYPE_CHECKING:
    import duckdb

SHOWN_AS = {"birth_digits": "birth_date"}


def table_of_pairs(
    connection: duckdb.DuckDBPyConnection, given: Given, linked: LinkedFiles
) -> pd.DataFrame:
    """Return one row a pair of rows: what it is, how probable, why, and both rows' texts.

    Columns: what (linked; near_miss), n_rows (of the person whom the left row is), file_l,
    row_key_l, file_r, row_key_r, link_probability, reasons, and each identifier that is
    compared, ending in _l and _r. Links come first, those of the largest groups before the
    others and the least probable before the more probable; near misses follow, likeliest
    first. It holds personal data.
    """
    pairs = linked.pairs.reset_index(drop=True)
    texts = given.rows.sort_values("row_order").reset_index(drop=True)
    person = linked.rows.sort_values("row_order")["person"].reset_index(drop=True)
    n_rows = person.map(person.value_counts())
    reasons = reasons_of_pairs(connection, pairs, linked.model, linked.compared)
    for number, free in enumerate(given.others, start=1):
        reasons = reasons.str.replace(f"{OTHER}{number}: ", f"{free}: ", regex=False)
    sides = {end: pairs[f"row_order_{end}"] for end in "lr"}
    table = pd.DataFrame({"what": pairs["what"], "n_rows": sides["l"].map(n_rows)})
    for end, rows in sides.items():
        for name in ("file", "row_key"):
            table[f"{name}_{end}"] = rows.map(given.keys[name])
    table["link_probability"] = pairs["link_probability"].round(DECIMALS)
    table["reasons"] = reasons
    table = table.assign(**_side_by_side(texts, sides, given))
    return _in_order(table)


def _side_by_side(
    texts: pd.DataFrame, sides: dict[str, pd.Series], given: Given
) -> dict[str, pd.Series]:
    """Return the two texts of each identifier that any row has, by column name."""
    names = {name: SHOWN_AS.get(name, name) for name in FIELDS if name != "age_year"} | {
        f"{OTHER}{number}": free for number, free in enumerate(given.others, start=1)}
    return {f"{shown}_{end}": rows.map(texts[name]) for name, shown in names.items()
            if name in texts and texts[name].notna().any() for end, rows in sides.items()}


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    is_link = table["what"] == "linked"
    sign = is_link.map({True: 1.0, False: -1.0})
    order = table.assign(
        second=(-table["n_rows"]).where(is_link, 0), third=sign * table["link_probability"])
    order = order.sort_values(["what", "second", "third"], kind="stable")
    return table.loc[order.index].reset_index(drop=True)
