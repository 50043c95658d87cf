"""What the last accepted file of each source was like: an input that git has, to compare with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from workbench.errors import StorageError
from workbench.settings import Settings
from workbench.tables import write_text

FOLDER = "data/before"


def before_file(root: Path, source_name: str) -> Path:
    """Return where it is kept what a source's last accepted file was like."""
    return root / FOLDER / f"{source_name}.json"


def read_before(root: Path, source_name: str) -> dict[str, Any]:
    """Return ``file_digest`` of the file as it lies there, and ``profile`` of the one before it.

    The profile is empty where no file was accepted before; without the stage that keeps it,
    both are.
    """
    path = before_file(root, source_name)
    if not path.is_file():
        return {"file_digest": "", "profile": {}}
    return dict(json.loads(path.read_text(encoding="utf-8")))


def keep_before(settings: Settings, source_name: str) -> None:
    """Where a source's file is another one than before, keep what the accepted one was like.

    That is what its last check left. A check that stopped accepted nothing, and the same file
    is no new one: then what was kept stays. So the stage gives the same again and again until
    the next file arrives, also in a clone, which has what was kept from git.
    """
    root = settings.root
    kept = read_before(root, source_name)
    digest = file_digest(root / settings.source(source_name).path)
    if kept["file_digest"] != digest:
        last = _last_profile(root, source_name)
        is_new = last.get("file_digest") not in (None, digest)
        kept = {"file_digest": digest, "profile": last if is_new else kept["profile"]}
    _write(root, source_name, kept)


def accept_file(settings: Settings, source_name: str) -> str:
    """Take the file as it is now as the one to compare with; return what to say of it.

    StorageError where its last check stopped, or there was none.
    """
    settings.source(source_name)
    last = _last_profile(settings.root, source_name)
    if not last:
        raise StorageError(
            f"data/quality/{source_name}.json has no accepted file: the source has not been "
            f"checked, or it stopped. Run 'dvc repro check@{source_name}', and look at its brief."
        )
    kept = read_before(settings.root, source_name)
    _write(settings.root, source_name, {**kept, "profile": last})
    return (f"The next files of '{source_name}' are compared with this one, of "
            f"{last['n_rows']:,} rows.")


def file_digest(path: Path) -> str:
    """Return the sha256 of a file, or over the names and contents of a folder's files.

    StorageError where nothing is there.
    """
    if not path.exists():
        raise StorageError(f"{path.name} is not there. Copy the file to where its source says.")
    whole = hashlib.sha256()
    for file in _files(path):
        with open(file, "rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        name = "" if file == path else file.name
        whole.update(f"{name}\0{digest}\n".encode())
    return whole.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    yield from (file for file in sorted(path.iterdir())
                if file.is_file() and not file.name.startswith("."))


def _last_profile(root: Path, source_name: str) -> dict[str, Any]:
    path = root / "data" / "quality" / f"{source_name}.json"
    if not path.is_file():
        return {}
    quality = json.loads(path.read_text(encoding="utf-8"))
    return {} if quality.get("stop") else dict(quality.get("profile") or {})


def _write(root: Path, source_name: str, kept: Mapping[str, Any]) -> None:
    text = json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False)
    write_text(before_file(root, source_name), text + "\n")
