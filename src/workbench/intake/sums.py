"""Counts of a source added up over its parts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from workbench.intake.loss import Losses
from workbench.intake.parts import Part
from workbench.sources import Doubt, add_doubts

N_FIRST = 3


@dataclass
class Sums:
    """Counts added up over the parts of a source.

    ``reasons`` has rows and first lines by file, reason and column; ``unread`` what the texts
    look like that did not fit, ``doubts`` what is odd about those that did.
    """

    losses: Losses
    n_checked: Counter[str] = field(default_factory=Counter)
    n_failed: Counter[str] = field(default_factory=Counter)
    n_other_order: Counter[str] = field(default_factory=Counter)
    n_dates: Counter[str] = field(default_factory=Counter)
    n_filled: Counter[str] = field(default_factory=Counter)
    n_in: Counter[int] = field(default_factory=Counter)
    n_accepted: Counter[int] = field(default_factory=Counter)
    n_set_aside: Counter[int] = field(default_factory=Counter)
    n_refused: Counter[int] = field(default_factory=Counter)
    n_blank: Counter[int] = field(default_factory=Counter)
    left_out: Counter[tuple[int, str]] = field(default_factory=Counter)
    quirks: Counter[tuple[int, str]] = field(default_factory=Counter)
    n_holding: Counter[tuple[str, str]] = field(default_factory=Counter)
    unread: tuple[Doubt, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    reasons: dict[tuple[str, str, str], tuple[int, list[int]]] = field(default_factory=dict)

    def add(self, part: Part) -> None:
        """Add one part, as it is written."""
        batch, file = part.batch, part.chunk.file_number
        self.n_checked.update(part.n_checked)
        self.n_failed.update(part.n_failed)
        self.n_other_order.update(batch.n_other_order)
        self.n_dates.update(batch.n_dates)
        for name in batch.accepted.column_names:
            self.n_filled[name] += len(batch.accepted) - batch.accepted[name].null_count
        self.n_in[file] += batch.n_rows
        self.n_accepted[file] += len(batch.accepted)
        self.n_set_aside[file] += len(batch.set_aside)
        self.n_blank[file] += batch.n_blank_lines
        self.losses.add(batch)
        self.unread = add_doubts([*self.unread, *batch.unread])
        self.doubts = add_doubts([*self.doubts, *batch.doubts])
        self.left_out.update({(file, code): n for code, n in batch.left_out.items()})
        self.n_holding.update(batch.n_holding)
        self.quirks.update({(file, code): n for code, n in batch.quirks.items()})
        columns = ("file_name", "reason_code", "column_name", "source_row")
        told = (batch.set_aside[name].to_pylist() for name in columns)
        for name, reason, column, row in zip(*told, strict=True):
            n_rows, first = self.reasons.get((name, reason, column), (0, []))
            first += [row] if n_rows < N_FIRST else []
            self.reasons[name, reason, column] = (n_rows + 1, first)
