"""The only writer of lists that leave: the suppression gate, owners, spreadsheet-safe cells."""

from __future__ import annotations

from workbench.lists.evidence import read_suppressions
from workbench.lists.gate import hold_back
from workbench.lists.model import REASONS, Evidence, Held, Purpose, Tally
from workbench.lists.write import write_list

__all__ = [
    "REASONS", "Evidence", "Held", "Purpose", "Tally", "hold_back", "read_suppressions",
    "write_list",
]
