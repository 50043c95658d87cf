"""DVC that changes the lines of one stage in dvc.lock, where it would write the whole file again.

After each stage DVC reads and writes all of dvc.lock by a library that keeps comments, of which
there are none: two seconds in a campaign of twenty sources, some fifty times a build. Here the
stage's lines are put in place, as DVC itself makes them, and every other byte stays. A lock that
is not as DVC writes it is left to DVC.

This file is run by itself and imports nothing of the workbench: ``verify`` runs it beside the code
of an older version.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

HEAD = "schema: '2.0'\nstages:\n"
STAGE = re.compile(r"  ([\w.@/-]+):")
SHARED = re.compile(r"[&*]id\d{3}")  # an object that stands in several places
Stock = Callable[..., None]


def parted(text: str) -> dict[str, str] | None:
    r"""Return the lines of each stage by its name; None where DVC does not write a lock so.

    >>> parted("schema: '2.0'\nstages:\n  a:\n    cmd: x\n  b:\n    cmd: y\n")
    {'a': '  a:\n    cmd: x\n', 'b': '  b:\n    cmd: y\n'}
    >>> parted("stages: {}\n") is None
    True
    """
    if not text.startswith(HEAD) or not text.endswith("\n") or SHARED.search(text):
        return None
    found: dict[str, str] = {}
    for lines in re.split(r"^(?=  \S)", text.removeprefix(HEAD), flags=re.MULTILINE)[1:]:
        name, *inner = lines.splitlines()
        stage = STAGE.fullmatch(name)
        if stage is None or stage[1] in found or not all(map(_is_inside, inner)):
            return None
        found[stage[1]] = lines
    return found if HEAD + "".join(found.values()) == text else None


def _text_of(path: Path) -> str:
    """Return what a file holds with its line ends; nothing where it is no text."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _is_inside(line: str) -> bool:
    return not line or line.startswith("    ")


def dump_stages(lock: Any, stages: Sequence[Any], *, stock: Stock, **options: Any) -> None:
    """Write stages into a lock file of DVC's, in the shape of ``Lockfile.dump_stages``."""
    from dvc.dvcfile import logger
    from dvc.fs import LocalFileSystem
    from dvc.stage.serialize import to_lockfile
    from dvc.utils.serialize import dumps_yaml

    path = Path(lock.path)
    is_here = isinstance(lock.repo.fs, LocalFileSystem) and path.is_file()
    lines = parted(_text_of(path)) if is_here else None
    made = {} if lines is None else {
        stage.name: dumps_yaml({"stages": to_lockfile(stage, **options)}).removeprefix("stages:\n")
        for stage in stages}
    if lines is None or parted(HEAD + "".join(made.values())) != made:
        stock(lock, stages, **options)
    elif lines | made != lines:
        logger.info("Updating lock file '%s'", lock.relpath)
        write_whole(path, HEAD + "".join((lines | made).values()))
        lock.repo.scm_context.track_file(lock.relpath)


def write_whole(path: Path, text: str) -> None:
    """Put a file in place at once, so that a kill or a full disk leaves the one before."""
    for left in path.parent.glob(f".{path.name}.*.draft"):
        left.unlink(missing_ok=True)  # of one who was killed: DVC lets one alone write its lock
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        with open(draft, "w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fchmod(handle.fileno(), path.stat().st_mode & 0o777)
            os.fsync(handle.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def main() -> None:
    """Run DVC's command line."""
    from dvc.cli import main as dvc
    from dvc.dvcfile import Lockfile

    stock: Stock = Lockfile.dump_stages

    def quick(lock: Any, stages: Sequence[Any], **options: Any) -> None:
        dump_stages(lock, stages, stock=stock, **options)

    Lockfile.dump_stages = quick
    sys.exit(dvc(sys.argv[1:]))


if __name__ == "__main__":
    main()
