"""The surroundings in which a notebook gives the same bytes on every machine."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping

ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)

FIXED: dict[str, str] = {
    "SOURCE_DATE_EPOCH": "0",
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "COLUMNS": "100",
    "LINES": "40",
    "NO_COLOR": "1",
    "TQDM_DISABLE": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    **dict.fromkeys(ONE_THREAD, "1"),
}
"""Sums over several threads differ in their last digits, so numerical libraries have one.

DuckDB is not bound by these: it takes its threads from its own setting.
"""


def fixed_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return ``environ`` with what could change a brief's bytes set to one value.

    >>> fixed_environment({"TZ": "Asia/Tokyo", "HOME": "/home/a"})["TZ"]
    'UTC'
    """
    return {**environ, **FIXED}


def set_environment(environ: Mapping[str, str]) -> None:
    """Make ``environ``, with what is fixed, the environment of this process."""
    os.environ.clear()
    os.environ.update(fixed_environment(environ))
    if hasattr(time, "tzset"):
        time.tzset()
    keep_out_unwanted()


def keep_out_unwanted() -> None:
    """Have what no run needs count as not installed; who would import it does without.

    ``rfc3987_syntax`` compiles a grammar, 0.85 s a process, with which jsonschema (imported by
    papermill, nbconvert and great_expectations) would check texts of format ``iri``: no
    notebook has one. ``debugpy``, 0.3 s a kernel, serves a debugger that nobody can attach.
    """
    for name in ("rfc3987_syntax", "debugpy"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
