"""The matrix of campaigns: which files each has, and how its raw files were altered.

Files are altered as texts, with Python's own csv module: nothing of the product reads them here.
What is taken from the product is what its sample wrote and how (layouts), which column of a file
is which (presets, as YAML), and which columns a table may do without.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from workbench.sample.layouts import LAYOUTS, Layout
from workbench.tables import TABLES

PRESETS = Path(__file__).parents[1] / "src/workbench/sources/presets"
AS_OF, POLLING = dt.date(2026, 10, 5), dt.date(2026, 11, 3)
STEPS_DAYS = {"month": 30, "year": 365, "three_years": 1096}
SCRIPTS = {"greek": "αβγδεζηθικλμνξοπρστυφχψω", "cyrillic": "абвгдежзийклмнопрстуфхцчшэюя",
           "chinese": "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高",
           "arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"}
NAMES = ("first_name", "middle_name", "last_name")
BASICS = {"lawful_basis": "consent", "expiry_date": "2035-12-31"}
GIFT_COLUMNS = {"donation_id": "Receipt", "donation_date": "Paid on", "amount_minor": "Amount",
                "first_name": "First", "last_name": "Last", "postcode": "Postcode"}
Alter = Callable[[bytes, Layout], bytes]


@dataclass(frozen=True)
class Made:
    """One campaign of the matrix: ``sources`` by name as params.yaml declares them.

    ``keeps`` are sources of the sample, ``alters`` what is done to their files, ``files`` the
    campaign's other raw files by path, ``campaign`` the keys of that section that differ.
    ``as_of`` is the day for which the sample is made.
    """

    name: str
    keeps: tuple[str, ...] = tuple(LAYOUTS)
    alters: Mapping[str, Alter] = field(default_factory=dict)
    sources: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    campaign: Mapping[str, Any] = field(default_factory=dict)
    as_of: dt.date = AS_OF


def campaigns() -> tuple[Made, ...]:
    """Return the whole matrix, in order."""
    return (*_subsets(), *_donors(), *_days(), *_others(), *_blanks())


def _subsets() -> Iterator[Made]:
    yield Made("all")
    yield Made("nothing", keeps=())
    for name in LAYOUTS:
        yield Made(f"without_{name}", keeps=tuple(other for other in LAYOUTS if other != name))
    for name in LAYOUTS:
        yield Made(f"only_{name}", keeps=(name,))
    yield Made("register_and_gifts", keeps=("voters", "donations"))
    yield Made("register_and_canvass", keeps=("voters", "canvass"))
    yield Made("register_and_poll", keeps=("voters", "polls"))
    yield Made("register_and_history", keeps=("voters", "vote_history"))
    yield Made("no_register", keeps=tuple(name for name in LAYOUTS if name not in (
        "voters", "vote_history", "areas", "area_results", "seats", "seat_results")))
    yield Made("history_of_another_register", alters={"vote_history": other_keys})
    yield Made("ten_electors", keeps=("voters",), alters={"voters": first_rows(10)})
    yield Made("one_row_each", alters=dict.fromkeys(LAYOUTS, first_rows(1)))
    yield Made("twelve_rows_each", alters=dict.fromkeys(LAYOUTS, first_rows(12)))


def _donors() -> Iterator[Made]:
    for name, n_donors, n_years in (("one", 1, 1), ("ten", 10, 1), ("eighty", 80, 1),
                                    ("eighty_ten_years", 80, 10), ("many_ten_years", 600, 10)):
        declared = {"path": "data/raw/gifts.csv", "table": "donations",
                    "columns": GIFT_COLUMNS, **BASICS}
        yield Made(f"donors_{name}", keeps=(), sources={"gifts": declared},
                   files={"data/raw/gifts.csv": gifts(n_donors, n_years)})
    yield Made("federal_layout", keeps=(), sources={"contributions": {
        "path": "data/raw/itcont.txt", "preset": "fec_itcont", "table": "donations", **BASICS}},
        files={"data/raw/itcont.txt": federal_gifts(400)})


def _days() -> Iterator[Made]:
    for name, days in STEPS_DAYS.items():
        step = dt.timedelta(days=days)
        yield Made(f"polling_{name}_later", campaign={"polling_date": POLLING + step})
        yield Made(f"polling_{name}_earlier", campaign={"polling_date": POLLING - step})
        yield Made(f"files_{name}_old", campaign={
            "as_of": AS_OF + step, "polling_date": POLLING + step})
        for sign, word in ((1, "later"), (-1, "earlier")):
            yield Made(f"all_{name}_{word}", as_of=AS_OF + sign * step, campaign={
                "as_of": AS_OF + sign * step, "polling_date": POLLING + sign * step})


def _others() -> Iterator[Made]:
    for code in ("GBP", "NOK"):
        yield Made(f"currency_{code}", campaign={"currency_code": code},
                   alters={"donations": replaced("currency_code", always(code))})
        yield Made(f"currency_{code}_of_the_campaign_alone", campaign={"currency_code": code})
    for name, letters in SCRIPTS.items():
        sources = [source for source in LAYOUTS if set(raw_columns(source)) & set(NAMES)]
        yield Made(f"names_{name}", alters={source: in_letters(letters) for source in sources},
                   sources={"voters": {"encoding": "utf-8"}})
    yield Made("one_region", alters={source: replaced("region_code", first_code(source))
                                     for source in LAYOUTS if "region_code" in
                                     raw_columns(source)})
    yield Made("a_long_name", campaign={
        "name": "The Alliance of Harbours, Likely Coasts and Islands of the Whole Country"})


def _blanks() -> Iterator[Made]:
    """Each column that its table may do without: blank in every row, in some, in most.

    Of every file one column at a time, so that a campaign has the n-th of each blank: its name
    leads to them by `optional_columns`.
    """
    optional = {source: optional_columns(source) for source in LAYOUTS}
    for number in range(max(map(len, optional.values()))):
        blank = {source: names[number] for source, names in optional.items()
                 if number < len(names)}
        for how, keeps in (("all", 0), ("some", 20), ("most", -20)):
            yield Made(f"blank_{how}_{number}", alters={
                source: blanked(column, keeps) for source, column in blank.items()})


def optional_columns(source: str) -> list[str]:
    """Return the columns of a source's file that its table may do without, in order."""
    table = TABLES[LAYOUTS[source].table]
    return [name for name in raw_columns(source)
            if not table.column(name).is_required and name not in table.key]


