"""Which stage of dvc.yaml makes a brief, and what that stage says that it depends on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import SettingsError
from workbench.settings import read_params, read_yaml

PIPELINE_FILE = "dvc.yaml"
PARAMS_FILE = "params.yaml"
FINGERPRINTS = "data/code/"
PLACEHOLDER = re.compile(r"\$\{\s*([A-Za-z0-9_.]+)\s*\}")


@dataclass(frozen=True)
class Stage:
    """One stage of the pipeline with its placeholders filled.

    ``name`` is DVC's (``check@voters``). ``deps`` and ``outs`` are paths below the campaign's
    folder; ``params`` are dotted keys of params.yaml. ``outs`` counts metrics and plots in.
    ``command`` is what the stage runs.
    """

    name: str
    deps: tuple[str, ...]
    params: tuple[str, ...]
    outs: tuple[str, ...]
    command: str = ""


def read_stages(root: Path) -> tuple[Stage, ...]:
    """Return the stages of the campaign's dvc.yaml; none where there is no such file.

    It reads what our own dvc.yaml uses: ``foreach``/``do`` over a mapping or a list, and
    placeholders of ``key``, ``item`` and params.yaml. A test compares it with DVC itself.
    """
    path = root / PIPELINE_FILE
    if not path.is_file():
        return ()
    params = read_params(root)
    declared = (read_yaml(path.read_text(encoding="utf-8")) or {}).get("stages") or {}
    return tuple(
        _stage(name, entry, values)
        for template, body in declared.items()
        for name, entry, values in _instances(template, body, params)
    )


def with_code(root: Path, stage: Stage) -> tuple[str, ...]:
    """Return what a stage depends on, with the code itself in the place of its fingerprints.

    A fingerprint is as old as the last `dvc repro`; the code on the disk is what runs.
    """
    made = {out: other.deps for other in read_stages(root) for out in other.outs}
    return tuple(
        path for dep in stage.deps
        for path in (made.get(dep, (dep,)) if dep.startswith(FINGERPRINTS) else (dep,))
    )


def stage_of(root: Path, output: str) -> Stage | None:
    """Return the stage that makes the file ``output``, or None."""
    return next((stage for stage in read_stages(root) if output in stage.outs), None)


def without_stage(root: Path) -> tuple[str, ...]:
    """Return the names of the notebooks that no stage runs."""
    text = (root / PIPELINE_FILE).read_text(encoding="utf-8")
    run = set(re.findall(r"\bworkbench run (\w+)", text))
    return tuple(sorted(path.stem for path in (root / "notebooks").glob("*.ipynb")
                        if path.stem not in run))


def param_value(params: Mapping[str, Any], key: str) -> Any:
    """Return the value of a dotted key of params.yaml; SettingsError where it has none.

    >>> param_value({"campaign": {"name": "Harbour"}}, "campaign.name")
    'Harbour'
    """
    value: Any = params
    for part in key.split("."):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, Mapping) and part in value:
            value = value[part]
        else:
            raise SettingsError(
                f"{PIPELINE_FILE} uses '{key}', which {PARAMS_FILE} does not have. Add it there, "
                f"or correct the key in {PIPELINE_FILE}."
            )
    return value


def _instances(
    template: str, body: Mapping[str, Any], params: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    if "foreach" not in body:
        yield template, body, params
        return
    over = body["foreach"]
    entries = _whole_value(over, params) if isinstance(over, str) else over
    if isinstance(entries, Mapping):
        for key, item in entries.items():
            yield f"{template}@{key}", body["do"], {**params, "key": key, "item": item}
    else:
        for item in entries or ():
            yield f"{template}@{item}", body["do"], {**params, "item": item}


def _stage(name: str, entry: Mapping[str, Any], values: Mapping[str, Any]) -> Stage:
    def paths(*parts: str) -> tuple[str, ...]:
        listed = [path for part in parts for path in entry.get(part) or ()]
        return tuple(path for text in listed for path in _filled(_key(text), values))

    command = "".join(_filled(str(entry.get("cmd", "")), values))
    return Stage(name, paths("deps"), paths("params"), paths("outs", "metrics", "plots"), command)


def _key(entry: str | Mapping[str, Any]) -> str:
    return entry if isinstance(entry, str) else next(iter(entry))


def _filled(text: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Fill placeholders; one that is the whole text and stands for a list gives its items."""
    whole = PLACEHOLDER.fullmatch(text)
    if whole and isinstance(found := param_value(values, whole[1]), list):
        return tuple(str(item) for item in found)
    return (PLACEHOLDER.sub(lambda match: str(param_value(values, match[1])), text),)


def _whole_value(text: str, values: Mapping[str, Any]) -> Any:
    whole = PLACEHOLDER.fullmatch(text)
    if whole is None:
        raise SettingsError(f"{PIPELINE_FILE}: foreach '{text}' is not of the form ${{name}}.")
    return param_value(values, whole[1])
