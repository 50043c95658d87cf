"""What somebody who runs a notebook in JupyterLab is told: which values a build would take."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.settings import Settings
from workbench.tables.trials import is_trial

NOTEBOOK = "JPY_SESSION_NAME"  # in which Jupyter's server tells a kernel the notebook's path


def tell_what_a_build_takes(settings: Settings) -> None:
    """Print the parameters that the open notebook's cell has otherwise than params.yaml."""
    if not is_trial():
        return
    name = Path(os.environ.get(NOTEBOOK, "")).stem
    here = sys.modules["IPython"].get_ipython().user_ns
    for line in differing(here, settings.notebooks.get(name) or {}):
        print(line, file=sys.stderr)


def differing(here: Mapping[str, Any], changed: Mapping[str, Any]) -> list[str]:
    """Return a line for each parameter that params.yaml changes and the notebook has otherwise.

    >>> differing({"n_doors": 40}, {"n_doors": 60})[0]
    'n_doors is 40 here; a build takes 60, as params.yaml has it.'
    >>> differing({"days": {"contact": 180, "voter_id": 540}}, {"days": {"contact": 180}})
    []
    """
    return [f"{name} is {here[name]!r} here; a build takes {value!r}, as params.yaml has it."
            for name, value in changed.items()
            if name in here and not says_the_same(value, here[name])]


def says_the_same(value: Any, other: Any) -> bool:
    """Return whether a value is another, or named values are those of the other by their names.

    >>> says_the_same({"door": 4}, {"door": 4, "phone": 2}), says_the_same(3, 4)
    (True, False)
    """
    if isinstance(value, Mapping) and isinstance(other, Mapping):
        return all(other.get(key) == part for key, part in value.items())
    return bool(value == other)
