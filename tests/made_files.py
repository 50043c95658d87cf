"""A campaign's folder with one raw file of invented gifts in it, for tests that read files."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from made_key import FINGERPRINT, NAME

from workbench.intake import admit
from workbench.settings import Settings, Source, load_settings
from workbench.sources import OpenedSource, open_source

HEADER = "Gift,Donor,Day,Amount,Note"
GIFTS = (
    "g1,Avery Example,03/14/2026,25.00,first",
    "g2,Blair Sample,03/15/2026,10.00,",
    "g3,Casey Specimen,03/16/2026,5.50,by post",
)
PLANTED = ("Avery", "Example", "Blair", "Sample", "Casey", "Specimen", "25.00", "03/14/2026")
COLUMNS = {"donation_id": "Gift", "last_name": "Donor", "donation_date": "Day",
           "amount_minor": "Amount", "organisation_name": "Note"}
PATH = "data/raw/gifts.csv"
SOURCE: dict[str, Any] = {
    "path": PATH, "table": "donations", "lawful_basis": "consent", "expiry_date": "2027-05-31",
    "columns": COLUMNS, "date_format": "%m/%d/%Y",
}
PARAMS = {
    "campaign": {"name": "Harbour Alliance", "as_of": "2026-10-05", "polling_date": "2026-11-03",
                 "voting_age_years": 18, "currency_code": "USD", "marking": "Confidential"},
    "disclosure": {"cell_min": 10, "rounding_base": 5, "percentage_base_min": 50},
    "engine": "duckdb",
    "linkage": {"precision_min": 0.99, "n_review_pairs": 440, "seed": 1, "memory_limit_gb": 2,
                "n_threads": 2, "key_name": NAME, "key_fingerprint": FINGERPRINT},
    "sample": {"n_people": 100, "seed": 1, "difficulty": {}},
    "notebooks": {},
}


@dataclass(frozen=True)
class Folder:
    """A campaign's folder whose only source is ``gifts``."""

    settings: Settings

    @property
    def root(self) -> Path:
        """The folder that holds params.yaml."""
        return self.settings.root

    def write(self, content: str | bytes, path: str = PATH) -> Path:
        """Write a raw file; a text as it stands, in UTF-8."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        return place

    def admit(self) -> Admitted:
        """Admit the source with one process, and read what it wrote."""
        admission = admit(self.settings, "gifts", n_workers=1)
        quality = json.loads(admission.quality_path.read_text(encoding="utf-8"))
        return Admitted(pq.read_table(admission.accepted_path).to_pylist(),
                        pq.read_table(admission.set_aside_path).to_pylist(), quality)

    def outputs(self) -> dict[str, bytes]:
        """Every file below data/ but the raw ones, with its bytes."""
        data = self.root / "data"
        files = {p.relative_to(data).as_posix(): p for p in data.rglob("*") if p.is_file()}
        return {name: p.read_bytes() for name, p in files.items() if not name.startswith("raw/")}


@dataclass(frozen=True)
class Admitted:
    """What a run wrote: accepted rows, rows set aside, and the quality file."""

    accepted: list[dict[str, Any]]
    set_aside: list[dict[str, Any]]
    quality: dict[str, Any]

    @property
    def gift_ids(self) -> list[str]:
        """The keys of the accepted rows, in order."""
        return [row["donation_id"] for row in self.accepted]

    @property
    def reasons(self) -> list[tuple[int, str, str, str]]:
        """Line, reason, column and text of the rows set aside, in order."""
        names = ("source_row", "reason_code", "column_name", "raw_text")
        return [tuple(row[name] for name in names) for row in self.set_aside]

    @property
    def counts(self) -> list[tuple[int, int, int, int]]:
        """Rows in, accepted, set aside and refused of each file."""
        names = ("n_rows", "n_accepted", "n_set_aside", "n_refused")
        return [tuple(file[name] for name in names) for file in self.quality["files"]]


def make_folder(root: Path, **changes: Any) -> Folder:
    """Make ``root`` a campaign's folder with the source ``gifts``, changed as given."""
    source = {key: part for key, part in {**SOURCE, **changes}.items() if part is not None}
    (root / "expectations").mkdir(parents=True)
    for table in ("donations", "voters", "vote_history"):
        suite = {"name": table, "expectations": []}
        (root / "expectations" / f"{table}.json").write_text(json.dumps(suite))
    params = {**PARAMS, "sources": {"gifts": source}}
    (root / "params.yaml").write_text(json.dumps(params))
    return Folder(load_settings(root))


def csv_text(*lines: str, header: str = HEADER, end: str = "\n") -> str:
    """A file of a header and lines, each with its line end."""
    return "".join(line + end for line in (header, *lines))


def open_text(root: Path, content: str | bytes, **changes: Any) -> OpenedSource:
    """Open a raw file of gifts as a source, without a campaign around it."""
    place = root / changes.get("path", PATH)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_source(make_source(**changes), root)


def make_source(**changes: Any) -> Source:
    """A source as params.yaml would declare it."""
    entries = {**SOURCE, "name": "gifts", **changes}
    entries["expiry_date"] = dt.date.fromisoformat(entries["expiry_date"])
    return Source(**{key: part for key, part in entries.items() if part is not None})


def accepted_rows(opened: OpenedSource) -> pa.Table:
    """The accepted rows of all chunks of a source, in order."""
    return pa.concat_tables(batch.accepted for batch in opened.batches())


def set_aside_rows(opened: OpenedSource) -> pa.Table:
    """The rows set aside of all chunks of a source, in order."""
    return pa.concat_tables(batch.set_aside for batch in opened.batches())


PEOPLE = {"table": "fundraising_list", "date_format": "",
          "columns": {"entry_id": {"as": "row_number"}, "first_name": "Name",
                      "last_name": "Town", "email": "Note"}}


def people(opened):
    """Name, town and note of the accepted rows, and the line of each."""
    rows = accepted_rows(opened).to_pylist()
    return ([(row["first_name"], row["last_name"], row["email"] or "") for row in rows],
            [row["source_row"] for row in rows])
