"""A second person's approval: a file that they commit, without which nothing is published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from workbench.briefs.versions import brief_versions, release_version
from workbench.errors import PublishRefused
from workbench.releases.manifest import release_id
from workbench.releases.ready import refuse_dirty, refuse_stale
from workbench.releases.repository import git, identity
from workbench.settings import Settings
from workbench.tables import write_text

APPROVALS = "reports/approvals"
N_DIGITS = 12


def approve(settings: Settings, note: str) -> str:
    """Commit the approval of the briefs as they lie in reports/; return the id approved.

    The id stands for every brief's inputs, code and parameters: whoever changes one of them
    must ask again. PublishRefused where the tree is dirty, the build stale or the note empty.
    """
    root = settings.root
    person = identity(root)
    if not note.strip():
        raise PublishRefused("An approval needs a note. Say what you checked: -m \"note\".")
    refuse_dirty(root)
    refuse_stale(root)
    release = release_id(settings, release_version(brief_versions(settings)))
    name = approval_file(release, person)
    content = {"release": release, "approved_by": person, "note": note}
    write_text(root / name, json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False)
               + "\n")
    git(root, "add", "--", name)
    git(root, "commit", "--quiet", "-m", f"Approve {release}: {note}", "--", name)
    return release


def approval_file(release: str, person: str) -> str:
    """Return where a person's approval of a release lies; git tracks it."""
    digest = hashlib.sha256(person.encode()).hexdigest()[:N_DIGITS]
    return f"{APPROVALS}/{release}/{digest}.json"


def approvals(root: Path, release: str) -> list[dict[str, str]]:
    """Return the approvals of a release that their own authors committed, in order of files.

    One that was committed under another name than it gives does not count.
    """
    found = (json.loads(git(root, "show", f"HEAD:{name}")) | {"author": author}
             for name, author in _committed(root, release))
    return [one for one in found if one["author"] == one["approved_by"]
            and one["release"] == release]


def refuse_unapproved(settings: Settings, release: str, publisher: str) -> list[str]:
    """Return who approved; PublishRefused where fewer than params.yaml wants did.

    The publisher's own approval does not count.
    """
    needed = settings.publishing.approvals_min
    people = sorted({one["approved_by"] for one in approvals(settings.root, release)}
                    - {publisher})
    if len(people) < needed:
        raise PublishRefused(
            f"{release} has {len(people)} of the {needed} approvals that publishing.approvals_min "
            "asks for. Let another person read the briefs, run `workbench approve -m \"note\"` "
            "in their own name and push, then pull and publish again."
        )
    return people


def _committed(root: Path, release: str) -> Iterator[tuple[str, str]]:
    """Yield each approval file of a release in HEAD and who last committed it."""
    listed = git(root, "ls-tree", "-r", "--name-only", "HEAD", f"{APPROVALS}/{release}/")
    for name in sorted(listed.split()):
        yield name, git(root, "log", "-1", "--format=%an", "--", name).strip()
