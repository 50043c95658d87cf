"""What publishing asks of git, by its command line."""

from __future__ import annotations

import configparser
import subprocess
from collections.abc import Sequence
from pathlib import Path

from workbench.errors import PublishRefused, StorageError


def git(root: Path, *arguments: str) -> str:
    """Return what a git command prints; StorageError where it does not succeed."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise StorageError(
            "git was not found on this machine. Install it (on Debian or Ubuntu: apt install "
            "git) and run again."
        ) from error
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise StorageError(
            f"'git {arguments[0]}' did not succeed in the campaign's folder "
            f"({told[-1] if told else 'it said nothing'}). Fix that, and run again."
        )
    return done.stdout.decode("utf-8", "replace")


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
