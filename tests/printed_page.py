"""What one built page prints: its tables, its tiles with their bases, and its words."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

Rows = dict[str, dict[str, str]]


class PrintedPage(HTMLParser):
    """Tables by their headings, with rows by their first cell; tiles by their heading.

    ``lists`` has every table as a list of rows, the first cell among them, for tables in which
    the first cell does not name the row.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tables: list[Rows] = []
        self.lists: list[list[dict[str, str]]] = []
        self.tiles: dict[str, str] = {}
        self.bases: dict[str, str] = {}
        self.words = ""
        self._heads: list[str] = []
        self._cells: list[str] = []
        self._tile, self._term, self._at, self._is_value = "", "", "", False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row, a cell or a tile."""
        self._at = tag
        if tag == "table":
            self._heads = []
            self.tables.append({})
            self.lists.append([])
        elif tag == "tr":
            self._cells = []
        elif tag in ("td", "th"):
            self._cells.append("")
        elif tag in ("h2", "h3"):
            self._tile = ""
        elif tag == "p":
            self._is_value = ("class", "value") in attrs

    def handle_endtag(self, tag: str) -> None:
        """End a row: the first of a table are its headings."""
        if tag == "tr" and not self._heads:
            self._heads = self._cells
        elif tag == "tr":
            row = dict(zip(self._heads, self._cells, strict=True))
            self.lists[-1].append(row)
            rest = dict(zip(self._heads[1:], self._cells[1:], strict=True))
            self.tables[-1].setdefault(self._cells[0], rest)
        self._at = ""

    def handle_data(self, data: str) -> None:
        """Keep the text of a cell, of a tile's heading, of its value and of its base."""
        self.words += f"{data} "
        if self._at in ("td", "th") and self._cells:
            self._cells[-1] += data.strip()
        elif self._at == "h3":
            self._tile += data
        elif self._at == "strong" and self._is_value:
            self.tiles[self._tile] = data
        elif self._at == "dt":
            self._term = data.strip()
        elif self._at == "dd" and self._term == "n" and self._tile:
            self.bases.setdefault(self._tile, data.strip())

    def table(self, *headings: str) -> Rows:
        """Return the first table with these headings besides the first; empty if none has."""
        return next((table for table in self.tables if table and all(
            set(headings) <= set(row) for row in table.values())), {})

    def only(self, heading: str) -> Rows:
        """Return the first table with this heading and no other besides the first."""
        return next((table for table in self.tables if table and all(
            list(row) == [heading] for row in table.values())), {})

    def rows(self, *headings: str) -> list[dict[str, str]]:
        """Return the rows of the first table with these headings, the first cell among them."""
        return next((rows for rows in self.lists if rows and set(headings) <= set(rows[0])), [])
