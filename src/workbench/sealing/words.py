"""Passphrases of six words, drawn by the machine and never by a person."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache
from pathlib import Path

N_WORDS = 6
WORDS_FILE = Path(__file__).parent / "words.txt"


@cache
def word_list() -> tuple[str, ...]:
    """Return the words to draw from: those of the EFF's long list that have no hyphen."""
    return tuple(WORDS_FILE.read_text(encoding="ascii").split())


def draw_passphrase() -> str:
    """Return six words drawn from the system's own source of chance: 77 bits."""
    return " ".join(secrets.choice(word_list()) for _ in range(N_WORDS))


def normal_words(typed: str) -> str:
    """Return a passphrase as the key is made from it; the page's script does the same.

    >>> normal_words("  Acid-Acorn\\tacre  ")
    'acid acorn acre'
    """
    return " ".join(unicodedata.normalize("NFKC", typed).lower().replace("-", " ").split())
