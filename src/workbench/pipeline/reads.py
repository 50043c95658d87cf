"""What a stage may read: what it declares, as dvc.yaml has it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from workbench.errors import SettingsError
from workbench.pipeline.stages import PIPELINE_FILE, Stage, read_stages
from workbench.tables import RESULTS, TABLES
from workbench.tables.store import Limit, limit_reads
from workbench.tables.trials import STAGE, is_trial

WRITE = "'workbench pipeline'"
BUILDS = (
    "is read by the stage {stage}, which does not declare it: DVC would not run it again where "
    "that table changes. Name \"{{name}}\" in reads=[...] of open_brief, in the notebook's setup "
    f"cell, run {WRITE}, and build again."
)
EXPLORES = (
    "is not among reads=[...] of open_brief in the setup cell. A cell of the brief may read it "
    f"once it is named there and {WRITE} was run; a cell tagged explore may as it is."
)


def paths_of(read: str) -> tuple[str, ...]:
    """Return where a table lies, by its name; a path stands for itself.

    >>> paths_of("voters"), paths_of("data/scores/quality.json")
    (('data/tables/voters.parquet',), ('data/scores/quality.json',))
    """
    known = (TABLES | RESULTS).get(read)
    return (known.path,) if known else (read,)


def hold_to_declared(root: Path, reads: Iterable[str] = ()) -> None:
    """Let this process read the tables alone that the stage declares that runs it.

    It may read, besides, what those were made of: where that changes they are made again.
    ``reads`` is what a notebook declares; SettingsError where dvc.yaml has not all of it. In
    JupyterLab a read that is not declared is told and goes on; any other process is free.
    """
    declared = [path for read in reads for path in paths_of(read)]
    stages = read_stages(root)
    name = os.environ.get(STAGE, "").rpartition(":")[2]
    running = next((one for one in stages if one.name == name), None)
    if running:
        _refuse_older(running, declared)
        allowed = _with_sources([*running.deps], stages)
        limit_reads(Limit(allowed, BUILDS.format(stage=name), os.environ[STAGE]))
    elif is_trial():
        limit_reads(Limit(_with_sources(declared, stages), EXPLORES, is_strict=False))
    else:
        limit_reads(None)


def _refuse_older(stage: Stage, declared: Sequence[str]) -> None:
    lacking = sorted(set(declared) - set(stage.deps))
    if lacking:
        raise SettingsError(
            f"{PIPELINE_FILE} is older than the notebook of the stage {stage.name}: it does not "
            f"have {', '.join(lacking)}. Run {WRITE}, which writes it, and build again.")


def _with_sources(paths: Sequence[str], stages: Sequence[Stage]) -> frozenset[str]:
    """Return the paths with those that the stages read which make them."""
    made = {path for stage in stages if set(paths) & set(stage.outs) for path in stage.deps}
    return frozenset(paths) | made
