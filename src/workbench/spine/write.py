"""Write what the spine made: tables, the model, and the figures of its quality."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.settings import Settings
from workbench.spine.accept import NEXT_FILE
from workbench.tables import store, write_arrow, write_table, write_text
from workbench.tables.people import CHANGE_CODES, HOW_CODES, ID_REGISTRY

if TYPE_CHECKING:
    from workbench.spine.make import Made

FOLDER = Path("data", "people")


def write_all(made: Made, settings: Settings) -> None:
    """Write data/people, each file whole or not at all.

    The registry to accept is written last, so that it never tells of people who are not there.
    """
    root, folder = settings.root, settings.root / FOLDER
    store.write(root, "crosswalk", made.crosswalk)
    store.write(root, "people", made.people)
    write_arrow(made.records, folder / "records.parquet")
    store.write(root, "review_pairs", made.review_pairs)
    _write_json(made.linked.model, folder / "model.json")
    _write_json(quality_of(made), folder / "quality.json")
    store.write(root, "person_changes", made.changes)
    proposed = made.crosswalk[list(ID_REGISTRY.column_names)]
    write_table(proposed, ID_REGISTRY, root / NEXT_FILE)


def quality_of(made: Made) -> dict[str, Any]:
    """Return the exact figures of linking, for the link notebook: they are not for showing.

    For each source: its table, rows, records and people; its rows that are an elector's; and
    its rows by how they were linked. For all: the same totals, the cuts, changes of ids by
    kind, and the pairs that each key offered.
    """
    rows = made.crosswalk
    electors = rows.loc[rows["is_elector"].astype(bool), "person"].unique()
    rows = rows.assign(is_an_electors=rows["person"].isin(electors))
    resolved, keys = made.linked.resolved, made.linked.pair_keys
    changes = made.changes["change_code"].value_counts()
    return {
        "n_rows": len(rows), "n_records": int(rows["rid"].nunique()),
        "n_people": len(made.people), "n_electors": len(electors),
        "cut": float(resolved.cut), "cut_of_the_rest": float(resolved.cut_of_the_rest),
        "changes": {code: int(changes.get(code, 0)) for code in CHANGE_CODES},
        "pair_keys": {name: int(n) for name, n in zip(
            keys["key_name"], keys["n_pairs"], strict=True)},
        "sources": {str(name): _source_quality(part)
                    for name, part in rows.groupby("source_name", sort=True)},
    }


def _source_quality(rows: pd.DataFrame) -> dict[str, Any]:
    how = rows["how_code"].value_counts()
    return {
        "table_name": str(rows["table_name"].iloc[0]), "n_rows": len(rows),
        "n_records": int(rows["rid"].nunique()), "n_people": int(rows["person"].nunique()),
        "n_rows_of_electors": int(rows["is_an_electors"].sum()),
        "n_rows_by_how": {code: int(how.get(code, 0)) for code in HOW_CODES},
    }


def _write_json(content: dict[str, Any], path: Path) -> None:
    write_text(path, json.dumps(content, indent=1, sort_keys=True) + "\n")
