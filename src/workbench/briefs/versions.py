"""The version of a brief: a hash over all that it was made from, and nothing else."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import workbench
from workbench.baseline import BASELINE_FILE, baseline_cells
from workbench.briefs.strip import (
    keep_built_cells,
    notebook_text,
    read_notebook,
    strip_notebook,
)
from workbench.errors import NotebookError, SettingsError
from workbench.pipeline.stages import (
    FINGERPRINTS,
    Stage,
    param_value,
    stage_of,
    with_code,
)
from workbench.settings import Settings, read_params
from workbench.tables import write_text

N_DIGITS = 12
PACKAGE = "src/workbench"
TEMPLATE = "src/workbench/briefs/template"
LOCK_FILE = "requirements.lock"

_hashes: dict[tuple[str, int, int, int], str] = {}


def brief_inputs(root: Path, notebook: str, brief: str) -> dict[str, str]:
    """Return the sha256 of every input of a brief, by its path below the campaign's folder.

    The inputs are what the brief's stage in dvc.yaml depends on; for a notebook that no stage
    runs, the whole package and all gathered tables. The page template, requirements.lock and
    the baseline with what the brief showed in it always count. A folder has one hash, over the
    paths and contents of its files. Another brief that could not be built is no input.
    """
    stage = stage_of(root, f"reports/{brief}.html")
    declared = set(with_code(root, stage) if stage else (PACKAGE, "data/tables"))
    optional = {TEMPLATE, LOCK_FILE, BASELINE_FILE, baseline_cells(brief)}
    optional |= {path for path in declared if not stage or path.startswith("reports/")}
    own = f"notebooks/{notebook}.ipynb"
    inputs = {own: notebook_hash(root / own)}
    for path in sorted((declared | optional) - {own}):
        place = _place(root, path)
        if place.exists():
            inputs[path] = content_hash(place)
        elif path not in optional:
            raise NotebookError(
                f"'{brief}' depends on {path}, which is not there. Run `dvc repro` to make it, "
                "or copy the file there if it is one that arrived."
            )
    return dict(sorted(inputs.items()))


def write_fingerprint(root: Path, name: str) -> Path:
    """Write the sha256 of each path that the stage ``name`` depends on, and return where.

    Many stages rest on the same code. DVC looks at one small file for each of them, and not at
    every folder of code again; SettingsError where dvc.yaml has no such stage.
    """
    path = f"{FINGERPRINTS}{name}.txt"
    stage = stage_of(root, path)
    if stage is None:
        raise SettingsError(
            f"No stage of dvc.yaml makes {path}. Name a stage whose output lies in {FINGERPRINTS}."
        )
    lines = (f"{content_hash(_place(root, dep))}  {dep}\n" for dep in sorted(stage.deps))
    write_text(root / path, "".join(lines))
    return root / path


def content_version(
    settings: Settings, brief: str, *, inputs: Mapping[str, str], parameters: Mapping[str, Any]
) -> str:
    """Return the version of a brief: 12 hexadecimal digits over inputs and parameters.

    The parameters are the notebook's own, the campaign and the disclosure profile, and those
    of params.yaml that the brief's stage names.
    """
    return digest_of({
        "brief": brief,
        "inputs": dict(inputs),
        "parameters": dict(parameters),
        "campaign": asdict(settings.campaign),
        "disclosure": asdict(settings.disclosure),
        "declared": _declared_params(settings.root, stage_of(settings.root, _page(brief))),
    })[:N_DIGITS]


def release_version(versions: Mapping[str, str]) -> str:
    """Return the version of a release from those of its briefs; their order does not matter.

    >>> release_version({"a": "1", "b": "2"}) == release_version({"b": "2", "a": "1"})
    True
    """
    return digest_of(dict(versions))[:N_DIGITS]


def brief_versions(settings: Settings) -> dict[str, str]:
    """Return the version of every brief that lies in reports/, by the brief's name.

    Of the checks of sources, those count whose source params.yaml still declares.
    """
    folder = settings.root / "reports"
    checks = (folder / "quality" / f"{name}.json" for name in settings.sources)
    files = [*folder.glob("*.json"), *(path for path in checks if path.is_file())]
    contents = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(files))
    briefs = (c for c in contents if isinstance(c, dict) and {"brief", "version"} <= set(c))
    return {brief["brief"]: brief["version"] for brief in briefs}


def environment_hash(root: Path) -> str:
    """Return the sha256 of requirements.lock, or an empty text where there is none."""
    path = root / LOCK_FILE
    return content_hash(path) if path.is_file() else ""


def notebook_hash(path: Path) -> str:
    """Return the sha256 of a notebook as it is when stripped, without cells for exploring."""
    notebook = read_notebook(path)
    strip_notebook(notebook)
    keep_built_cells(notebook)
    return hashlib.sha256(notebook_text(notebook).encode()).hexdigest()


def content_hash(path: Path) -> str:
    """Return the sha256 of a file, or of a folder: over the paths and hashes of its files.

    Hidden files, .gitignore and compiled Python do not count: they are no input.
    """
    if path.is_file():
        return _file_hash(path)
    listing = {file.relative_to(path).as_posix(): _file_hash(file) for file in _files(path)}
    return digest_of(listing)


def digest_of(content: Any) -> str:
    """Return the sha256 of plain data in one canonical spelling; dates are ISO texts."""
    text = json.dumps(_named_by_texts(content), sort_keys=True, ensure_ascii=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _named_by_texts(content: Any) -> Any:
    """Return the same with texts for keys: YAML reads a bare yes, no or 1 as another kind."""
    if isinstance(content, Mapping):
        return {str(key): _named_by_texts(part) for key, part in content.items()}
    if isinstance(content, (list, tuple)):
        return [_named_by_texts(part) for part in content]
    return content


def _plain(value: Any) -> Any:
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no plain data")


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == "__pycache__":
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield path


def _file_hash(path: Path) -> str:
    """Hash a file once a process: its size, time and inode tell whether it is still the same."""
    status = path.stat()
    key = (str(path), status.st_size, status.st_mtime_ns, status.st_ino)
    if key not in _hashes:
        with open(path, "rb") as handle:
            _hashes[key] = hashlib.file_digest(handle, "sha256").hexdigest()
    return _hashes[key]


def _place(root: Path, path: str) -> Path:
    """Return where an input lies; the package may be installed apart from the campaign."""
    if path.startswith(PACKAGE) and not (root / PACKAGE).exists():
        return Path(workbench.__file__).parent / path.removeprefix(PACKAGE).lstrip("/")
    return root / path


def _declared_params(root: Path, stage: Stage | None) -> dict[str, Any]:
    if stage is None:
        return {}
    params = read_params(root)
    return {key: param_value(params, key) for key in sorted(stage.params)}


def _page(brief: str) -> str:
    return f"reports/{brief}.html"
