"""Why a score is what it is: the groups of facts that move it most, in words."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

MOST_REASONS = 3
LEAST_LOG_ODDS = 0.1  # a group that moves a score by less is no reason
# What a group says where it raises a score, and where it lowers it. No word tells of anybody
# else: what a home or a place says is said of the place.
SUPPORT_WORDS = {
    "age": ("people of that age lean to us", "people of that age lean away from us"),
    "sex": ("people of that sex lean to us", "people of that sex lean away from us"),
    "party": ("what party they registered with speaks for us",
              "what party they registered with speaks against us"),
    "tenure": ("how they live, owned or rented, speaks for us",
               "how they live, owned or rented, speaks against us"),
    "income": ("people of that income lean to us", "people of that income lean away from us"),
    "type": ("their type in the consumer file leans to us",
             "their type in the consumer file leans away from us"),
    "registration": ("how they are registered speaks for us",
                     "how they are registered speaks against us"),
    "region": ("their region leans to us", "their region leans away from us"),
    "place": ("we do well where they live", "we do badly where they live"),
    "voter_id": ("canvassers were told that they are for us, or they are often called on",
                 "canvassers were told that they are not for us, or they refused"),
    "home": ("what canvassers heard at that address speaks for us",
             "what canvassers heard at that address speaks against us"),
    "ties": ("they gave us money, a number or an account", "they gave us nothing so far"),
}
TURNOUT_WORDS = {
    "age": ("people of that age vote more", "people of that age vote less"),
    "sex": ("people of that sex vote more", "people of that sex vote less"),
    "party": ("people with that party on the register vote more",
              "people with that party, or none, on the register vote less"),
    "tenure": ("people who live so, owned or rented, vote more",
               "people who live so, owned or rented, vote less"),
    "income": ("people of that income vote more", "people of that income vote less"),
    "type": ("their type in the consumer file votes more",
             "their type in the consumer file votes less"),
    "registration": ("people registered so long, or by post, vote more",
                     "people registered so lately, or not by post, vote less"),
    "region": ("their region votes more", "their region votes less"),
    "place": ("people vote more where they live", "people vote less where they live"),
    "home": ("people at that address vote more", "people at that address vote less"),
    "habit": ("they voted more often than people like them",
              "they voted less often than people like them"),
}


def contributions(
    columns: np.ndarray, coefficients: np.ndarray, middle: np.ndarray, groups: np.ndarray
) -> dict[str, np.ndarray]:
    """Return what each group adds to the log-odds of each row, beside the middle of all."""
    moved = (columns - middle.astype(np.float32)) * coefficients.astype(np.float32)
    return {str(name): moved[:, groups == name].sum(axis=1)
            for name in dict.fromkeys(groups.tolist())}


def reason_texts(
    parts: dict[str, np.ndarray], words: dict[str, tuple[str, str]]
) -> pa.Array:
    """Return the reasons of each row, strongest first, joined by '; '; empty where none moves it.

    Each distinct set of reasons is written once, so that ten million rows take a moment.
    """
    names = list(parts)
    moved = np.stack([parts[name] for name in names], axis=1)
    n_told = min(MOST_REASONS, len(names))
    size = np.abs(moved)
    first = np.argsort(-size, axis=1, kind="stable")[:, :n_told]
    rows = np.arange(len(moved))[:, None]
    is_down = (moved[rows, first] < 0).astype(np.int64)
    codes = np.where(size[rows, first] >= LEAST_LOG_ODDS, 2 * first + is_down + 1, 0)
    packed = codes @ (2 * len(names) + 1) ** np.arange(n_told)[::-1]
    distinct, at = np.unique(packed, return_inverse=True)
    where = np.zeros(len(distinct), dtype=np.int64)
    where[at] = np.arange(len(at))
    texts = [_told(codes[row], names, words) for row in where]
    return pa.array(texts, pa.string()).take(pa.array(at))


def _told(codes: np.ndarray, names: list[str], words: dict[str, tuple[str, str]]) -> str:
    return "; ".join(words[names[(code - 1) // 2]][(code - 1) % 2] for code in codes if code > 0)
