"""A bound on the time that expectations may take: a regular expression may never end."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import pandas as pd

from workbench.checks.suite import Expectation
from workbench.errors import SuiteError

SECONDS_FIRST, SECONDS_EACH = 6.0, 0.4
SECONDS_OF_ONE = 2.0


class OutOfTime(BaseException):
    """The bound was passed. No Exception, so that Great Expectations does not catch it."""


def seconds_for(n_expectations: int) -> float:
    """Return how long so many expectations may take on one run of rows (100,000 at the most).

    That is thirty times what they take on a usual machine.
    """
    return SECONDS_FIRST + SECONDS_EACH * n_expectations


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raise OutOfTime where the block takes more processor time than that.

    Time on the clock would depend on what else the machine does. Only the main thread can be
    interrupted; elsewhere, and on systems without such a timer, the block has no bound.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def refuse_endless(
    wanted: Sequence[Expectation], frame: pd.DataFrame, table_name: str
) -> NoReturn:
    """Raise SuiteError that names the expectations on which the time went.

    Each pattern is tried by itself; a text that it takes too long on says nothing about the
    rows, and the text is not shown.
    """
    endless = [one for one in wanted if "regex" in one.kwargs and not _ends(one, frame)]
    named = endless or list(wanted)
    patterns = ", ".join(f"'{one.name}'" for one in named)
    cure = (
        "Its regular expression tries more ways to fit a text than anybody can wait for. Take "
        "out a repetition within a repetition, such as (a+)+ or (\\w+\\s?)*, and write what is "
        "allowed once: [a]+ or [\\w\\s]*" if endless else
        "Split the suite, or look at fewer rows with 'row_condition'"
    )
    raise SuiteError(
        f"{len(named)} expectation(s) about '{table_name}' did not end in "
        f"{SECONDS_OF_ONE if endless else seconds_for(len(wanted)):g} seconds of processor time "
        f"on {len(frame):,} rows: {patterns}. {cure}, in expectations/{table_name}.json or in the "
        "file of the source in expectations/sources."
    )


def _ends(one: Expectation, frame: pd.DataFrame) -> bool:
    """Return whether the pattern comes to an end on every text of its column."""
    texts = frame[one.columns[0]].dropna().unique()
    try:
        _search_all(re.compile(one.kwargs["regex"]), texts)
    except OutOfTime:
        return False
    return True


def _search_all(pattern: re.Pattern[str], texts: Iterable[str]) -> None:
    with bounded(SECONDS_OF_ONE):
        for text in texts:
            pattern.search(text)
