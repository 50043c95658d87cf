"""The text of dvc.yaml: each stage with what it reads, uses and makes, in one layout."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from workbench.dvcfile.code import code_of
from workbench.dvcfile.steps import INTAKE_CODE, PAGE_CODE, Step
from workbench.pipeline.reads import paths_of
from workbench.tables import RESULTS, TABLES

FIRST_LINES = """\
# The pipeline: one stage, one verb and its table. `dvc dag` draws it, `dvc repro` runs it.
# Written by `workbench pipeline` from what stages and notebooks declare: edit nothing above the
# line of your own stages, but the setup cell of a notebook, and run that command.
stages:
"""
OWN = "  # Stages of your own stand below this line, and stay as you write them.\n"
WIDEST = 99
TOLD = "data/received/"


def pipeline_text(steps: Sequence[Step], own: str = "") -> str:
    """Return dvc.yaml with these stages, in this order, and with those of one's own below."""
    lines = [line for step in steps for line in _lines(step, steps)]
    return FIRST_LINES + "\n".join(lines) + "\n" + OWN + own


def _lines(step: Step, steps: Sequence[Step]) -> list[str]:
    inside = [
        f"desc: {_scalar(step.about)}",
        f"cmd: {step.command}" + (f"  # {step.note}" if step.note else ""),
        "deps:", *(f"  - {path}" for path in deps_of(step, steps)),
        *_uses(step.uses),
        "outs:", *(f"  - {path}: {{{_kept(path)}}}" for path in _outs(step)),
        *(["metrics:", f"  - {step.headlines}: {{cache: false, persist: true}}"]
          if step.headlines else []),
    ]
    if step.is_of_sources:
        inside = ["foreach: ${sources}", "do:", *(f"  {line}" for line in inside)]
    return [f"  {step.name}:", *(f"    {line}" for line in inside)]


def _kept(path: str) -> str:
    """Return how DVC keeps an output: in its cache, but for what git or nobody keeps."""
    return "cache: false, persist: true" if path.startswith("data/before/") else "persist: true"


def made_by(step: Step) -> list[str]:
    """Return the paths that a stage makes: its pages as they follow from each other, tables."""
    return [*_outs(step), *([step.headlines] if step.headlines else [])]


def _outs(step: Step) -> list[str]:
    tables = [table.path for table in (TABLES | RESULTS).values()
              if table.stage == step.name and not table.lists]
    tables += [table.path_of(name) for table in RESULTS.values()
               for name, stage in table.lists if stage == step.name]
    page = [path for path in step.makes if path.startswith("reports/")]
    apart = [path for path in step.makes if path not in page]
    made = [*apart, *sorted(tables)] if step.notebook else sorted([*apart, *tables])
    return [*made, *page]


def deps_of(step: Step, steps: Sequence[Step]) -> list[str]:
    """Return the paths that a stage reads, its code among them, in order of the alphabet."""
    found = {path for name in step.reads for path in paths_of(name)}
    if step.notebook:
        found |= {PAGE_CODE, f"notebooks/{step.notebook}.ipynb", "reports/baseline.json"}
        found |= {path for name in step.reads for path in _told_of(name)}
        found |= {path for other in steps if other.name in step.rests_on
                  for name in other.reads for path in _told_of(name)}
    fingerprints = {path for path in (PAGE_CODE, INTAKE_CODE) if path in found | {*step.beside}}
    told = [name for one in steps if fingerprints & {*one.makes} for name in one.code]
    code = code_of(step.code) - code_of(told)
    return sorted(found | code)


def _told_of(read: str) -> tuple[str, ...]:
    """Return where it stands what arrived for a table of sources; nothing for any other."""
    return (f"{TOLD}{read}.json",) if read in TABLES else ()


def _uses(keys: Iterable[str]) -> list[str]:
    """Return the keys of params.yaml as one list, over as many lines as it takes."""
    if not (listed := ", ".join(keys)):
        return []
    return textwrap.wrap(f"params: [{listed}]", WIDEST - 4, subsequent_indent=" " * 9)


def _scalar(text: str) -> str:
    """Return a text as YAML has it: quoted where it would else be something else."""
    is_plain = not any(mark in text for mark in (": ", " #")) and text[:1].isalnum()
    return text if is_plain and text[-1:] != ":" else "'" + text.replace("'", "''") + "'"
