"""Build a published version again in a clean clone, and name every byte's file that differs."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.baseline import BASELINE_FOLDER
from workbench.errors import VersionDiffers
from workbench.pipeline.commands import dvc
from workbench.pipeline.kept import cache_folder, damaged_copies, tracked_now
from workbench.progress import step
from workbench.releases.log import (
    LOG_FILE,
    broken_entries,
    find_release,
    parse_log,
    read_log,
)
from workbench.releases.manifest import (
    PUBLISHED,
    built_folder,
    file_hash,
    manifest_file,
    output_hashes,
    read_manifest,
)
from workbench.releases.repository import default_remote, git, has_tag, last_line

REPRODUCE = ("repro", "--quiet", "--force", "--no-run-cache", "--no-commit")
LOCAL_COPY = "cache-of-this-folder"


@dataclass(frozen=True)
class Verdict:
    """What a verification found: the files compared, and each difference in a sentence."""

    release: str
    n_files: int
    differences: tuple[str, ...]

    @property
    def is_identical(self) -> bool:
        """Whether every file that was compared has every byte."""
        return not self.differences


def verify(root: Path, name: str) -> Verdict:
    """Build the version ``name`` again and compare it with its manifest, byte by byte.

    The log is looked at first, against its own chain and the copy in the tag; then code,
    inputs and frozen briefs, those that lie in this folder too. Where all of that is as it was
    published, the briefs that a forced run of all stages makes are compared last: what was
    altered is told at once, not after a build.
    SettingsError where the log has no such version, StorageError where git does not succeed.
    """
    entries = read_log(root)
    entry = find_release(entries, name)
    release = str(entry["release"])
    found = [f"log entry {one} was altered" for one in broken_entries(entries)]
    if not has_tag(root, release):
        return Verdict(release, 0, (*found, f"tag {release} is missing"))
    with tempfile.TemporaryDirectory(prefix="wb-") as folder:
        clone = Path(folder) / "campaign"
        step("taking a clone as it was then")
        git(root, "clone", "--quiet", "--no-checkout", str(root), str(clone))
        git(clone, "checkout", "--quiet", "--detach", f"refs/tags/{release}")
        found += _of_log(clone, entries, release)
        found += _of_manifest(root, clone, entry)
        if f"{manifest_file(release)} is missing" in found:
            return Verdict(release, 0, tuple(found))
        content = read_manifest(clone, release)
        step("fetching its inputs and frozen briefs")
        _fetch(root, clone, release)
        step("comparing code, inputs and frozen briefs")
        found += _of_sources(clone, content)
        found += _of_outputs(clone / PUBLISHED / release, content, "frozen output")
        found += _of_frozen_here(root / PUBLISHED / release, content)
        found += [f"the copy of {path} in DVC's cache is damaged: {copy}"
                  for path, copy in damaged_copies(root, tracked_now(clone)).items()]
        if not found:
            step("building it again")
            found += _rebuild(clone, content)
        n_files = sum(len(content[part]) for part in ("inputs", "code"))
        return Verdict(release, n_files + 2 * len(output_hashes(content)), tuple(found))


def verified_words(verdict: Verdict) -> str:
    """Return what to say of an identical version; VersionDiffers, by name, of any other."""
    if verdict.is_identical:
        return f"{verdict.release} is identical: {verdict.n_files} files compared, every byte."
    differences = "".join(f"\n  {one}" for one in verdict.differences)
    raise VersionDiffers(
        f"{verdict.release} is not what was published: {len(verdict.differences)} differences."
        f"{differences}\nFetch what is missing with 'dvc pull', restore what was altered from git "
        "or from a colleague's copy, and verify again."
    )


def _of_log(clone: Path, entries: list[dict[str, Any]], release: str) -> Iterator[str]:
    """Yield the entries up to the release that the tag's copy of the log does not have alike."""
    path = clone / LOG_FILE
    kept = parse_log(path.read_text(encoding="utf-8")) if path.is_file() else []
    now = {entry["release"]: entry for entry in entries}
    for entry in kept:
        if now.get(entry["release"]) != entry:
            yield f"log entry {entry['release']} is not as the tag {release} has it"
    if release not in {entry["release"] for entry in kept}:
        yield f"log entry {release} is missing in the tag"


def _of_manifest(root: Path, clone: Path, entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield whether the manifest is another than the log has it, here or in the tag."""
    name = manifest_file(entry["release"])
    for folder, where in ((clone, ""), (root, " in this folder")):
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing{where}"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != entry["manifest"]:
            yield f"{name} was altered{where}"


def _fetch(root: Path, clone: Path, release: str) -> None:
    """Fetch inputs and frozen briefs: from the remote, and what it lacks from the cache here.

    What neither has is missing afterwards, and told by its name.
    """
    own = root / ".dvc" / "config.local"
    if own.is_file():
        shutil.copy(own, clone / ".dvc" / "config.local")
    dvc(clone, "config", "--local", "cache.dir", str(clone / ".dvc" / "cache"))
    dvc(clone, "remote", "add", "--local", LOCAL_COPY, str(cache_folder(root).parents[1]))
    tracked = git(clone, "ls-files", "-z", "--", "data/*.dvc", f"{BASELINE_FOLDER}.dvc",
                  f"{PUBLISHED}/{release}.dvc")
    targets = [name for name in tracked.split("\0") if name]
    for remote in filter(None, (default_remote(root), LOCAL_COPY)):
        for target in targets:
            dvc(clone, "pull", "--quiet", "--remote", remote, target)


def _of_sources(clone: Path, content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the files of code that differ, and the inputs that DVC keeps and that differ."""
    yield from _compared(clone, content["code"], "code")
    made = {name for name in content["inputs"] if not _is_added(clone, name)}
    added = {name: one for name, one in content["inputs"].items() if name not in made}
    yield from _compared(clone, added, "input")


def _of_outputs(folder: Path, content: Mapping[str, Any], what: str) -> Iterator[str]:
    yield from _compared(folder, output_hashes(content), what)


def _of_frozen_here(folder: Path, content: Mapping[str, Any]) -> Iterator[str]:
    """Yield what differs in the folder's own frozen briefs, which people open and pass on."""
    if folder.is_dir():
        yield from _of_outputs(folder, content, "frozen output in this folder")


def _rebuild(clone: Path, content: Mapping[str, Any]) -> list[str]:
    """Run every stage again, with the code of the version; return what differs."""
    code = [str(clone / "src"), os.environ.get("PYTHONPATH", "")]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, code)),
               "WORKBENCH_WARM": "0"}
    done = dvc(clone, *REPRODUCE, environ=environ)
    failed = [f"the build stopped: {last_line(done)}"] if done.returncode else []
    return [*failed, *_compared(clone, content["inputs"], "input"),
            *_of_rebuilt(clone, content)]


def _of_rebuilt(clone: Path, content: Mapping[str, Any]) -> Iterator[str]:
    for name, value in sorted(output_hashes(content).items()):
        yield from _compared(built_folder(clone, name), {name: value}, "rebuilt output")


def _compared(folder: Path, expected: Mapping[str, str], what: str) -> Iterator[str]:
    """Yield a sentence for each file that is not there, or has another sha256."""
    for name, value in sorted(expected.items()):
        path = folder / name
        if not path.is_file():
            yield f"{what} {name} is missing"
        elif file_hash(path) != value:
            yield f"{what} {name} differs"


def _is_added(clone: Path, name: str) -> bool:
    """Return whether a file was `dvc add`ed, itself or in a folder; stages make the others."""
    places = [Path(name), *Path(name).parents]
    return any((clone / f"{place}.dvc").is_file() for place in places if place.name)
