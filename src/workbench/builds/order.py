"""Which stages rest on which, from what dvc.yaml says that they read and make."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from workbench.pipeline.stages import Stage


def in_order(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """Return the stages so that each comes after those that it rests on, else as declared."""
    left, ordered = list(stages), []
    while left:
        ready = [one for one in left if not any(rests_on(one, other) for other in left)]
        ordered.append((ready or left)[0])
        left.remove(ordered[-1])
    return tuple(ordered)


def downstream(stages: Sequence[Stage], failed: Collection[str]) -> tuple[Stage, ...]:
    """Return the stages that rest on a failed one, directly or not, in the order of building."""
    reached = set(failed)
    found = []
    for stage in in_order(stages):
        makers = {other.name for other in stages if rests_on(stage, other)}
        if stage.name not in failed and makers & reached:
            reached.add(stage.name)
            found.append(stage)
    return tuple(found)


def rests_on(stage: Stage, other: Stage) -> bool:
    """Return whether a stage reads what another one makes."""
    return stage is not other and any(
        _overlaps(dep, out) for dep in stage.deps for out in other.outs
    )


def _overlaps(dep: str, out: str) -> bool:
    one, other = PurePosixPath(dep), PurePosixPath(out)
    return one == other or one in other.parents or other in one.parents
