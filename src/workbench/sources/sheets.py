"""Spreadsheets, SPSS and Stata files as text: one line a row, each cell as a person reads it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from workbench.errors import SourceError, nearest_name

SPREADSHEET_MEMBERS = frozenset({"[Content_Types].xml", "content.xml", "xl/workbook.bin"})
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
STATISTICS_MAGIC = (b"$FL2", b"$FL3", b"<stata_dta>")
OLD_STATA = (b"\x6e", b"\x6f", b"\x71", b"\x72", b"\x73")  # of its formats 110 to 115
LARGEST_SHEET_BYTES = 2_000_000_000
LARGEST_SHEET_RATIO = 200
RATIO_APPLIES_FROM_BYTES = 50_000_000
ROWS_AT_ONCE = 50_000
LINE_END_IN_CELL = "\r"  # so that a row stays one line, and lines are numbered as the rows are
MIDNIGHT = dt.time(0)
_BRACKETS = re.compile(r"\[[^\]]*\]")
_ORIGINS = {"spreadsheet_serial": dt.date(1899, 12, 30),
            "spreadsheet_serial_1904": dt.date(1904, 1, 1)}


def is_statistics(magic: bytes, path: str) -> bool:
    """Return whether a file is of SPSS or Stata, by its first bytes and, if old, its name."""
    is_old = path.lower().endswith(".dta") and magic[:1] in OLD_STATA
    return magic.startswith(STATISTICS_MAGIC) or is_old


def sheet_lines(place: Path, path: str, *, sheet: str, date_format: str) -> Iterator[bytes]:
    """Yield a sheet of a workbook as CSV in UTF-8, line for line.

    Whole numbers have no decimal, days are written in ``date_format`` (ISO without one), yes
    and no as TRUE and FALSE. Without ``sheet``, the workbook's one sheet that holds anything.
    SourceError for a workbook that is encrypted, damaged, too large or has no such sheet.
    """
    import python_calamine

    _refuse_bomb(place, path)
    try:
        workbook = python_calamine.load_workbook(place)
        chosen = _chosen(workbook, path, sheet)
        rows = workbook.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    except python_calamine.PasswordError as error:
        raise SourceError(
            f"{path} is encrypted. Open it with its password, save it without one, and declare "
            "that file."
        ) from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise SourceError(
            f"{path} is a damaged or unusual spreadsheet. Open it, save it as .xlsx or CSV, and "
            "declare that file."
        ) from error
    yield from _as_lines(rows, date_format)


def statistics_lines(
    place: Path, path: str, *, has_labels: bool, date_format: str
) -> Iterator[bytes]:
    """Yield an SPSS or Stata file as CSV in UTF-8, the names of its variables first.

    Values with a label are their labels, or their codes without ``has_labels``; what the file
    declares as missing is missing. SourceError for a file that cannot be read.
    """
    import pyreadstat

    is_stata = path.lower().endswith(".dta")
    read = pyreadstat.read_dta if is_stata else pyreadstat.read_sav
    try:
        frame, _ = read(str(place), apply_value_formats=has_labels, formats_as_category=False)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, OSError, ValueError) as error:
        raise SourceError(
            f"{path} is a damaged or unusual file of SPSS or Stata. Save it again there, or "
            "export it as CSV, and declare that file."
        ) from error
    rows = (list(row) for row in frame.astype(object).itertuples(index=False, name=None))
    yield from _as_lines([list(frame.columns)], date_format)
    yield from _as_lines(rows, date_format)


def _refuse_bomb(place: Path, path: str) -> None:
    """SourceError where a workbook would grow beyond all measure when it is unpacked."""
    if not zipfile.is_zipfile(place):
        return
    with zipfile.ZipFile(place) as archive:
        n_bytes = sum(info.file_size for info in archive.infolist())
    n_packed = max(place.stat().st_size, 1)
    is_bomb = n_bytes > RATIO_APPLIES_FROM_BYTES and n_bytes > LARGEST_SHEET_RATIO * n_packed
    if is_bomb or n_bytes > LARGEST_SHEET_BYTES:
        raise SourceError(
            f"{path} grows to {n_bytes:,} bytes when it is unpacked, which is more than a "
            "spreadsheet should. Open it, save the sheet as CSV, and declare that file."
        )


def _chosen(workbook: Any, path: str, sheet: str) -> str:
    names = list(workbook.sheet_names)
    if sheet and sheet not in names:
        raise SourceError(
            f"{path} has no sheet '{sheet}'.{nearest_name(sheet, names)} It has: "
            f"{', '.join(names)}."
        )
    if sheet or len(names) == 1:
        return sheet or names[0]
    full = [name for name in names if workbook.get_sheet_by_name(name).height]
    if len(full) != 1:
        raise SourceError(
            f"{path} has {len(full)} sheets that hold something: {', '.join(full or names)}. "
            "Name the one that is meant under sheet in the source."
        )
    return str(full[0])


def _as_lines(rows: Iterable[Sequence[Any]], date_format: str) -> Iterator[bytes]:
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")  # both are then quoted
    for number, row in enumerate(rows):
        texts = [_text(value, date_format) for value in row]
        if any(texts):
            writer.writerow(texts)
        else:
            written.write("\n")
        if number % ROWS_AT_ONCE == ROWS_AT_ONCE - 1:
            yield written.getvalue().replace("\r\n", "\n").encode()
            written.seek(0)
            written.truncate()
    yield written.getvalue().replace("\r\n", "\n").encode()


def _text(value: Any, date_format: str) -> str:
    """Return a cell as a person reads it.

    >>> [_text(value, "") for value in (27517.0, 0.1, True, None, dt.date(2024, 2, 29))]
    ['27517', '0.1', 'TRUE', '', '2024-02-29']
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        is_whole = value.is_integer() and abs(value) < 2**53
        return str(int(value)) if is_whole else repr(value)
    if isinstance(value, dt.date) and date_format in _ORIGINS:
        day = value.date() if isinstance(value, dt.datetime) else value
        return str((day - _ORIGINS[date_format]).days)
    if isinstance(value, dt.datetime):
        if date_format:
            return value.strftime(_BRACKETS.sub("", date_format))
        is_day = value.time() == MIDNIGHT
        return value.date().isoformat() if is_day else value.isoformat(sep=" ")
    if isinstance(value, dt.date):
        plain = _BRACKETS.sub("", date_format)
        return value.strftime(plain) if plain else value.isoformat()
    return str(value).replace("\r\n", "\n").replace("\n", LINE_END_IN_CELL)
