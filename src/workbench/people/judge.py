"""Judge pairs of records at the terminal: both side by side, the reasons, one answer each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.people.answers import ANSWERS, ANSWERS_FILE, add_answer, read_answers
from workbench.people.explain import explain_pair, reasons_of, veto_of
from workbench.people.folder import read_model, read_records
from workbench.people.subject_access_words import plain
from workbench.tables import store

KEYS = {"s": "same", "d": "different", "u": "unsure"}
QUESTION = "One person? s = same, d = different, u = unsure, q = leave: "
SHOWN = (
    "source_name", "voter_id", "first_name", "middle_initial", "last_name", "suffix",
    "birth_date", "birth_low", "birth_high", "sex_code", "house", "street", "flat", "town",
    "postcode", "seat_id", "phone", "email",
)
NAME_WIDTH, SIDE_WIDTH = 16, 34


@dataclass(frozen=True)
class Talk:
    """How a reviewer is asked and told."""

    ask: Callable[[str], str]
    tell: Callable[[str], None]


def judge_pairs(
    root: Path, *, ask: Callable[[str], str], tell: Callable[[str], None],
    reviewer_name: str = "", answer_date: dt.date | None = None,
) -> int:
    """Ask for an answer to each pair that has none; return how many were given.

    Each answer is in data/registry/review_answers.csv before the next pair is shown, so that
    leaving (q, the end of the input, or Ctrl-C) loses nothing. The probability is not shown:
    who sees it is led by it.
    """
    pairs = store.read(root, "review_pairs")
    waiting = unanswered(pairs, read_answers(root))
    records = read_records(root, [*waiting["record_key_l"], *waiting["record_key_r"]])
    model = read_model(root)

    def lines(pair: Mapping[str, Any]) -> Iterator[str]:
        left, right = (records.loc[pair[f"record_key_{side}"]].to_dict() for side in "lr")
        texts = [[_shown(side.get(name)) for side in (left, right)] for name in SHOWN]
        yield from side_by_side(SHOWN, texts)
        waterfall = explain_pair(left, right, model)
        yield f"  {reasons_of(waterfall)} {veto_of(waterfall)}".rstrip()

    def keep(answer: Mapping[str, Any]) -> None:
        add_answer({**answer, "reviewer_name": reviewer_name or None,
                    "answer_date": answer_date}, root / ANSWERS_FILE)

    return judge_each(waiting, lines, keep, Talk(ask, tell))


def judge_each(
    waiting: pd.DataFrame, lines: Callable[[Mapping[str, Any]], Iterator[str]],
    keep: Callable[[Mapping[str, Any]], None], talk: Talk,
) -> int:
    """Ask for an answer to each pair, in order; return how many were given and kept.

    ``lines`` says what is shown of a pair, ``keep`` stores an answer with the pair's keys.
    """
    for number, entry in enumerate(waiting.to_dict("records"), start=1):
        pair = {str(name): value for name, value in entry.items()}
        talk.tell(f"\nPair {number} of {len(waiting)}")
        for line in lines(pair):
            talk.tell(line)
        answer = _answer(talk)
        if not answer:
            return number - 1
        keep({**{key: pair[key] for key in ANSWERS.key}, "answer_code": answer})
    return len(waiting)


def side_by_side(names: Sequence[str], texts: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a line for each name of which one of the two records has a text."""
    for name, (left, right) in zip(names, texts, strict=True):
        if left or right:
            yield f"  {name:<{NAME_WIDTH}} {left:<{SIDE_WIDTH}} {right}"


def unanswered(pairs: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """The pairs without an answer, in an order that runs through all strata."""
    keys = list(ANSWERS.key)
    left = pairs[keys].merge(answers[keys], how="left", on=keys, indicator=True,
                             validate="one_to_one")
    waiting = left.loc[left["_merge"] == "left_only", keys]
    chance = pd.util.hash_array(
        (waiting[keys[0]] + waiting[keys[1]]).to_numpy(dtype=object), categorize=False)
    return waiting.assign(chance=chance).sort_values(["chance", *keys])[keys]


def _shown(value: Any) -> str:
    if value is None or (not isinstance(value, list) and pd.isna(value)):
        return ""
    if isinstance(value, float):
        value = int(value)
    return plain(value.date() if isinstance(value, pd.Timestamp) else value)


def _answer(talk: Talk) -> str:
    """Return same, different or unsure; empty where the reviewer leaves."""
    while True:
        try:
            given = talk.ask(QUESTION).strip().lower()
        except (EOFError, KeyboardInterrupt):
            return ""
        if given in ("q", "quit"):
            return ""
        if given in (*KEYS, *KEYS.values()):
            return KEYS.get(given, given)
        talk.tell("Answer s, d, u or q.")
