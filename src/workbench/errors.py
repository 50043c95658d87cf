"""Every error that a user can meet, each with its exit code."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class WorkbenchError(Exception):
    """Something that a person can put right.

    The message says what is wrong (with a count), where (file, table, column, row) and what
    to do next, and never holds a person's values. The command line prints it without a
    traceback and exits with ``exit_code``.
    """

    exit_code = 1


class SettingsError(WorkbenchError):
    """params.yaml or a command's options ask for something that does not exist."""

    exit_code = 10


class SourceError(WorkbenchError):
    """A raw file as a whole cannot be read in the way that its source declares."""

    exit_code = 11


class ValidationStopped(WorkbenchError):
    """A source is not used: it loses too much, or an expectation of severity ``stop`` failed.

    Its brief says so, and the rows that it gave before still stand.
    """

    exit_code = 12


class SuiteError(WorkbenchError):
    """An expectation suite is not one that the workbench can run in full."""

    exit_code = 13


class NotebookError(WorkbenchError):
    """A notebook cannot be run as asked: its shape or its parameters are wrong."""

    exit_code = 14


class CellFailed(WorkbenchError):
    """A cell of a notebook raised an error of its own."""

    exit_code = 15


class BriefError(WorkbenchError):
    """A brief cannot be rendered as it should be, for instance a chart without a text."""

    exit_code = 16


class DisclosureError(WorkbenchError):
    """A figure was about to be shown that the disclosure profile does not allow.

    Or one that is hidden can be worked out from others.
    """

    exit_code = 17


class StorageError(WorkbenchError):
    """A file could not be written, or one that a step made is not there.

    What stood there still stands.
    """

    exit_code = 18


class FitError(WorkbenchError):
    """A model cannot be fitted to what is on file: the search for its parameters has no end.

    Its numbers would be the edges of the search and not of the data, so there are none.
    """

    exit_code = 19


class ListRefused(WorkbenchError):
    """A list may not leave, because the gate cannot decide who may be on it.

    Nothing was written, and a list of an earlier run is not to be used.
    """

    exit_code = 20


class RegistryError(WorkbenchError):
    """A file of data/registry is damaged, or is not what its name says.

    Nobody was given an id; what was linked before still stands.
    """

    exit_code = 21


class ErasureError(WorkbenchError):
    """The list of erased people cannot be read, so that somebody on it could come back.

    Nothing was gathered.
    """

    exit_code = 22


class EngineError(WorkbenchError):
    """The engine that params.yaml asks for cannot start on this machine.

    Nobody was linked; what was linked before still stands.
    """

    exit_code = 23


class PublishRefused(WorkbenchError):
    """A version may not be published: the tree is dirty, the build stale.

    Nothing was published; the versions before still stand.
    """

    exit_code = 24


class VersionDiffers(WorkbenchError):
    """A published version was built again and something is not what it was, by name."""

    exit_code = 25


class LogTampered(WorkbenchError):
    """The log of published versions was altered after it was written."""

    exit_code = 26


class SealError(WorkbenchError):
    """A copy cannot be sealed, or a sealed copy or its log is not what it was.

    Where a copy was to be sealed, none was written.
    """

    exit_code = 27


class BuildIncomplete(WorkbenchError):
    """Some stages of the pipeline failed; all that does not rest on them was built.

    The overview and the index say which briefs are missing or old, and why.
    """

    exit_code = 28


def nearest_name(name: str, names: Iterable[str]) -> str:
    """Return `` Did you mean 'x'?`` for the closest of ``names``, or an empty text.

    >>> nearest_name("voterid", ["voter_id", "name"])
    " Did you mean 'voter_id'?"
    """
    close = get_close_matches(name, sorted(names), n=1)
    return f" Did you mean '{close[0]}'?" if close else ""
