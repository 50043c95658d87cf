"""Which stages rest on which, and which brief one makes, from what dvc.yaml says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from workbench.pipeline.stages import Stage

INDEX = "index"


def in_order(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """Return the stages so that each comes after those that it rests on, else as declared."""
    below, left, ordered = foundations(stages), list(stages), []
    while left:
        names = {one.name for one in left}
        ready = [one for one in left if not below[one.name] & names]
        ordered.append((ready or left)[0])
        left.remove(ordered[-1])
    return tuple(ordered)


def downstream(stages: Sequence[Stage], failed: Collection[str]) -> tuple[Stage, ...]:
    """Return the stages that rest on a failed one, directly or not, in the order of building."""
    below, reached = foundations(stages), set(failed)
    found = []
    for stage in in_order(stages):
        if stage.name not in failed and below[stage.name] & reached:
            reached.add(stage.name)
            found.append(stage)
    return tuple(found)


def foundations(stages: Sequence[Stage]) -> dict[str, set[str]]:
    """Return by each stage's name the names of those that make what it reads.

    A stage reads what another makes where the paths are one, or one is a folder above the other.
    """
    makers: dict[str, set[str]] = {}
    for stage in stages:
        for path in {above for out in stage.outs for above in with_folders(out)}:
            makers.setdefault(path, set()).add(stage.name)
    made = {out: stage.name for stage in stages for out in stage.outs}
    return {
        stage.name: {
            name for dep in stage.deps
            for name in (*makers.get(dep, ()), *(made[p] for p in with_folders(dep) if p in made))
        } - {stage.name}
        for stage in stages
    }


def with_folders(path: str) -> list[str]:
    """Return a path and the folders that it lies in.

    >>> with_folders("data/raw/voters.txt")
    ['data/raw/voters.txt', 'data/raw', 'data']
    """
    return [path, *(str(above) for above in PurePosixPath(path).parents if above.name)]


def brief_of(stage: Stage) -> str:
    """Return the brief that a stage makes, such as ``quality/voters``; '' where it makes none."""
    pages = [out for out in stage.outs if out.startswith("reports/") and out.endswith(".html")]
    names = [page.removeprefix("reports/").removesuffix(".html") for page in pages]
    return next((name for name in names if name != INDEX), "")
