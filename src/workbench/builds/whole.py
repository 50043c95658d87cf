"""Run the pipeline to its end: where a stage fails, build all else, and say what is missing."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.briefs.index import INDEX_FILE, write_index
from workbench.briefs.run import run_notebook
from workbench.builds.failures import NOTES, first_sentence, keep_failures, read_failures
from workbench.builds.order import INDEX, brief_of, downstream, foundations, in_order
from workbench.errors import BuildIncomplete, StorageError, WorkbenchError
from workbench.pipeline.commands import dvc, dvc_aloud
from workbench.pipeline.stages import Stage, read_stages, without_stage
from workbench.pipeline.sweep import sweep
from workbench.pseudonyms import SAMPLE_FOLDER, refuse_public_key
from workbench.settings import Settings

OVERVIEW = "overview"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Report:
    """What became of the stages of a build that did not all succeed.

    ``why`` holds a reason for each stage that failed or could not start; ``old`` names the
    stages that were built, or still stand, on the last good result of one that failed.
    """

    why: Mapping[str, str]
    old: Mapping[str, str]


def build_all(settings: Settings, *, tell: Tell) -> Path:
    """Run the pipeline; return the path of the index.

    Where a stage fails, what rests on it is built from its last good result where there is
    one, and the overview and the index are built in any case and say which brief is missing
    or old, and why. BuildIncomplete then names the stages that failed. Nothing that was good
    is lost: a stage that failed is run again by the next build. SettingsError, before any
    stage, where the key is the sample's and the files are not.
    """
    refuse_public_key(settings)
    root = settings.root
    sweep(root)
    for name in without_stage(root):
        tell(f"notebooks/{name}.ipynb is run by no stage of dvc.yaml: name what it reads in the "
             "setup cell, as open_brief(settings, reads=[...]), and run 'workbench pipeline'.")
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "failures"
        environ = {**os.environ, NOTES: str(notes)}
        if not dvc_aloud(root, "repro", "--keep-going", environ=environ):
            keep_failures(root, {})
            return root / INDEX_FILE
        stale = _stale(root)
        stages = read_stages(root)
        failed = read_failures(notes, _first_of(stale, stages))
        report = _build_the_rest(root, stages, failed, environ=environ, notes=notes)
    keep_failures(root, report.why)
    _build_last_pages(settings, stages, report)
    _refuse(report, root, tell)
    return root / INDEX_FILE


def _stale(root: Path) -> set[str]:
    """Return the names of the stages that are out of date; StorageError if DVC cannot say."""
    try:
        return set(json.loads(dvc(root, "status", "--json").stdout))
    except ValueError as error:
        raise StorageError(
            "The pipeline could not be run: what DVC printed above says why. Correct that, and "
            "run again. Where dvc.yaml or a key of params.yaml is meant, 'workbench pipeline' "
            "writes what is lacking."
        ) from error


def _first_of(stale: set[str], stages: Sequence[Stage]) -> list[str]:
    """Return the stages that are out of date though all that they rest on is not.

    They are those that failed. Where the sample's own stage is among them, the others have
    nothing to rest on; where no source reads the sample, it is never made and always out of date.
    """
    if any(dep.startswith(f"{SAMPLE_FOLDER}/") for one in stages for dep in one.deps) and (
            made := sorted(name for name in stale if "dvc.yaml:" in name)):
        return made
    below = foundations(stages)
    return [one.name for one in in_order(stages)
            if one.name in stale and not below[one.name] & stale]


def _build_the_rest(
    root: Path, stages: Sequence[Stage], failed: Mapping[str, str], *,
    environ: Mapping[str, str], notes: Path,
) -> Report:
    """Build each stage that rests on a failed one, from whatever good result is there."""
    why, old, below = dict(failed), dict[str, str](), foundations(stages)
    for stage in downstream(stages, failed):
        if stage.name in (OVERVIEW, INDEX):
            continue
        cause = next(other.name for other in stages
                     if other.name in below[stage.name] and other.name in {**why, **old})
        lacking = [dep for dep in stage.deps if not (root / dep).exists()]
        if lacking:
            why[stage.name] = f"it needs {lacking[0]}, which '{cause}' has not made yet"
        elif dvc_aloud(root, "repro", "--single-item", stage.name, environ=environ):
            why |= read_failures(notes, [stage.name])
        else:
            old[stage.name] = old.get(cause, f"it rests on the last good result of '{cause}'")
    return Report(why, old)


def _build_last_pages(settings: Settings, stages: Sequence[Stage], report: Report) -> None:
    """Build the overview and the index, which say which briefs are missing or old."""
    troubled = {brief: state for stage in stages if (brief := brief_of(stage))
                and (state := _state(settings.root, brief, stage.name, report))}
    troubled.pop(OVERVIEW, None)
    told = [f"{brief}: {state}" for brief, state in troubled.items()]
    try:
        run_notebook(settings, OVERVIEW, parameters={"unbuilt_briefs": told}, stage=OVERVIEW)
    except WorkbenchError as error:
        troubled[OVERVIEW] = f"missing or old, since {first_sentence(str(error))}"
    write_index(settings, troubled)


def _state(root: Path, brief: str, stage: str, report: Report) -> str:
    """Return whether a brief is missing, old or on a source that stopped, and why; '' if not."""
    if stage in report.old:
        return f"old, since {report.old[stage]}"
    if stage not in report.why:
        return ""
    path, why = root / "reports" / f"{brief}.json", first_sentence(report.why[stage])
    if path.is_file() and "stop" in json.loads(path.read_text(encoding="utf-8")):
        return f"there, and says what stopped its source: {why}"
    return f"{'old' if path.is_file() else 'missing'}, since {why}"


def _refuse(report: Report, root: Path, tell: Tell) -> None:
    tell("")
    for name, why in report.why.items():
        tell(f"{name}: {why}")
    raise BuildIncomplete(
        f"{len(report.why)} of the stages did not succeed: {', '.join(report.why)}. Their reasons "
        f"stand above, and on the overview. Everything else is built: {root / INDEX_FILE} says "
        "which briefs are missing or old. Correct the cause, and run again."
    )
