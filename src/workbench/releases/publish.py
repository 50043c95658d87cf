"""Publish a version: freeze the briefs, log them, push them, commit and tag; all or nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.briefs.index import INDEX_FILE
from workbench.errors import PublishRefused, StorageError
from workbench.pipeline.commands import dvc
from workbench.pipeline.kept import add_to_dvc, is_under_dvc
from workbench.pipeline.stages import stage_of
from workbench.progress import step
from workbench.pseudonyms import refuse_public_key
from workbench.releases.approval import refuse_unapproved
from workbench.releases.changes import change_words
from workbench.releases.few_changed import refuse_few_changed
from workbench.releases.lock import publishing_lock
from workbench.releases.log import LOG_FILE, chained, read_log, refuse_broken, write_log
from workbench.releases.manifest import (
    PUBLISHED,
    built_file,
    describe_release,
    file_hash,
    manifest_file,
    manifest_text,
    output_hashes,
    read_manifest,
)
from workbench.releases.ready import (
    made_files,
    refuse_altered,
    refuse_damaged_copies,
    refuse_dirty,
    refuse_disclosing,
    refuse_stale,
    refuse_untracked,
)
from workbench.releases.repository import (
    changed_files,
    default_remote,
    git,
    has_tag,
    identity,
    last_line,
)
from workbench.settings import Settings
from workbench.tables import write_text

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Draft:
    """A version that is about to be published: its manifest and its entry in the log."""

    content: Mapping[str, Any]
    entry: Mapping[str, Any]

    @property
    def release(self) -> str:
        """The id: the data's date and the release version."""
        return str(self.content["release"])


def publish(
    settings: Settings, note: str, *, date: str = "", few: str = "", tell: Tell = print
) -> str:
    """Freeze, log, push, commit and tag the briefs that lie in reports/; return the id.

    ``date`` is the day of publishing, that of the last commit where it is empty. ``few`` says why
    a version may be published although only a few people's rows are new. Raises PublishRefused
    where the tree is dirty, the build stale, an input untracked or the change too small,
    LogTampered where the log does not hold. Where anything fails before the commit, all is as
    before.
    """
    refuse_public_key(settings)
    if not note.strip():
        raise PublishRefused("A version needs a note. Say in a sentence why: -m \"note\".")
    if not is_under_dvc(settings.root):
        raise PublishRefused(
            "There is no .dvc in the campaign's folder, so that nothing could be frozen. Run "
            "`make setup` in a clone of the repository, and publish from there."
        )
    with publishing_lock(settings.root):
        _recover(settings.root, tell)
        draft = _draft(settings, note, date, few)
        try:
            _write(settings.root, draft, tell)
        except BaseException:
            _sweep(settings.root)
            raise
        _tag(settings.root, draft.release, note)
    return draft.release


def _draft(settings: Settings, note: str, date: str, few: str) -> Draft:
    root = settings.root
    step("looking at what git has")
    person = identity(root)
    refuse_dirty(root)
    entries = read_log(root)
    refuse_broken(entries)
    refuse_untracked(settings)
    step("looking whether the build is up to date")
    refuse_stale(root)
    step("reading every byte that was built")
    refuse_altered(root)
    refuse_damaged_copies(root)
    step("trying to work out what is hidden, from all briefs together")
    refuse_disclosing(root)
    day = date or git(root, "log", "-1", "--format=%cs").strip()
    content = describe_release(settings, note=note, date=day)
    release = content["release"]
    if release in {entry["release"] for entry in entries} or has_tag(root, release):
        raise PublishRefused(
            f"{release} is published already: since then no brief has changed. Change an input, "
            "a parameter or a notebook, run `dvc repro`, and publish again."
        )
    if entries:
        step("counting of how many people the rows are new")
        refuse_few_changed(settings, entries[-1]["release"], why=few)
    content |= {"few_changed": few} if few else {}
    content |= {"published_by": person,
                "approved_by": refuse_unapproved(settings, release, person)}
    before = read_manifest(root, entries[-1]["release"]) if entries else None
    text = manifest_text(content)
    entry = {part: content[part] for part in ("release", "version", "as_of", "date", "note")}
    entry |= {"published_by": person, "approved_by": content["approved_by"],
              "changes": change_words(before, content),
              "manifest": hashlib.sha256(text.encode()).hexdigest()}
    return Draft(content, chained(entries, entry))


