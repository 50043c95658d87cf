"""Judge pairs of records at the terminal: both side by side, the reasons, one answer each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.people.answers import ANSWERS, read_answers, write_answers
from workbench.people.explain import explain_pair, reasons_of, veto_of
from workbench.people.folder import people_file, read_model, read_records
from workbench.people.held_words import plain
from workbench.tables import read_table

KEYS = {"s": "same", "d": "different", "u": "unsure"}
QUESTION = "One person? s = same, d = different, u = unsure, q = leave: "
SHOWN = (
    "source_name", "voter_id", "first_name", "middle_initial", "last_name", "suffix",
    "birth_date", "birth_low", "birth_high", "sex_code", "house", "street", "flat", "town",
    "postcode", "seat_id", "phone", "email",
)
NAME_WIDTH, SIDE_WIDTH = 16, 34


def judge_pairs(
    root: Path, *, ask: Callable[[str], str], tell: Callable[[str], None],
    reviewer_name: str = "", answer_date: dt.date | None = None,
) -> int:
    """Ask for an answer to each pair that has none; return how many were given.

    Each answer is in data/registry/review_answers.csv before the next pair is shown, so that
    leaving (q, the end of the input, or Ctrl-C) loses nothing. The probability is not shown:
    who sees it is led by it.
    """
    pairs = read_table(people_file(root, "review_pairs.parquet"))
    waiting = _unanswered(pairs, read_answers(root))
    records = read_records(root, [*waiting["record_key_l"], *waiting["record_key_r"]])
    model, n_given = read_model(root), 0
    for number, pair in enumerate(waiting.to_dict("records"), start=1):
        left, right = (records.loc[pair[f"record_key_{side}"]].to_dict() for side in "lr")
        tell(f"\nPair {number} of {len(waiting)}")
        for line in _side_by_side(left, right, model):
            tell(line)
        answer = _answer(ask, tell)
        if not answer:
            break
        _keep(root, {**{key: pair[key] for key in ANSWERS.key}, "answer_code": answer,
                     "reviewer_name": reviewer_name or None, "answer_date": answer_date})
        n_given += 1
    return n_given


def _unanswered(pairs: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """The pairs without an answer, in an order that runs through all strata."""
    keys = list(ANSWERS.key)
    left = pairs[keys].merge(answers[keys], how="left", on=keys, indicator=True,
                             validate="one_to_one")
    waiting = left.loc[left["_merge"] == "left_only", keys]
    chance = pd.util.hash_array(
        (waiting[keys[0]] + waiting[keys[1]]).to_numpy(dtype=object), categorize=False)
    return waiting.assign(chance=chance).sort_values(["chance", *keys])[keys]


def _side_by_side(
    left: Mapping[str, Any], right: Mapping[str, Any], model: Mapping[str, Any]
) -> Iterator[str]:
    for name in SHOWN:
        texts = [_shown(side.get(name)) for side in (left, right)]
        if any(texts):
            yield f"  {name:<{NAME_WIDTH}} {texts[0]:<{SIDE_WIDTH}} {texts[1]}"
    waterfall = explain_pair(left, right, model)
    yield f"  {reasons_of(waterfall)} {veto_of(waterfall)}".rstrip()


def _shown(value: Any) -> str:
    if value is None or (not isinstance(value, list) and pd.isna(value)):
        return ""
    if isinstance(value, float):
        value = int(value)
    return plain(value.date() if isinstance(value, pd.Timestamp) else value)


def _answer(ask: Callable[[str], str], tell: Callable[[str], None]) -> str:
    """Return same, different or unsure; empty where the reviewer leaves."""
    while True:
        try:
            given = ask(QUESTION).strip().lower()
        except (EOFError, KeyboardInterrupt):
            return ""
        if given in ("q", "quit"):
            return ""
        if given in (*KEYS, *KEYS.values()):
            return KEYS.get(given, given)
        tell("Answer s, d, u or q.")


def _keep(root: Path, answer: dict[str, Any]) -> None:
    answers = read_answers(root).astype(object)
    write_answers(pd.concat([answers, pd.DataFrame([answer], dtype=object)],
                            ignore_index=True), root)
