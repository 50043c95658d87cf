"""Addresses in the order in which a street is walked."""

from __future__ import annotations

import pandas as pd

FLAT = r"(?i)(?:\b(?:apt|apartment|flat|unit|suite|ste|lot)\b\.?\s*#?|#)\s*(\w+)"
HOUSE = r"(?i)^\s*(\d+)\s*([a-z]?)\b[\s,]*(.*)$"
SHORT_FORMS = {
    "st": "street", "rd": "road", "ave": "avenue", "av": "avenue", "ln": "lane", "dr": "drive",
    "ct": "court", "pl": "place", "blvd": "boulevard", "sq": "square", "ter": "terrace",
    "cres": "crescent", "hwy": "highway", "cir": "circle", "pkwy": "parkway",
}
WALK_ORDER = ["street", "town", "side", "number", "letter", "flat_number", "flat"]
NO_NUMBER = 2


def walk_keys(address_lines: pd.Series, town_names: pd.Series) -> pd.DataFrame:
    """Return the columns of WALK_ORDER by which doors are sorted, one row an address.

    ``side`` is 1 for odd numbers and 0 for even, NO_NUMBER for a house without one, which
    comes last in its street under its name (in ``letter``). Numbers sort as numbers: 9 comes
    before 10. Short forms are written out, so that 'Mill Ln' and 'MILL LANE' are one street.

    >>> keys = walk_keys(pd.Series(["12a High St, Flat 3"]), pd.Series(["Ely"]))
    >>> keys.iloc[0].astype("str").tolist()
    ['high street', 'ely', '0', '12', 'a', '3', '3']
    """
    text = address_lines.fillna("").astype("str").str.casefold()
    flat = text.str.extract(FLAT, expand=False).fillna("")
    house = text.str.replace(FLAT, "", regex=True).str.strip(" ,")
    parts = house.str.extract(HOUSE)
    named = house.str.extract(r"^(.*?)(?:,\s*(?P<street>[^,]*))?$")
    has_number = parts[0].notna()
    street = parts[2].where(has_number, named["street"].fillna(named[0])).fillna("")
    number = pd.to_numeric(parts[0], errors="coerce").fillna(0).astype("int64")
    return pd.DataFrame({
        "street": _written_out(street), "town": town_names.fillna("").str.casefold(),
        "side": (number % 2).where(has_number, NO_NUMBER).astype("int64"), "number": number,
        "letter": parts[1].where(has_number, named[0]).fillna(""),
        "flat_number": pd.to_numeric(flat, errors="coerce").fillna(0).astype("int64"),
        "flat": flat,
    })


def _written_out(street: pd.Series) -> pd.Series:
    plain = street.str.replace(r"[^\w\s]", " ", regex=True).str.split().str.join(" ")
    last = plain.str.rsplit(" ", n=1).str[-1]
    longer = last.map(SHORT_FORMS)
    stem = plain.str.rsplit(" ", n=1).str[0]
    is_short = longer.notna() & (stem != last)
    return plain.where(~is_short, stem + " " + longer.fillna(""))