def _write(root: Path, draft: Draft, tell: Tell) -> None:
    """Do all up to the commit, in an order in which the log comes as late as it can."""
    step("freezing the briefs")
    _freeze(root, draft)
    write_text(root / manifest_file(draft.release), manifest_text(draft.content))
    step("sending what DVC keeps to its remote")
    _push(root, tell)
    step("making the index, and committing")
    write_log(root, [*read_log(root), draft.entry])
    _make_index(root)
    own = [LOG_FILE, manifest_file(draft.release), f"{PUBLISHED}/{draft.release}.dvc"]
    paths = sorted({*own, *made_files(root)})
    git(root, "add", "--", *paths)
    git(root, "commit", "--quiet", "-m", f"Publish {draft.release}: {draft.entry['note']}",
        "--", *paths)


def _freeze(root: Path, draft: Draft) -> None:
    """Copy the briefs, check the copies against the manifest, and give them to DVC."""
    folder = root / PUBLISHED / draft.release
    rough = folder.with_name(f".{draft.release}.draft")
    for name, expected in output_hashes(draft.content).items():
        copy = rough / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(built_file(root, name), copy)
        with open(copy, "rb+") as handle:
            os.fsync(handle.fileno())
        if file_hash(copy) != expected:
            raise StorageError(
                f"{built_file(root, name).relative_to(root)} changed while it was being frozen. "
                "Let what writes there end, and publish again."
            )
    os.replace(rough, folder)
    add_to_dvc(root, [folder])


def _push(root: Path, tell: Tell) -> None:
    remote = default_remote(root)
    if not remote:
        tell("No DVC remote is set: the version is kept on this machine alone. Set one with "
             "'dvc remote add --default NAME URL', then run 'dvc push'.")
        return
    done = dvc(root, "push", "--quiet", "--remote", remote)
    if done.returncode:
        raise StorageError(
            f"The DVC remote '{remote}' did not take the version ({last_line(done)}). Nothing was "
            "published: see that it can be reached and written to, and publish again."
        )
    tell(f"Pushed to the DVC remote '{remote}'.")


def _make_index(root: Path) -> None:
    """Make the index again, for the log is one of its inputs; none where no stage makes it."""
    stage = stage_of(root, INDEX_FILE)
    if stage is None:
        return
    done = dvc(root, "repro", "--quiet", "--single-item", stage.name)
    if done.returncode:
        raise StorageError(
            f"{INDEX_FILE} could not be made again ({last_line(done)}). Nothing was published: "
            "run `dvc repro index`, see what it says, and publish again."
        )


def _tag(root: Path, release: str, note: str) -> None:
    commit = git(root, "log", "-1", "--format=%H", "--", manifest_file(release)).strip()
    git(root, "tag", "-a", release, "-m", note, commit)


def _recover(root: Path, tell: Tell) -> None:
    """Put right what a publishing that was killed left: undo it, or tag what it committed."""
    _sweep(root)
    entries = read_log(root)
    if entries and not has_tag(root, entries[-1]["release"]):
        _tag(root, entries[-1]["release"], entries[-1]["note"])
        tell(f"{entries[-1]['release']} was committed but not tagged; it is now.")


def _sweep(root: Path) -> None:
    """Take away what belongs to a version that was never committed."""
    known = set(git(root, "ls-tree", "--name-only", "HEAD", f"{PUBLISHED}/", LOG_FILE).split())
    changed = changed_files(root)
    left = [name for name in changed if name.startswith(f"{PUBLISHED}/") and name not in known]
    if left:
        git(root, "reset", "--quiet", "--", *left, LOG_FILE)
        _restore_log(root, is_known=LOG_FILE in known)
    for name in left:
        (root / name).unlink(missing_ok=True)
    for folder in (root / PUBLISHED).glob("*/"):
        if manifest_file(folder.name) not in known:
            shutil.rmtree(folder, ignore_errors=True)


def _restore_log(root: Path, *, is_known: bool) -> None:
    if is_known:
        git(root, "checkout", "--quiet", "HEAD", "--", LOG_FILE)
    else:
        (root / LOG_FILE).unlink(missing_ok=True)
