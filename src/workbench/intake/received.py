"""What stands behind each gathered table: rows in, used and set aside by reason, and months."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.errors import SourceError
from workbench.settings import Settings
from workbench.tables import TABLES, Table, store, write_text

FOLDER = "data/received"


def write_received(settings: Settings) -> None:
    """Write data/received/<table>.json for every canonical table, from its sources' quality.

    One file a table, so that a brief is made again only where a table that it rests on was
    received again. It holds counts of rows by technical reason, which are exact, and the first
    and last month that has at least the profile's least cell of rows, so that no single row
    shows. Rows of erased people, a personal reason, are counted in data/gathered.json alone.
    """
    for table in TABLES.values():
        sources = [_received(settings.root, source.name)
                   for source in settings.sources_of(table.name)]
        content = {"table": table.name, "months": _months(settings, table), "sources": sources}
        text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        write_text(settings.root / FOLDER / f"{table.name}.json", text)


def _received(root: Path, source_name: str) -> dict[str, Any]:
    """Return a source's rows in = accepted + set aside + refused + left out, with the reasons.

    Of a source that stopped, ``n_standing`` rows of an earlier file are in use in their place.

    SourceError where the source has not been checked yet.
    """
    path = root / "data" / "quality" / f"{source_name}.json"
    if not path.is_file():
        raise SourceError(f"data/quality/{source_name}.json does not exist: the source "
                          f"'{source_name}' has not been checked. Run `dvc repro`.")
    quality = json.loads(path.read_text(encoding="utf-8"))
    tally: Counter[tuple[str, str]] = Counter()
    for entry in quality["reasons"]:
        tally[entry["explanation"], entry["column_name"]] += entry["n_rows"]
    reasons = sorted(tally.items(), key=lambda item: (-item[1], item[0]))
    standing = {"n_standing": quality["n_standing"]} if quality.get("stop") else {}
    return {
        "source_name": source_name, **quality["rows"], **standing,
        "reasons": [{"explanation": told, "column_name": column, "n_rows": n}
                    for (told, column), n in reasons],
    }


def _months(settings: Settings, table: Table) -> list[str]:
    """Return the first and the last month of a gathered table (YYYY-MM); none where not dated."""
    if not table.is_of_events:
        return []
    rows = store.read(settings.root, table.name, [table.dated_by])
    days = pd.to_datetime(rows[table.dated_by])
    counts = days.dropna().dt.strftime("%Y-%m").value_counts()
    shown = sorted(counts[counts >= settings.disclosure.cell_min].index)
    return [shown[0], shown[-1]] if shown else []
