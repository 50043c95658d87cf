"""What a published version was made of and what it says: enough to build and check it again."""

from __future__ import annotations

import hashlib
import json
import platform
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from workbench.briefs.build import describe_run, plan_run
from workbench.briefs.parameters import parse_parameters
from workbench.briefs.versions import LOCK_FILE, brief_versions, release_version
from workbench.errors import PublishRefused, StorageError, VersionDiffers
from workbench.pipeline.running import OF_STAGE, check_of, source_of
from workbench.pipeline.stages import read_stages
from workbench.releases.log import find_release, read_log, refuse_broken
from workbench.releases.repository import git, tracked_files
from workbench.settings import Settings, read_params

PUBLISHED = "reports/published"
REGISTRY = "data/registry"
SHOWN = "shown/"
CODE = ("src/", "notebooks/", "expectations/", "data/raw/", "params.yaml", "dvc.yaml",
        "requirements.lock")
RUN = ["workbench", "run"]

Content = Mapping[str, Any]


def describe_release(settings: Settings, *, note: str, date: str) -> dict[str, Any]:
    """Return the manifest of the briefs as they lie in reports/, by plain data.

    PublishRefused where a brief is not what its inputs and parameters would give now.
    """
    root, versions = settings.root, brief_versions(settings)
    version = release_version(versions)
    return {
        "release": release_id(settings, version),
        "version": version,
        "as_of": settings.campaign.as_of.isoformat(),
        "date": date,
        "note": note,
        "commit": git(root, "rev-parse", "HEAD").strip(),
        "campaign": json.loads(json.dumps(asdict(settings.campaign), default=str)),
        "disclosure": asdict(settings.disclosure),
        "environment": {"python": platform.python_version(),
                        LOCK_FILE: _hash_if_there(root / LOCK_FILE)},
        "parameters": _parameters(root),
        "inputs": hashes(root, input_files(settings)),
        "code": hashes(root, [name for name in tracked_files(root) if name.startswith(CODE)]),
        "briefs": _briefs(settings, versions),
    }


def manifest_text(content: Content) -> str:
    """Return the text of a manifest: the same bytes for the same content."""
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def manifest_file(release: str) -> str:
    """Return where the manifest of a release lies; git tracks it."""
    return f"{PUBLISHED}/{release}.json"


def read_manifest(root: Path, release: str) -> dict[str, Any]:
    """Return the manifest of a release; StorageError where it is not there or damaged."""
    path = root / manifest_file(release)
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StorageError(
            f"{manifest_file(release)} is missing or damaged. Fetch it from git with "
            f"'git checkout {release} -- {manifest_file(release)}', and run again."
        ) from error
    return content


def read_release(root: Path, name: str) -> dict[str, Any]:
    """Return the manifest of a release that the log has, by its id or its version.

    LogTampered where the log does not hold, SettingsError where it has no such release,
    VersionDiffers where the manifest is not the one that the log tells of.
    """
    entries = read_log(root)
    refuse_broken(entries)
    entry = find_release(entries, name)
    release = str(entry["release"])
    manifest = read_manifest(root, release)
    if file_hash(root / manifest_file(release)) != entry["manifest"]:
        raise VersionDiffers(
            f"{manifest_file(release)} is not what was published. Bring it back from git with "
            f"'git checkout {release} -- {manifest_file(release)}', and run again.")
    return manifest


def release_id(settings: Settings, version: str) -> str:
    """Return the id of a release: the day that its data tell of, and its version."""
    return f"{settings.campaign.as_of.isoformat()}-{version}"


def output_hashes(content: Content) -> dict[str, str]:
    """Return the sha256 of every frozen file, by its path in the folder of the version."""
    return {name: value for brief in content["briefs"].values()
            for name, value in brief["files"].items()}


def built_folder(root: Path, name: str) -> Path:
    """Return where builds leave what is frozen under ``name``: a brief, or the cells it showed."""
    return root / ("data" if name.startswith(SHOWN) else "reports")


def built_file(root: Path, name: str) -> Path:
    """Return the file that is frozen under ``name``."""
    return built_folder(root, name) / name


def input_files(settings: Settings) -> list[str]:
    """Return the raw files of declared sources and those of the registry, in order."""
    places = [settings.root / source.path for source in settings.sources.values()]
    found = {file for place in [*places, settings.root / REGISTRY] for file in _files(place)}
    return sorted(file.relative_to(settings.root).as_posix() for file in found)


def hashes(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the sha256 of files by their path; a name that is no file is left out."""
    return {name: file_hash(root / name) for name in sorted(names) if (root / name).is_file()}


def file_hash(path: Path) -> str:
    """Return the sha256 of a file, read again."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _briefs(settings: Settings, versions: Mapping[str, str]) -> dict[str, Any]:
    briefs = {brief: facts for brief, facts in _facts(settings) if brief in versions}
    unknown = sorted(set(versions) - set(briefs))
    stale = sorted(name for name in briefs if briefs[name]["version"] != versions[name])
    if unknown or stale or not briefs:
        raise PublishRefused(
            f"{len(unknown) + len(stale)} of {len(versions)} briefs in reports/ are not what a "
            f"stage of dvc.yaml would make now: {', '.join([*unknown, *stale]) or 'none is there'}"
            ". Run `dvc repro`, delete the JSON of a brief that is gone, and publish again."
        )
    return briefs


def _facts(settings: Settings) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each brief that a stage of dvc.yaml runs, with all that the manifest says of it."""
    for stage in read_stages(settings.root):
        words = shlex.split(stage.command)
        if words[:2] != RUN:
            continue
        options = parse_parameters(value for flag, value in _pairs(words) if flag == "-p")
        name = next((value for flag, value in _pairs(words) if flag == "--name"), None)
        if OF_STAGE in words:
            name, options = check_of(source_of(stage.name))
        run = plan_run(settings, words[2], name=name, options=options)
        if (settings.root / "reports" / f"{run.brief}.json").is_file():
            yield run.brief, {**asdict(describe_run(settings, run)), **_shown(settings, run.brief)}


def _shown(settings: Settings, brief: str) -> dict[str, Any]:
    """Return what a built brief says: its title, its headlines and the hashes of its files."""
    reports = settings.root / "reports"
    names = (f"{brief}.html", f"{brief}.json", f"{SHOWN}{brief}.json")
    files = {name: file_hash(path) for name in names
             if (path := built_file(settings.root, name)).is_file()}
    content = json.loads((reports / f"{brief}.json").read_text(encoding="utf-8"))
    return {"title": content.get("title", ""), "headlines": content.get("headlines", {}),
            "files": files}


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    return list(pairwise(words))


def _parameters(root: Path) -> Any:
    """Return params.yaml as it stands."""
    return read_params(root)


def _files(place: Path) -> list[Path]:
    found = [place] if place.is_file() else sorted(place.rglob("*"))
    return [path for path in found if path.is_file() and not path.name.startswith(".")
            and path.suffix not in (".dvc", ".md")]


def _hash_if_there(path: Path) -> str:
    return file_hash(path) if path.is_file() else ""