def raw_columns(source: str) -> dict[str, str]:
    """Return the column of a file of the sample by the column of the table, as its preset says."""
    preset = yaml.safe_load((PRESETS / f"sample_{source}.yaml").read_text(encoding="utf-8"))
    return {name: rule["from"] for name, rule in preset["columns"].items()}


def altered(
    content: bytes, layout: Layout, column: str, change: Callable[[int, str], str]
) -> bytes:
    """Return a file with ``change`` (row number, text) made in one column of its table."""
    rows, source = _rows(content, layout), source_of(layout)
    at = rows[0].index(next(name for name in rows[0]
                            if name.strip() == raw_columns(source)[column]))
    for number, row in enumerate(rows[1:]):
        if at < len(row):
            row[at] = change(number, row[at])
    return _text(rows, layout)


def source_of(layout: Layout) -> str:
    """Return the name of the source that a layout is of."""
    return next(name for name, other in LAYOUTS.items() if other is layout)


def blanked(column: str, keeps: int) -> Alter:
    """Blank a column: in all rows (0), in every so-manieth, or in all but those (negative)."""
    def alter(content: bytes, layout: Layout) -> bytes:
        def change(number: int, text: str) -> str:
            is_blank = (number % abs(keeps) == 0) == (keeps > 0) if keeps else True
            return layout.missing if is_blank else text

        return altered(content, layout, column, change)

    return alter


def replaced(column: str, change: Callable[[str], str]) -> Alter:
    """Change the texts of a column."""
    return lambda content, layout: altered(content, layout, column, lambda _, text: change(text))


