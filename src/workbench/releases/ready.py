"""Whether a version may be published: committed, built, its inputs tracked, its briefs whole."""

from __future__ import annotations

import json
import re
from pathlib import Path

from workbench.baseline import BASELINE_FILE
from workbench.briefs.audit_page import attack
from workbench.briefs.index import INDEX_FILE
from workbench.errors import PublishRefused
from workbench.exhibits.forms import listed, plural
from workbench.pipeline.commands import dvc
from workbench.pipeline.kept import damaged_copies, tracked_now, tracker_of
from workbench.pipeline.recorded import altered_files, made_paths
from workbench.pipeline.stages import read_stages
from workbench.releases.log import LOG_FILE
from workbench.releases.manifest import PUBLISHED, input_files
from workbench.releases.repository import changed_files, last_line
from workbench.settings import Settings

# What a build makes and publishing commits: hashes of DVC's, headlines, which are protected,
# and what each source's last accepted file was like.
MADE = re.compile(r"(data/raw/)?dvc\.lock|reports/(quality/)?[^/]+\.json"
                  r"|data/before/[^/]+\.json")
_FEW = 5


def made_files(root: Path) -> list[str]:
    """Return the changed files that a build makes and that publishing commits."""
    own = (LOG_FILE, BASELINE_FILE)
    return [name for name in changed_files(root) if MADE.fullmatch(name) and name not in own]


def refuse_dirty(root: Path) -> None:
    """PublishRefused where a file other than those that a build makes is not committed."""
    found = sorted(set(changed_files(root)) - set(made_files(root)))
    if found:
        raise PublishRefused(
            f"{len(found)} files are changed or new and not committed: {listed(found, _FEW)}. A "
            "version can be built again only from what git has: commit them, or put them away "
            "with 'git stash -u', and publish again."
        )


def refuse_stale(root: Path) -> None:
    """PublishRefused where `dvc status` finds a stage that is not up to date.

    The index does not count, for publishing makes it again; nor do frozen versions that were
    not fetched.
    """
    done = dvc(root, "status", "--json")
    if done.returncode:
        raise PublishRefused(
            f"Whether the build is up to date could not be told: 'dvc status' failed "
            f"({last_line(done)}). Fix that, and publish again."
        )
    index = _index_stages(root)
    names = (name for name in json.loads(done.stdout or "{}") if name not in index)
    stale = sorted(name for name in names if not name.startswith(f"{PUBLISHED}/"))
    if stale:
        raise PublishRefused(
            f"The build is not up to date: {len(stale)} stages have changed since they ran "
            f"({listed(stale, _FEW)}). Run `dvc repro`, look at the briefs, and publish again."
        )


def refuse_altered(root: Path) -> None:
    """PublishRefused where the bytes of a file are not those that the build read or made.

    `dvc status` takes a file of the same size and time for the same, and `dvc checkout` brings a
    damaged copy out of DVC's cache without a word. The index does not count, see above.
    """
    others = altered_files(root, without=_index_stages(root))
    if others:
        raise PublishRefused(
            f"{plural(len(others), 'file')} differ from what the build read or made, though size "
            f"and time may say otherwise: {listed(others, _FEW)}. Delete them and run "
            "'dvc checkout'; where that brings the same bytes, their copy in DVC's cache is "
            "damaged: run 'dvc repro --force' with the stage that makes them. Then publish again."
        )


def refuse_damaged_copies(root: Path) -> None:
    """PublishRefused where DVC's cache would hand on other bytes than those that were built."""
    damaged = damaged_copies(root, tracked_now(root))
    if damaged:
        raise PublishRefused(
            f"DVC's cache has damaged copies of {plural(len(damaged), 'file')}, and others would "
            f"get those: {listed(sorted(damaged), _FEW)}. Delete the copies "
            f"({listed(sorted(set(damaged.values())), _FEW)}), run 'dvc commit --force', and "
            "publish again."
        )


def refuse_disclosing(root: Path) -> None:
    """PublishRefused where all briefs together, or with the last version, give a number away."""
    found, shown = attack(root)
    if not found.is_clean or not shown:
        raise PublishRefused(
            f"{len(found.findings)} hidden numbers could be worked out from the briefs together, "
            f"{len(found.sentences)} sentences count people openly, or no brief has said what it "
            "shows. Run `workbench audit`, do what its page says, build again, and publish again."
        )


def refuse_untracked(settings: Settings) -> None:
    """PublishRefused where a raw file is neither made by a stage nor added to DVC."""
    root = settings.root
    made = made_paths(root)
    loose = [name for name in input_files(settings)
             if tracker_of(root, root / name) is None and not _is_below(name, made)]
    if loose:
        raise PublishRefused(
            f"{len(loose)} input files are not under DVC, so that nobody could build this version "
            f"again: {listed(loose, _FEW)}. Run 'dvc add' on each, commit the .dvc files, and "
            "publish again."
        )


def _index_stages(root: Path) -> set[str]:
    return {stage.name for stage in read_stages(root) if INDEX_FILE in stage.outs}


def _is_below(name: str, places: set[str]) -> bool:
    return name in places or any(str(parent) in places for parent in Path(name).parents)
