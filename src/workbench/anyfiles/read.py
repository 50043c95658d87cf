"""Read a CSV or Parquet file as texts: a column a name, every row kept."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from workbench.errors import SourceError

SPREADSHEET = ("a spreadsheet", "Open it, and save the sheet with the rows as CSV in UTF-8.")
_OTHER_KINDS = {
    b"\x1f\x8b": ("compressed with gzip", "Unpack it with 'gunzip', and name the file within."),
    b"PK\x03\x04": ("a ZIP archive", "Unpack it, and name the file within."),
    b"\xd0\xcf\x11\xe0": SPREADSHEET,
    b"BZh": ("compressed with bzip2", "Unpack it with 'bunzip2', and name the file within."),
    b"\xfd7zXZ": ("compressed with xz", "Unpack it with 'unxz', and name the file within."),
    b"%PDF": ("a PDF document", "Ask for the table as CSV or as a spreadsheet."),
}
_WITHIN_SPREADSHEETS = (b"xl/", b"[Content_Types].xml", b"opendocument.spreadsheet")
DELIMITERS = ",;\t|"
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16",
          codecs.BOM_UTF16_BE: "utf-16"}
_WRONG_WIDTH = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")


def read_texts(path: Path, *, encoding: str = "", delimiter: str = "") -> pd.DataFrame:
    """Return the rows of a file, every value a text or None; SourceError tells what is wrong."""
    try:
        if path.is_dir():
            raise SourceError(f"{path} is a folder. Name the files in it one by one.")
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}). Check its name, and that "
                          "you may open it.") from error
    _require_table(path.name, data)
    is_parquet = data[:4] == b"PAR1" or path.suffix.lower() == ".parquet"
    table = _parquet(path.name, data) if is_parquet else _csv(
        path.name, _text(path.name, data, encoding), delimiter)
    names = [name.strip() for name in table.column_names]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SourceError(f"{path.name}: {len(twice)} column names stand twice in the header "
                          f"(first '{twice[0]}'). Give each column its own name.")
    if not table.num_rows:
        raise SourceError(f"{path.name} holds a header and no rows. Export it again, or leave "
                          "the file out.")
    rows = table.rename_columns(names).to_pandas().astype("object")
    return rows.where(rows.notna(), None)


def _require_table(name: str, data: bytes) -> None:
    """Refuse a file that its first bytes show to be something else: SourceError says what."""
    found = next((kind for mark, kind in _OTHER_KINDS.items() if data.startswith(mark)), None)
    if found and data.startswith(b"PK") and any(part in data for part in _WITHIN_SPREADSHEETS):
        found = SPREADSHEET
    if found:
        raise SourceError(f"{name} is {found[0]}, not CSV or Parquet. {found[1]}")


def _text(name: str, data: bytes, encoding: str) -> str:
    if not data.strip():
        raise SourceError(f"{name} is empty ({len(data):,} bytes, and no text in them). Export "
                          "it again.")
    marked = next((code for mark, code in _MARKS.items() if data.startswith(mark)), "")
    code = marked or encoding or "utf-8"
    try:
        text = data.decode(code)
    except LookupError as error:
        raise SourceError(f"{name}: '{encoding}' is no encoding. Write one such as utf-8 or "
                          "cp1252 in the mapping.") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(f"{name}: line {line:,} cannot be read as {code}. Save the file as "
                          "UTF-8, or write its encoding in the mapping (often cp1252).") from error
    if "\0" in text:
        raise SourceError(f"{name} is not a text file that can be read: it holds binary data. "
                          "Export the table as CSV in UTF-8 or as Parquet.")
    return text


def _csv(name: str, text: str, delimiter: str) -> pa.Table:
    header = next(line for line in text.splitlines() if line.strip())
    sign = delimiter or max(DELIMITERS, key=header.count)
    columns = next(csv.reader([header], delimiter=sign))
    try:
        return pa.csv.read_csv(
            io.BytesIO(text.encode("utf-8", "surrogatepass")),
            read_options=pa.csv.ReadOptions(use_threads=False, block_size=1 << 26),
            parse_options=pa.csv.ParseOptions(delimiter=sign, newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False))
    except pa.ArrowException as error:
        found = _WRONG_WIDTH.search(str(error))
        what = (f"row {int(found[1]) - 1:,} has {found[3]} fields where the header has "
                f"{found[2]}" if found else "its quotes or line ends do not pair")
        raise SourceError(f"{name}: {what}. Correct the row, or export the file again with "
                          "quotes around fields that hold the delimiter.") from error


def _parquet(name: str, data: bytes) -> pa.Table:
    try:
        table = pq.read_table(io.BytesIO(data))
        return pa.table({field.name: pc.cast(table[field.name], pa.string())
                         for field in table.schema})
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"{name} is no Parquet file of plain columns. Export the table again, "
                          "without nested columns, or as CSV.") from error
