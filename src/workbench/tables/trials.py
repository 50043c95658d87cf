"""Trials: what a notebook writes while no stage of the pipeline runs it lies apart.

DVC says in the environment which stage a command is run for. A notebook that somebody runs in
JupyterLab, or by `workbench run`, has none: its tables and its page go below data/trials, and
what the last build made stays as it is.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

STAGE = "DVC_STAGE"  # which DVC sets for every command that it runs
TRIALS = "data/trials"


def is_stage() -> bool:
    """Return whether a stage of the pipeline runs this process, or what it belongs to."""
    return bool(os.environ.get(STAGE))


def is_trial() -> bool:
    """Return whether this process is a notebook's, and no stage runs it."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell is not None and not is_stage()


def place_to_write(root: Path, path: str, *, in_trial: bool | None = None) -> Path:
    """Return where what the build has at ``path`` is to be written by this process.

    >>> place_to_write(Path("c"), "data/donors/donor_value.parquet", in_trial=True).as_posix()
    'c/data/trials/donors/donor_value.parquet'
    >>> place_to_write(Path("c"), "reports/donors.html", in_trial=True).as_posix()
    'c/data/trials/reports/donors.html'
    """
    if is_trial() if in_trial is None else in_trial:
        return root / TRIALS / path.removeprefix("data/")
    return root / path
