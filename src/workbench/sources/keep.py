"""Rows chosen by a column's text: the source's `keep`; what it leaves out is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from workbench.errors import SettingsError
from workbench.sources.entries import list_of, mapping_of, texts_of

Keep = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Kept:
    """Which rows a `keep` leaves out, by position, and how many rows hold each of its texts."""

    left_out: npt.NDArray[np.int64]
    n_holding: dict[tuple[str, str], int] = field(default_factory=dict)


def keep_of(given: Any, where: str) -> dict[str, tuple[str, ...]]:
    """Return the source's `keep`: for each column of the file the texts that rows may hold."""
    keep = {}
    for column, texts in mapping_of(texts_of(given, where), where).items():
        keep[column] = tuple(" ".join(text.split()) for text in list_of(texts))
        if not keep[column]:
            raise SettingsError(
                f"{where}.{column} lists no text, so that no row would be kept. List the texts "
                "of the rows that you want, or take the column out."
            )
    return keep


def kept_rows(columns: Mapping[str, pa.Array], keep: Keep, n_rows: int) -> Kept:
    """Return which rows hold none of the texts of some column under `keep`.

    White space at a text's ends and its length within do not matter; capitals do.
    """
    is_kept = np.ones(n_rows, bool)
    n_holding: dict[tuple[str, str], int] = {}
    for column, texts in keep.items():
        places = _place_among(columns[column], texts)
        is_kept &= places >= 0
        counts = np.bincount(places[places >= 0], minlength=len(texts)).tolist()
        n_holding |= {(column, text): n for text, n in zip(texts, counts, strict=True)}
    return Kept(np.flatnonzero(~is_kept), n_holding)


def _place_among(values: pa.Array, texts: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Return for each row the place of its text among ``texts``; -1 where it is none of them."""
    is_coded = pa.types.is_dictionary(values.type)
    different = values.dictionary if is_coded else values
    plain = pc.utf8_trim_whitespace(pc.replace_substring_regex(different, r"\s+", " "))
    place = pc.fill_null(pc.index_in(plain, pa.array(texts)), -1)
    place = place.take(values.indices) if is_coded else place
    found: npt.NDArray[np.int64] = place.to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def refuse_unmet_keep(keep: Keep, n_holding: Mapping[tuple[str, str], int], name: str) -> None:
    """Raise SettingsError where a text under `keep` stands in no row of the source."""
    asked = [(column, text) for column, texts in keep.items() for text in texts]
    for column, text in asked:
        if not n_holding.get((column, text)):
            raise SettingsError(
                f"sources.{name}.keep.{column}: no row holds '{text}' there. Write it as the "
                "file does, capitals too, or take it out of the list."
            )
