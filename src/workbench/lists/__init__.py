"""The only writer of lists that leave: the suppression gate, owners, spreadsheet-safe cells."""

from __future__ import annotations

from workbench.lists.drafts import draft_rows, read_draft, write_drafts
from workbench.lists.evidence import GATE, read_evidence, read_suppressions
from workbench.lists.gate import hold_back
from workbench.lists.inputs import READ, read_inputs, write_double_calls
from workbench.lists.model import REASONS, Evidence, Held, Purpose, Tally
from workbench.lists.preview import (
    Preview,
    gate_labels,
    gate_table,
    gate_words,
    pass_gate,
    preview_gate,
    reason_table,
)
from workbench.lists.reach import Reach, judge_reach, open_channels
from workbench.lists.release import on_day, release_list, send_list, tally_lines
from workbench.lists.write import write_list

__all__ = [
    "GATE", "READ", "REASONS", "Evidence", "Held", "Preview", "Purpose", "Reach", "Tally",
    "draft_rows", "gate_labels", "gate_table", "gate_words", "hold_back", "judge_reach", "on_day",
    "open_channels", "pass_gate", "preview_gate", "read_draft", "read_evidence", "read_inputs",
    "read_suppressions", "reason_table", "release_list", "send_list", "tally_lines",
    "write_double_calls", "write_drafts", "write_list",
]
