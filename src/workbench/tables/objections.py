"""Why somebody is not to be contacted: every reason, its words and what it closes, once."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.tables.codes import CHANNEL_CODES


@dataclass(frozen=True)
class Reason:
    """Why a row of suppressions stands there.

    ``words`` tell it to people. ``closes`` are channels that it closes besides the one that the
    row names. Where ``is_of_place``, a row that names every channel closes these alone. Where
    ``frees_number``, whoever else has the person's number or address may still be reached by it.
    """

    code: str
    words: str
    closes: tuple[str, ...] = ()
    is_of_place: bool = False
    frees_number: bool = False


# In the order in which the first that applies is told of somebody.
SUPPRESSION_REASONS = {reason.code: reason for reason in (
    Reason("deceased", "deceased", closes=CHANNEL_CODES, frees_number=True),
    Reason("objected", "objected"),
    Reason("do_not_contact", "asked not to be contacted"),
    Reason("opted_out", "opted out"),
    Reason("other", "suppressed for another reason"),
    Reason("moved", "moved away", closes=("door", "post"), is_of_place=True, frees_number=True),
)}
UNGIVEN = "other"  # what a row without a reason counts as


def codes_that_close(channel_code: str) -> list[str]:
    """Return the codes of reasons that close a channel whichever the row names.

    >>> codes_that_close("post"), codes_that_close("text")
    (['deceased', 'moved'], ['deceased'])
    """
    return [code for code, reason in SUPPRESSION_REASONS.items() if channel_code in reason.closes]
