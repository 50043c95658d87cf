"""What still holds an erased person after the edit: the last build, the cache, older versions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.pipeline.kept import (
    Tracked,
    cached_objects,
    is_under_dvc,
    members,
    remotes,
    tags,
    tracked_ever,
    tracked_now,
)
from workbench.tables import RESULTS
from workbench.tables.trials import TRIALS

GIVEN = ("data/raw", "data/registry", "data/truth")  # what no stage of the build writes
LISTS, PUBLISHED = "lists", "reports/published"
# What names nobody: hashes, numbers of rows, protected figures and code.
_HARMLESS = ("data/code/", "data/gathered.json", "data/quality/", "data/received/",
             "data/before/", RESULTS["erased"].path, "data/shown/",
             "reports/", "src/", "notebooks/", "expectations/", "canvass_codes.csv",
             "requirements.lock")


@dataclass(frozen=True)
class Holder:
    """One place that may still hold the person: where, what of it, and what clears it.

    ``paths`` are tracked paths of which the place has other versions than today's. ``commands``
    are to be run in order; none means that a person decides.
    """

    place: str
    paths: tuple[str, ...]
    n_objects: int
    commands: tuple[str, ...]
    why: str


def holders(root: Path) -> list[Holder]:
    """Return the places that may still hold a person, in the order in which to clear them."""
    found = [_last_build(root), _lists(root)]
    if is_under_dvc(root):
        now, ever = members(root, tracked_now(root)), members(root, tracked_ever(root))
        found += [_cache(root, now, ever), *_remotes(root, now, ever), _git(root)]
    return [holder for holder in found if holder is not None]


def may_name_people(path: str) -> bool:
    """Tell whether a tracked path may hold somebody's row, name or id."""
    return not path.startswith(_HARMLESS)


def _last_build(root: Path) -> Holder | None:
    folders = (f"data/{path.name}" for path in sorted((root / "data").glob("*")) if path.is_dir())
    apart = (*GIVEN, f"data/{LISTS}", TRIALS)  # trials went with the erasure
    there = tuple(folder for folder in folders
                  if folder not in apart and may_name_people(f"{folder}/"))
    if not there:
        return None
    n_files = sum(1 for folder in there for path in (root / folder).rglob("*") if path.is_file())
    return Holder("the last build", there, n_files, ("dvc repro",),
                  "tables, executed notebooks, appendices and briefs are made again")


def _lists(root: Path) -> Holder | None:
    files = [path for folder in (root / LISTS, root / "data" / LISTS) if folder.is_dir()
             for path in folder.rglob("*") if path.is_file()]
    if not files:
        return None
    names = tuple(sorted({path.parent.relative_to(root).as_posix() for path in files}))
    return Holder("lists that were written", names, len(files), (),
                  "release them again after the build, delete the old ones, and ask those who "
                  "were sent one to delete it")


def _cache(root: Path, now: Tracked, ever: Tracked) -> Holder | None:
    """Name the paths of which the cache has, or will have after the next build, old versions."""
    current = set().union(*now.values()) if now else set()
    objects = cached_objects(root)
    known = {path: hashes & objects for path, hashes in ever.items()}
    old = {path for path, hashes in known.items() if hashes - current}
    last = {path for path, hashes in now.items() if hashes & objects}
    paths = tuple(sorted(path for path in old | last if may_name_people(path)))
    if not objects:
        return None
    return Holder(".dvc/cache", paths, len(objects - current), ("dvc gc -w -f",),
                  "it keeps every version that was ever built or added; only today's stay")


def _remotes(root: Path, now: Tracked, ever: Tracked) -> list[Holder]:
    every = tuple(sorted(path for path in {*now, *ever} if may_name_people(path)))
    return [
        Holder(f"remote '{name}'", every, 0, (f"dvc gc -w -c -r {name} -f",),
               "what was pushed to it stays there, and backups of it as well")
        for name in remotes(root)
    ]


def _git(root: Path) -> Holder | None:
    if not (root / ".git").exists():
        return None
    n_published = len(list((root / PUBLISHED).glob("*"))) if (root / PUBLISHED).is_dir() else 0
    names = tags(root)
    return Holder(
        "git's history", (), n_published,
        ("git add -A data", "git add -u", "git commit -m 'Erase people'"),
        "commits hold hashes of data and protected figures, nobody's row, unless somebody "
        f"committed a data file by hand; {len(names)} tag(s) and {n_published} published "
        "version(s) cannot be rebuilt any more, since their inputs were erased; other clones, "
        "and their caches, need the same commands",
    )
