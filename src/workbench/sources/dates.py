"""Dates from text: strict, vectorised, and never guessing the order of day and month."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.errors import SettingsError

_PARTS = {"Y": r"\d{4}", "m": r"\d{1,2}", "d": r"\d{1,2}", "H": r"\d{2}", "M": r"\d{2}",
          "S": r"\d{2}"}
_DIRECTIVE = re.compile(r"%(.)")


def check_date_format(date_format: str, where: str) -> None:
    """Raise SettingsError unless the format is made of %Y, %m, %d (and %H, %M, %S)."""
    parts = _DIRECTIVE.findall(date_format)
    known = set(parts) <= set(_PARTS) and {"Y", "m", "d"} <= set(parts)
    if not known or len(parts) != len(set(parts)):
        raise SettingsError(
            f"{where}: the date format '{date_format}' cannot be used. Write it with %Y, %m and "
            "%d (and %H, %M, %S where there is a time), for instance %m/%d/%Y."
        )


def swapped_format(date_format: str) -> str:
    """Return the format with day and month exchanged.

    >>> swapped_format("%m/%d/%Y")
    '%d/%m/%Y'
    """
    other = {"%m": "%d", "%d": "%m"}
    return _DIRECTIVE.sub(lambda found: other.get(found.group(), found.group()), date_format)


def parse_dates(texts: pa.Array, date_format: str) -> pa.Array:
    """Return the days of ``texts`` as date32; null where a text is no day in that format.

    >>> parse_dates(pa.array(["02/29/2024", "02/29/2023"]), "%m/%d/%Y").to_pylist()
    [datetime.date(2024, 2, 29), None]
    """
    found = pc.extract_regex(texts, _pattern(date_format))
    is_found = found.is_valid()
    year, month, day = (
        pc.fill_null(pc.struct_field(found, name).cast(pa.int64()), 1).to_numpy(
            zero_copy_only=False
        )
        for name in ("Y", "m", "d")
    )
    in_range = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    is_real = in_range & (days.astype("datetime64[M]") == months)
    is_real &= is_found.to_numpy(zero_copy_only=False)
    return pa.array(days.astype("int64").astype(np.int32), pa.int32(), mask=~is_real).cast(
        pa.date32()
    )


def _pattern(date_format: str) -> str:
    has_gaps = not re.search(r"%[Ymd]%[Ymd]", date_format)
    parts = _PARTS if has_gaps else _PARTS | {"m": r"\d{2}", "d": r"\d{2}"}
    pieces = _DIRECTIVE.split(date_format)
    return "^" + "".join(
        f"(?P<{piece}>{parts[piece]})" if place % 2 else re.escape(piece)
        for place, piece in enumerate(pieces)
    ) + "$"
