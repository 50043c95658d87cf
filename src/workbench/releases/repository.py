"""What publishing asks of git, by its command line."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from workbench.errors import PublishRefused, StorageError

_LOCKED = re.compile(r"Unable to create '(/[^']+\.lock)': File exists")


def git(root: Path, *arguments: str) -> str:
    """Return what a git command prints; StorageError where it does not succeed.

    A lock that a git command left when it was killed is taken away, where none is at work.
    """
    done = _run(root, arguments)
    while done.returncode and _unlock(root, _told(done)):
        done = _run(root, arguments)
    if done.returncode:
        told = _told(done).strip().splitlines() or ["it said nothing"]
        reason = next((line for line in told if line.startswith(("fatal:", "error:"))), told[-1])
        raise StorageError(
            f"'git {arguments[0]}' did not succeed in the campaign's folder ({reason}). Fix that, "
            "and run again."
        )
    return done.stdout.decode("utf-8", "replace")


def _run(root: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False,
                              env={**os.environ, "LC_ALL": "C"})
    except FileNotFoundError as error:
        raise StorageError(
            "git was not found on this machine. Install it (on Debian or Ubuntu: apt install "
            "git) and run again."
        ) from error


def _told(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode("utf-8", "replace")


def _unlock(root: Path, told: str) -> bool:
    """Take away the lock that a git command stumbled over; tell whether that was done."""
    found = _LOCKED.search(told)
    if not found or _is_git_at_work(root):
        return False
    Path(found.group(1)).unlink(missing_ok=True)
    return True


def _is_git_at_work(root: Path) -> bool:
    """Return whether a git command runs in the campaign's folder, or may where none can tell."""
    top = root.resolve()
    names = [path for path in Path("/proc").glob("[0-9]*") if _is_git(path)]
    return not Path("/proc/self/cwd").exists() or any(
        top in (where, *where.parents) or where in top.parents for where in map(_folder, names))


def _is_git(process: Path) -> bool:
    with suppress(OSError):
        return (process / "comm").read_text(encoding="utf-8").strip() == "git"
    return False


def _folder(process: Path) -> Path:
    """Return where a process is at work; the root of all where the system does not say."""
    with suppress(OSError):
        return (process / "cwd").resolve(strict=True)
    return Path("/")


def changed_files(root: Path) -> list[str]:
    """Return the files that differ from the last commit, and those that git does not know."""
    shown = git(root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all")
    return sorted(entry[3:] for entry in shown.split("\0") if entry)


def tracked_files(root: Path) -> list[str]:
    """Return the files that git tracks, in order."""
    return sorted(name for name in git(root, "ls-files", "-z").split("\0") if name)


def has_tag(root: Path, name: str) -> bool:
    """Return whether git has a tag of that name."""
    return bool(git(root, "tag", "--list", name).strip())


def identity(root: Path) -> str:
    """Return who works here, as git knows them; PublishRefused where it does not."""
    try:
        name = git(root, "config", "user.name").strip()
    except StorageError:
        name = ""
    if not name:
        raise PublishRefused(
            "git does not know who you are in this folder, and a version says who published it. "
            "Say it with 'git config user.name' and 'git config user.email', and run again."
        )
    return name


def default_remote(root: Path) -> str:
    """Return the name of the DVC remote to push to: the default, or the only one; '' if none."""
    config = configparser.ConfigParser(interpolation=None)
    config.read([root / ".dvc" / "config", root / ".dvc" / "config.local"], encoding="utf-8")
    named = config.get("core", "remote", fallback="")
    sections = [section.strip("'\"") for section in config.sections()]
    remotes = [name.split('"')[1] for name in sections if name.startswith("remote ")]
    if not named and len(remotes) > 1:
        raise PublishRefused(
            f"{len(remotes)} DVC remotes are set in .dvc/config and none is the default: "
            f"{', '.join(sorted(remotes))}. Choose one with 'dvc remote default NAME'."
        )
    return named or (remotes[0] if remotes else "")


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """Return the last line that a failed command said."""
    lines: Sequence[str] = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1].strip() if lines else "it said nothing"
