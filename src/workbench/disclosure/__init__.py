"""What may be shown: small cells hidden, counts rounded, and what would give a hidden one away.

``protect`` and ``protect_measure`` are where numbers become figures, tables and headlines. In
a build everything that they let out is noted; before the brief is rendered, the cells that
would let a hidden one be worked out, with those of the last release, are hidden too.
"""

from __future__ import annotations

from workbench.disclosure.ledger import (
    LEDGER_MIME,
    close_ledger,
    exempt,
    forget_ledger,
    open_ledger,
    refuse_unprotected,
)
from workbench.disclosure.protect import protect, protect_measure
from workbench.disclosure.rules import (
    N_LARGEST,
    is_dominated,
    rounded_count,
    rounded_rows,
    rounded_share,
    rounded_sum,
    rows_shown,
    sum_is_safe,
)
from workbench.disclosure.shape import MadeOf, Shape

__all__ = [
    "LEDGER_MIME", "N_LARGEST", "MadeOf", "Shape", "close_ledger", "exempt", "forget_ledger",
    "is_dominated", "open_ledger", "protect", "protect_measure", "refuse_unprotected",
    "rounded_count", "rounded_rows", "rounded_share", "rounded_sum", "rows_shown", "sum_is_safe",
]
