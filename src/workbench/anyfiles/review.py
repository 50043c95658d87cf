"""Judge links of any files at the terminal, and say what the answers make of the linking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.people.answers import add_answer, answers_in
from workbench.people.judge import Talk, judge_each, side_by_side, unanswered
from workbench.people.quality import estimate_quality
from workbench.people.review import draw_review_pairs
from workbench.people.subject_access_words import plain

N_PAIRS = 200  # so many are drawn; whoever judges may stop after any
SEED = 1
SURE = 1e-6  # no probability is taken to be nearer to 0 or 1
SIDES = ("_l", "_r")


def review(table: pd.DataFrame, path: Path, talk: Talk) -> list[str]:
    """Ask for answers to pairs drawn from ``table``, and return what all answers so far say.

    ``table`` is that of ``table_of_pairs``. Answers are kept in ``path`` one by one, so that
    leaving loses nothing, and the next run with the same files goes on. The probability is not
    shown: who sees it is led by it.
    """
    keys = np.sort(np.array([_keys(table, side) for side in SIDES], dtype=object), axis=0)
    by_pair = table.set_index(pd.MultiIndex.from_arrays(list(keys)))
    by_pair = by_pair[~by_pair.index.duplicated()]
    drawn = _drawn(by_pair)

    def lines(asked: Mapping[str, Any]) -> Iterator[str]:
        row = by_pair.loc[(asked["record_key_l"], asked["record_key_r"])]
        names = [name.removesuffix("_l") for name in map(str, table) if name.endswith("_l")]
        yield from side_by_side(names, [[_text(row[f"{name}{side}"]) for side in SIDES]
                                        for name in names])
        yield f"  {row['reasons']}"

    n = judge_each(unanswered(drawn, answers_in(path)), lines,
                   lambda answer: add_answer(dict(answer), path), talk)
    return [f"{n} answers added to {path}", *_told(drawn, path)]


def _drawn(by_pair: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs to judge, as the campaign's own review draws them."""
    keys = sorted({key for pair in by_pair.index for key in pair})
    number = {key: n for n, key in enumerate(keys)}
    likely = by_pair["link_probability"].clip(SURE, 1 - SURE).to_numpy()
    offers = pd.DataFrame({
        "rid_l": [number[left] for left, _ in by_pair.index],
        "rid_r": [number[right] for _, right in by_pair.index],
        "match_weight": np.log2(likely / (1 - likely)),
        "link_probability": by_pair["link_probability"].to_numpy(),
        "is_linked": (by_pair["what"] == "linked").to_numpy()})
    return draw_review_pairs(offers, pd.Series(keys, dtype=object), n_pairs=N_PAIRS, seed=SEED)


def _told(drawn: pd.DataFrame, path: Path) -> list[str]:
    """Return what the answers say of the links, with intervals of 95 %."""
    found = estimate_quality(drawn, answers_in(path))
    if not found.n_labelled:
        return []
    unsure = f" (of {found.n_unsure} nobody is sure)" if found.n_unsure else ""
    return [f"by {found.n_labelled} pairs that were judged{unsure} {found.precision:.1%} of the "
            f"links are right ({found.precision_low:.1%} to {found.precision_high:.1%}), and "
            f"{found.recall:.1%} of the right ones offered are made "
            f"({found.recall_low:.1%} to {found.recall_high:.1%})"]


def _keys(table: pd.DataFrame, side: str) -> pd.Series:
    return table[f"file{side}"].astype(str) + " " + table[f"row_key{side}"].astype(str)


def _text(value: Any) -> str:
    return "" if pd.isna(value) else plain(value)
