"""What DVC says of every step of the pipeline: what it rests on, and what changed since it ran."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.builds.order import foundations
from workbench.errors import StorageError
from workbench.pipeline.commands import LEAST_FREE_BYTES
from workbench.pipeline.private import SITE_CACHE
from workbench.pipeline.repair import repair
from workbench.pipeline.stages import PIPELINE_FILE, Stage
from workbench.settings import read_params

if TYPE_CHECKING:
    from dvc.output import Output
    from dvc.stage import PipelineStage

ELSEWHERE = ":"  # in the name of a stage of another file, such as that of the sample
CHANGED, NEW, GONE = "changed", "new", "gone"


@dataclass(frozen=True)
class Change:
    """One thing that is not what it was when a step ran.

    ``kind`` is input, setting, command or output; ``name`` a path, or a dotted key of
    params.yaml; ``state`` is changed, new or gone. ``was`` and ``now`` are of a setting.
    """

    kind: str
    name: str
    state: str = CHANGED
    was: Any = None
    now: Any = None


@dataclass(frozen=True)
class Step:
    """One step of the pipeline: what it reads and makes, and all that changed since it ran.

    ``is_new`` says that it never ran.
    """

    stage: Stage
    changes: tuple[Change, ...] = ()
    is_new: bool = False


def read_steps(root: Path) -> tuple[Step, ...]:
    """Return the steps that 'dvc repro' looks at, none of them run; StorageError if it cannot.

    A step of another file, such as the sample's, is among them where one of these rests on it.
    """
    if shutil.disk_usage(root).free < LEAST_FREE_BYTES:  # DVC would wait for space for ever
        raise StorageError(f"The disk that holds {root} is full. Free some space and ask again.")
    repair(root)
    os.environ["DVC_SITE_CACHE_DIR"] = str(root.resolve() / SITE_CACHE)
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    try:
        with Repo(str(root)) as repo:
            params, known = read_params(root), dict[tuple[str, str], str]()
            found = [_step(one, params, known) for one in repo.index.stages
                     if hasattr(one, "cmd_changed")]
    except DvcException as error:
        raise StorageError(
            f"The pipeline cannot be read: {error}. Correct that; where this folder was not set "
            "up yet, run 'make setup' first."
        ) from error
    below = foundations([step.stage for step in found])
    needed = set().union(*(below[name] for name in below if ELSEWHERE not in name))
    return tuple(step for step in found if ELSEWHERE not in step.stage.name
                 or step.stage.name in needed)


def _step(
    one: PipelineStage, params: Mapping[str, Any], known: dict[tuple[str, str], str]
) -> Step:
    """Return one step of DVC's as ours; ``known`` keeps the state of files, by what they were."""
    state = partial(_state, known)
    settings = [dep for dep in one.deps if hasattr(dep, "params")]
    files = [dep for dep in one.deps if not hasattr(dep, "params")]
    file, name = one.path_in_repo, one.name
    stage = Stage(name if file == PIPELINE_FILE else f"{file}{ELSEWHERE}{name}",
                  tuple(dep.def_path for dep in files),
                  tuple(key for dep in settings for key in dep.params),
                  tuple(out.def_path for out in one.outs), str(one.cmd))
    changes = [
        *(Change("input", dep.def_path, now) for dep in files if (now := state(dep))),
        *(change for dep in settings for key in dep.params
          for change in _setting(key, dep.hash_info.value or {}, params)),
        *([Change("command", one.name)] if one.cmd_changed else []),
        *(Change("output", out.def_path, now) for out in one.outs if (now := state(out))),
    ]
    is_new = not any(entry.hash_info for entry in [*one.deps, *one.outs])
    return Step(stage, tuple(changes), is_new)


def _state(known: dict[tuple[str, str], str], entry: Output) -> str:
    """Return what became of a file since a step read or made it; '' where it is the same."""
    key = entry.def_path, str(entry.hash_info)
    if key not in known:
        told = next(iter(entry.status().values()), "")
        known[key] = {"": "", "new": NEW, "deleted": GONE}.get(told, CHANGED)
    return known[key]


def _setting(
    key: str, before: Mapping[str, Any], params: Mapping[str, Any]
) -> Iterator[Change]:
    """Yield each setting below a key that is not what it was, by its own dotted key."""
    now: Any = params
    for part in key.split("."):
        now = now.get(part) if isinstance(now, Mapping) else None
    yield from _differences(key, before.get(key), now)


def _differences(key: str, before: Any, now: Any) -> Iterator[Change]:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for name in sorted({*before, *now}, key=str):
            yield from _differences(f"{key}.{name}", before.get(name), now.get(name))
    elif before != now:
        state = NEW if before is None else GONE if now is None else CHANGED
        yield Change("setting", key, state, before, now)