def always(code: str) -> Callable[[str], str]:
    """Return what puts one code in the place of any."""
    return lambda text: text and code


def first_code(source: str) -> Callable[[str], str]:
    """Return what makes every region of a file its first one."""
    preset = yaml.safe_load((PRESETS / f"sample_{source}.yaml").read_text(encoding="utf-8"))
    return always(next(iter(preset["columns"]["region_code"]["codes"])))


def first_rows(n: int) -> Alter:
    """Keep the first rows of a file."""
    return lambda content, layout: _text(_rows(content, layout)[:n + 1], layout)


def other_keys(content: bytes, layout: Layout) -> bytes:
    """Name electors that no register has."""
    return altered(content, layout, "voter_id", lambda _, text: f"X{text}")


def in_letters(letters: str) -> Alter:
    """Write names in other letters, the same name always the same; the file becomes UTF-8."""
    def change(_: int, text: str) -> str:
        return "".join(letters[(ord(c.lower()) - 97) % len(letters)] if c.isascii() and c.isalpha()
                       else c for c in text)

    def alter(content: bytes, layout: Layout) -> bytes:
        known = set(raw_columns(source_of(layout))) & set(NAMES)
        for column in sorted(known):
            content = altered(content, layout, column, change)
        text = content.decode("utf-8") if layout.encoding == "cp1252" else ""
        return text.encode() if text else content

    return alter


def gifts(n_donors: int, n_years: int) -> bytes:
    """A plain file of gifts of invented donors, over so many years before the day of the build."""
    draw = random.Random(n_donors * 100 + n_years)
    lines, number = ["Receipt,Paid on,Amount,First,Last,Postcode"], 0
    for donor in range(n_donors):
        for _ in range(draw.choice((1, 1, 2, 3, 8))):
            day = AS_OF - dt.timedelta(days=draw.randrange(1, 365 * n_years))
            number += 1
            lines.append(f"R{number},{day},{draw.choice((10, 25, 50, 100))},"
                         f"Ada{chr(97 + donor % 26)},Inventwell{donor},{1000 + donor:05d}")
    return ("\n".join(lines) + "\n").encode()


def federal_gifts(n_gifts: int) -> bytes:
    """A file of contributions in the federal layout (FORMATS 2.4): 21 fields, no header."""
    draw, lines = random.Random(4), []
    for number in range(n_gifts):
        donor, day = draw.randrange(n_gifts // 3), AS_OF - dt.timedelta(days=draw.randrange(700))
        kind = draw.choice(("15", "15", "15", "15E", "24T", "22Y"))
        lines.append("|".join((
            f"C{draw.randrange(4):08d}", "N", "Q1", "P", str(number), kind, "IND",
            f"INVENTWELL{donor}, ADA", "LIGHTPOINT", draw.choice(("AA", "BB")),
            f"{10000 + donor}", "NONE", "RETIRED", f"{day:%m%d%Y}",
            str(-25 if kind == "22Y" else draw.choice((25, 50, 250))),
            "C00009999" if kind in ("15E", "24T") else "", f"T{number}", "1", "", "",
            str(4_000_000 + number))))
    return ("\n".join(lines) + "\n").encode()


def _rows(content: bytes, layout: Layout) -> list[list[str]]:
    try:
        text = content.decode(layout.encoding)
    except UnicodeDecodeError:
        text = content.decode("utf-8")
    return list(csv.reader(io.StringIO(text, newline=""), **_dialect(layout)))


def _text(rows: list[list[str]], layout: Layout) -> bytes:
    text = io.StringIO(newline="")
    if layout.quote:
        csv.writer(text, lineterminator=layout.line_end, **_dialect(layout)).writerows(rows)
    else:
        text.write("".join(layout.delimiter.join(row) + layout.line_end for row in rows))
    try:
        return text.getvalue().encode(layout.encoding)
    except UnicodeEncodeError:
        return text.getvalue().encode("utf-8")


def _dialect(layout: Layout) -> dict[str, Any]:
    quoting = csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE
    return {"delimiter": layout.delimiter, "quoting": quoting}
