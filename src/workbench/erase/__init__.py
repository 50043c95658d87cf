"""Erase a person: from the list of who may come back to the copies that older versions hold."""

from __future__ import annotations

from workbench.erase.command import Erasure, erase
from workbench.erase.holders import Holder, holders
from workbench.erase.words import erasure_words, holders_words, run_erase

__all__ = ["Erasure", "Holder", "erase", "erasure_words", "holders", "holders_words",
           "run_erase"]
