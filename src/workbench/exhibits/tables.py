"""Tables of a brief, set by great_tables and dressed by the page's own style sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from workbench.errors import BriefError
from workbench.exhibits.exhibit import ID_PREFIX
from workbench.exhibits.forms import (
    NUMERIC_FORMS,
    House,
    and_more,
    form_of,
    label_of,
    show,
    show_range,
)

MOST_ROWS = 200
_TABLE = re.compile(r"<table.*</table>", re.DOTALL)
_TAG = re.compile(r"<(t[a-z]+)((?: [a-z-]+=\"[^\"]*\")*)>")
_KEPT = re.compile(r" scope=\"[a-z]+\"")


@dataclass(frozen=True)
class Dress:
    """How a table's columns print: form and heading by column, where the names do not tell."""

    house: House
    forms: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    is_exact: bool = False


def table_html(frame: pd.DataFrame, dress: Dress) -> str:
    """Return ``<table>``: one row a row of ``frame``, its first column the row's heading.

    Columns ``x_low`` and ``x_high`` become one column that prints the range of ``x``. Every
    text is escaped. The first MOST_ROWS rows stand in it, and how many more there are is in
    the note. BriefError for a table without columns.
    """
    _refuse_undressed(frame, dress)
    texts, aligned = _as_texts(frame.head(MOST_ROWS), dress)
    return _lean(_set_by_great_tables(texts, aligned))


def notes_html(frame: pd.DataFrame, dress: Dress) -> str:
    """Return the note on rows left out and on why cells are hidden; empty where none is."""
    forms = {column: _form(frame, column, dress) for column in frame.columns}
    gaps = {forms[column] for column in frame.columns if frame[column].isna().any()}
    more = and_more(len(frame) - MOST_ROWS)
    notes = [f"{more[:1].upper()}{more[1:]}."] if more else []
    if not dress.is_exact and "count" in gaps:
        notes.append(f"“hidden”: fewer than {dress.house.cell_min} people, or a number that would "
                     "give such a one away.")
    if not dress.is_exact and gaps & set(NUMERIC_FORMS) - {"count"}:
        notes.append("“not shown”: too few people stand behind the number, one of them would "
                     "stand out, or it would give a hidden number away.")
    return f'<p class="note">{escape(" ".join(notes))}</p>' if notes else ""


def figure_html(title: str, subtitle: str, body: str, *, kind: str) -> str:
    """Return a ``<figure>`` with its title and subtitle above ``body`` (HTML)."""
    below = f'<span class="subtitle">{escape(subtitle)}</span>' if subtitle else ""
    return (f'<figure class="{kind}"><figcaption><span class="title">{escape(title)}</span>'
            f"{below}</figcaption>{body}</figure>")


def scrolling(table: str, label: str) -> str:
    """Wrap a table so that on a narrow screen it scrolls by itself, also by keyboard."""
    return (f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(label)}">'
            f"{table}</div>")


def is_all_hidden(frame: pd.DataFrame, dress: Dress) -> bool:
    """Tell whether a table has numbers and shows none, nor any text but its rows' headings."""
    others = list(frame.columns)[1:]
    is_told = any(frame[name].notna().any() for name in others)
    return any(_form(frame, name, dress) in NUMERIC_FORMS for name in others) and not is_told


def _refuse_undressed(frame: pd.DataFrame, dress: Dress) -> None:
    if not len(frame.columns):
        raise BriefError("A table without columns cannot be shown. Pass the columns to show.")
    for column in {**dress.forms, **dress.labels}:
        if column not in frame.columns:
            raise BriefError(f"The table has no column '{column}' to give a form or a label to. "
                             f"It has: {', '.join(map(str, frame.columns))}.")


def _form(frame: pd.DataFrame, column: str, dress: Dress) -> str:
    return dress.forms.get(column) or form_of(str(column), frame[column])


def _as_texts(frame: pd.DataFrame, dress: Dress) -> tuple[dict[str, list[str]], list[bool]]:
    """Return printed cells by heading, in order, and for each whether it aligns right."""
    texts: dict[str, list[str]] = {}
    is_number = []
    for column in frame.columns:
        if _is_end_of_range(frame, column):
            continue
        form = _form(frame, column, dress)
        texts[_heading(column, dress, texts)] = _cells(frame[column], form, dress)
        is_number.append(form in NUMERIC_FORMS)
        if f"{column}_low" in frame.columns and f"{column}_high" in frame.columns:
            ends = zip(frame[f"{column}_low"], frame[f"{column}_high"], strict=True)
            texts[_heading("range", dress, texts)] = [
                show_range(low, high, form, dress.house) for low, high in ends
            ]
            is_number.append(True)
    return texts, is_number


def _cells(values: pd.Series, form: str, dress: Dress) -> list[str]:
    if dress.is_exact:
        return ["–" if pd.isna(value) else show(value, form, dress.house) for value in values]
    return [show(value, form, dress.house) for value in values]


def _is_end_of_range(frame: pd.DataFrame, column: Any) -> bool:
    base, _, end = str(column).rpartition("_")
    others = {"low": f"{base}_high", "high": f"{base}_low"}
    return base in frame.columns and others.get(end, "") in frame.columns


def _heading(column: Any, dress: Dress, taken: Mapping[str, object]) -> str:
    heading = dress.labels.get(column) or label_of(str(column))
    while heading in taken:
        heading += "\u200b"
    return heading


def _set_by_great_tables(texts: Mapping[str, list[str]], is_number: list[bool]) -> str:
    from great_tables import GT  # a fifth of a second, which the index page need not pay

    names = [f"c{place}" for place in range(len(texts))]
    cells = pd.DataFrame(dict(zip(names, texts.values(), strict=True)), dtype="object")
    labels: dict[str, Any] = dict(zip(names, texts, strict=True))
    right = [name for name, number in zip(names, is_number, strict=True) if number]
    left = [name for name in names if name not in right]
    table = GT(cells, id=f"{ID_PREFIX}table", rowname_col=names[0]).tab_stubhead(labels.pop("c0"))
    heads = {name: _plain(label) for name, label in labels.items()}
    table = table.cols_label(**heads) if heads else table
    table = table.cols_align("right", right) if right else table
    table = table.cols_align("left", left) if left else table
    return table.as_raw_html(inline_css=False)


def _plain(heading: str) -> Any:
    """Keep great_tables from reading ``{{…}}`` as a unit, which it sets without escaping it."""
    from great_tables import html

    return html(escape(heading).replace("{", "&#123;")) if "{{" in heading else heading


def _lean(html: str) -> str:
    """Keep the bare table: no style, no ids; ``class="r"`` where figures align right."""
    found = _TABLE.search(html)
    if found is None:
        raise ValueError("great_tables returned no table")
    return re.sub(r">\s+<", "><", _TAG.sub(_lean_tag, found.group()))


def _lean_tag(tag: re.Match[str]) -> str:
    kept = "".join(_KEPT.findall(tag.group(2)))
    aligned = ' class="r"' if "gt_right" in tag.group(2) else ""
    return f"<{tag.group(1)}{kept}{aligned}>"
