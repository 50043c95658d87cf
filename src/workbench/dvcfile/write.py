"""Write dvc.yaml from what is declared, and what it uses of params.yaml where that lacks it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from workbench.dvcfile.declared import steps_of_notebooks
from workbench.dvcfile.params import with_keys
from workbench.dvcfile.steps import Step, first_steps, index_step
from workbench.dvcfile.text import FIRST_LINES, OWN, deps_of, made_by, pipeline_text
from workbench.errors import SettingsError, StorageError
from workbench.pipeline.stages import PARAMS_FILE, PIPELINE_FILE
from workbench.settings import read_yaml
from workbench.tables import write_text

RUNS = r"(?m)^ +cmd: workbench run (\w+)$"
NO_STAGE = ("notebooks/{name}.ipynb has no stage: its setup cell calls no open_brief(settings, "
            "reads=[...])")


def write_pipeline(root: Path) -> list[str]:
    """Write what dvc.yaml and params.yaml lack; return a line for each thing that changed.

    Stages that stand in dvc.yaml and that nothing declares are one's own: they stay.
    NotebookError and SettingsError come before anything is written.
    """
    made, told = changes_of(root)
    for file, text in made.items():
        write_text(root / file, text)
    return told


def changes_of(root: Path) -> tuple[dict[str, str], list[str]]:
    """Return the files that are not as declared, with the text that they should have, and why."""
    notebooks, without = steps_of_notebooks(root)
    old = _text(root / PIPELINE_FILE)
    own = _own(old, {step.name for step in (*first_steps(), *notebooks, index_step(()))}, root)
    running = set(re.findall(RUNS, own))
    steps = _in_order((*first_steps(), *notebooks))
    steps.append(index_step(tuple(sorted(running | {step.notebook for step in notebooks}))))
    new = pipeline_text(steps, own)
    was, now = _top(old), _top(new)
    _refuse_loss(was, now, root)
    params = _text(root / PARAMS_FILE)
    keys = [key for step in steps for key in step.uses if "$" not in key]
    params_now, told = with_keys(params, list(dict.fromkeys(keys)))
    made = {PIPELINE_FILE: (old, new), PARAMS_FILE: (params, params_now)}
    return ({file: text for file, (before, text) in made.items() if text != before},
            [*_differences(was.get("stages") or {}, now["stages"], old != new), *told,
             *(NO_STAGE.format(name=name) for name in without if name not in running)])


def _in_order(steps: Sequence[Step]) -> list[Step]:
    """Return the stages so that each comes after those that make what it reads.

    Those that wait for nothing else stand in the order in which they are declared.
    """
    makes = {step.name: set(made_by(step)) for step in steps}
    reads = {step.name: set(deps_of(step, steps)) for step in steps}
    left, ordered = list(steps), []
    while left:
        waiting = {path for step in left for path in makes[step.name]}
        ready = [step for step in left
                 if not (waiting - makes[step.name]) & reads[step.name]]
        ordered.append((ready or left)[0])
        left.remove(ordered[-1])
    return ordered


def _own(text: str, declared: Collection[str], root: Path) -> str:
    """Return the text of the stages that nothing declares, as it stands, and of other sections.

    All that stands below the line of one's own stays but a stage that is declared now; a stage
    above it stays where it runs something that is still there.
    """
    above, _, below = text.partition(OWN)
    stages, others = _without_sections(above.partition("stages:\n")[2])
    kept = [part for part in _parts(stages) if _name(part) and not _has_gone(part, root)]
    own = [part for part in (*kept, *_parts(below)) if _name(part) not in declared]
    return "".join(own) + others


def _without_sections(text: str) -> tuple[str, str]:
    """Return the text of stages, and that of the top sections which follow them."""
    found = re.search(r"(?m)^[^\s#]", text)
    return (text[:found.start()], text[found.start():]) if found else (text, "")


def _parts(text: str) -> list[str]:
    """Return the text of stages, cut before each of them."""
    return re.split(r"(?m)^(?=  [A-Za-z0-9_-]+:)", text)


def _name(part: str) -> str:
    found = re.match(r"  ([A-Za-z0-9_-]+):", part)
    return found[1] if found else ""


def _has_gone(told: str, root: Path) -> bool:
    """Return whether a stage, by its text, runs a notebook that is not there any more."""
    runs = re.search(RUNS, told)
    return runs is not None and not (root / "notebooks" / f"{runs[1]}.ipynb").is_file()


def _refuse_loss(was: Mapping[str, Any], now: Mapping[str, Any], root: Path) -> None:
    """Raise SettingsError where something of one's own would not be there, or be another."""
    lost = sorted(key for key in was.keys() - {"stages"} if was[key] != now.get(key))
    stages = was.get("stages") or {}
    lost += sorted(name for name in stages.keys() - now["stages"]
                   if not _has_gone(f" cmd: {stages[name].get('cmd', '')}", root))
    if lost:
        raise SettingsError(
            f"{PIPELINE_FILE} has {', '.join(lost)} where it cannot be kept. Put stages of your "
            f"own below the line '{OWN.strip()}', each name indented by two spaces, and other "
            "sections at the end of the file. Nothing was written.")


def _differences(
    old: Mapping[str, Any], new: Mapping[str, Any], is_other: bool
) -> list[str]:
    """Return a line for each stage that is new, gone or other."""
    told = [f"the stage {name} is new" for name in sorted(new.keys() - old)]
    told += [f"the stage {name} is gone" for name in sorted(old.keys() - new)]
    for name in sorted(new.keys() & old):
        before, now = _flat(old[name]), _flat(new[name])
        moved = (("now has", now - before), ("no longer has", before - now))
        told += [f"{name} {word} {', '.join(sorted(which))}" for word, which in moved if which]
    told = told or (["only its layout is another"] if is_other else [])
    return [f"{PIPELINE_FILE}: {one}" for one in told]


def _flat(entry: Mapping[str, Any]) -> set[str]:
    body = entry.get("do", entry)
    listed = [one for part in ("deps", "params", "outs", "metrics") for one in body.get(part, ())]
    return {one if isinstance(one, str) else next(iter(one)) for one in listed} | {body["cmd"]}


def _top(text: str) -> dict[str, Any]:
    try:
        return dict(read_yaml(text) or {})
    except (yaml.YAMLError, TypeError, ValueError) as error:
        raise SettingsError(
            f"{PIPELINE_FILE} is not well-formed YAML. Correct it, or move it away and run "
            "'workbench pipeline', which makes it again. Nothing was written.") from error


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    except FileNotFoundError:
        return FIRST_LINES
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{path.name} cannot be read. Nothing was written.") from error
