"""Which steps would run, and why; and which after them, where their results come out different."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.builds.order import brief_of, downstream, foundations, in_order, with_folders
from workbench.pipeline.running import source_of
from workbench.pipeline.stages import FINGERPRINTS, Stage
from workbench.status.steps import Change, Step

QUALITY = "quality/"
NEVER = Change("step", "", "new")


@dataclass(frozen=True)
class Stale:
    """Steps out of date, by what people call them, in the order of building.

    ``why`` has the changes behind each step that would run; ``after`` are the steps that rest
    on those, and run where what they read comes out different. ``n_steps`` counts all.
    """

    why: Mapping[str, tuple[Change, ...]]
    after: tuple[str, ...]
    n_steps: int

    @property
    def is_nothing_built(self) -> bool:
        """Whether every step is yet to run."""
        return set(self.why.values()) == {(NEVER,)}


def called(stage: Stage) -> str:
    """Return what people call a step: a brief, a source, or the step by its own name.

    >>> called(Stage("before@voters", (), (), ())), called(Stage("gather", (), (), ()))
    ('source voters', 'gather')
    """
    brief = brief_of(stage)
    if brief.startswith(QUALITY) or "@" in stage.name:
        return f"source {brief.removeprefix(QUALITY) or source_of(stage.name)}"
    return f"brief {brief}" if brief else stage.name.rpartition(":")[2]


def stale_steps(steps: Sequence[Step]) -> Stale:
    """Return what is out of date of all steps.

    The code's fingerprints are no steps to people: what changed behind one is told of each
    step that rests on it.
    """
    by_name = {step.stage.name: step for step in steps}
    below = foundations([step.stage for step in steps])
    ordered = [stage for stage in in_order([step.stage for step in steps])
               if not _is_fingerprint(stage)]
    reasons = {stage.name: found for stage in ordered if (found := _reasons(
        by_name[stage.name], [by_name[name] for name in sorted(below[stage.name])]))}
    why: dict[str, tuple[Change, ...]] = {}
    for stage in ordered:
        known = why.get(called(stage), ())
        told = known + tuple(one for one in reasons.get(stage.name, ()) if one not in known)
        why |= {called(stage): told} if told else {}
    after = dict.fromkeys(map(called, downstream(ordered, reasons)))
    return Stale(why, tuple(name for name in after if name not in why),
                 len(set(map(called, ordered))))


def _is_fingerprint(stage: Stage) -> bool:
    return bool(stage.outs) and all(out.startswith(FINGERPRINTS) for out in stage.outs)


def _reasons(step: Step, makers: Sequence[Step]) -> tuple[Change, ...]:
    """Return why a step itself would run; not for what one of its ``makers`` will make again."""
    if step.is_new:
        return (NEVER,)
    remade = {out for maker in makers if maker.changes for out in maker.stage.outs}
    above = {path for out in remade for path in with_folders(out)}
    own = [one for one in step.changes if one.kind != "input"
           or (one.name not in above and remade.isdisjoint(with_folders(one.name)))]
    code = [change for maker in makers if _is_fingerprint(maker.stage)
            for change in maker.changes if change.kind == "input"]
    return (*own, *code)
