"""Which source the pipeline runs a command for, as DVC says in the environment.

What a stage runs goes through a shell, so no name from params.yaml is ever part of it: DVC
names the stage, such as ``check@voters``, and the command takes the source from there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from workbench.errors import SettingsError
from workbench.tables.trials import STAGE

OF_STAGE = "--source-of-stage"


def running_source(environ: Mapping[str, str] = os.environ) -> str:
    """Return the source of the stage that runs; SettingsError where no stage of a source does.

    >>> running_source({"DVC_STAGE": "check@voters"})
    'voters'
    """
    name = environ.get(STAGE, "")
    if "@" not in name:
        raise SettingsError(
            "No stage of a source runs this command, so that no source is known. Name it: "
            "'workbench sources keep SOURCE', or 'workbench run check --name quality/SOURCE -p "
            "source=SOURCE'."
        )
    return source_of(name)


def source_of(stage: str) -> str:
    """Return the source that a stage such as ``../dvc.yaml:check@voters`` is for."""
    return stage.rpartition("@")[2]


def check_of(source: str) -> tuple[str, dict[str, str]]:
    """Return the name of a source's quality brief and the parameter that its notebook takes."""
    return f"quality/{source}", {"source": source}
