"""Raw files opened safely: kept under the root, archives expanded within caps, no traversal."""

from __future__ import annotations

import gzip
import lzma
import os
import stat
import struct
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from workbench.errors import SourceError, StorageError, nearest_name
from workbench.sources.apart import apart
from workbench.sources.sheets import (
    OLE_MAGIC,
    SPREADSHEET_MEMBERS,
    is_statistics,
    sheet_lines,
    statistics_lines,
)

LARGEST_EXPANDED_BYTES = 20_000_000_000
LARGEST_RATIO = 200
RATIO_APPLIES_FROM_BYTES = 50_000_000
LARGEST_MEMBER_COUNT = 1_000
_BLOCK_BYTES = 1 << 20
_NO_TABLES = (b"%PDF", b"SQLite format 3")


@dataclass(frozen=True)
class RawFile:
    """One raw file, open for reading by position; forked workers share it.

    ``name`` is its path below the campaign's folder, with the member of an archive after a
    colon. ``descriptor`` is the file itself, or an unnamed temporary file with what the
    archive held, so that nothing is left behind however the run ends. It is closed when the
    last user of the raw file is gone. ``is_made`` where we wrote it, of a sheet of a workbook
    or a file of statistics: its bytes are not those of the file that arrived.
    """

    name: str
    descriptor: int
    n_bytes: int
    is_made: bool = False

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes from ``start`` up to ``stop``; fewer only at the end of the file."""
        parts = []
        while start < stop and (part := os.pread(self.descriptor, stop - start, start)):
            parts.append(part)
            start += len(part)
        return b"".join(parts)


def raw_paths(root: Path, path: str) -> tuple[str, ...]:
    """Return the file at ``path``, or the files of the folder there in order of their names.

    Files whose names begin with a dot are no data. SourceError where the folder has no other.
    """
    place = _safe_place(root, path)
    if not place.is_dir():
        return (path,)
    with _told_as_unreadable(path):
        names = sorted(item.name for item in place.iterdir() if not item.name.startswith("."))
    if not names:
        raise SourceError(
            f"{path} is an empty folder. Copy the files into it, or take the source out of "
            "params.yaml."
        )
    return tuple(f"{path.rstrip('/')}/{name}" for name in names)


@dataclass(frozen=True)
class Reading:
    """What a source says of a file that is no text: the member of an archive, the sheet of a
    workbook, whether values are their labels, and how its days are to be written.
    """

    member: str = ""
    sheet: str = ""
    has_labels: bool = True
    date_format: str = ""


def open_raw(root: Path, path: str, reading: Reading) -> RawFile:
    """Open the file at ``path`` below ``root``; SourceError where it is not one to read.

    A sheet of a workbook, and a file of SPSS or Stata, is opened as CSV in UTF-8.
    """
    place = _safe_place(root, path)
    if not stat.S_ISREG(place.stat().st_mode):
        raise SourceError(
            f"{path} is not a regular file. A source is a file, or a folder of nothing but "
            "files: take it out of there."
        )
    with _told_as_unreadable(path):
        raw = _raw_file(path, open(place, "rb"))  # noqa: SIM115 (read from in later steps)
    magic = raw.read(0, 16)
    if magic.startswith(b"PK\x03\x04"):
        return _open_zip(place, path, reading)
    if magic.startswith(b"\x1f\x8b"):
        return _open_gzip(place, path, reading.member)
    _refuse_member(path, reading.member)
    if magic.startswith(_NO_TABLES):
        raise SourceError(
            f"{path} is a PDF or a database and not a table that can be read. Export the table "
            "as CSV and declare that file."
        )
    if magic.startswith(OLE_MAGIC):
        return _made(place, path, reading)
    if is_statistics(magic, path):
        lines = statistics_lines(place, path, has_labels=reading.has_labels,
                                 date_format=reading.date_format)
        return spilled(path, apart(lines, path), is_made=True)
    return raw


def _made(place: Path, path: str, reading: Reading) -> RawFile:
    lines = sheet_lines(place, path, sheet=reading.sheet, date_format=reading.date_format)
    return spilled(path, apart(lines, path), is_made=True)


def spilled(name: str, parts: Iterator[bytes], *, is_made: bool = False) -> RawFile:
    """Return a raw file of the ``parts``, kept in an unnamed temporary file."""
    try:
        handle = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the raw file)
        handle.writelines(parts)
        handle.flush()
    except OSError as error:
        raise StorageError(
            f"{name} could not be unpacked or converted in {tempfile.gettempdir()} "
            f"({error.strerror}). Free some disk space there, or name another folder in TMPDIR."
        ) from error
    return _raw_file(name, handle, is_made=is_made)


def _raw_file(name: str, handle: IO[bytes], *, is_made: bool = False) -> RawFile:
    raw = RawFile(name, handle.fileno(), os.fstat(handle.fileno()).st_size, is_made)
    weakref.finalize(raw, handle.close)
    return raw


def _safe_place(root: Path, path: str) -> Path:
    with _told_as_unreadable(path):
        place = (root / path).resolve()
        is_there = place.exists()
    if not place.is_relative_to(root.resolve()):
        raise SourceError(
            f"{path} leads out of the campaign's folder. Copy the file into data/raw and "
            "declare it there."
        )
    if not is_there:
        folder = place.parent
        there = [item.name for item in folder.iterdir()] if folder.is_dir() else []
        raise SourceError(
            f"{path} does not exist.{nearest_name(place.name, there)} Copy the file there, run "
            "`dvc pull` where it is under DVC, or correct the path in params.yaml."
        )
    return place


def _refuse_member(path: str, member: str) -> None:
    if member:
        raise SourceError(
            f"{path} holds one file and no members, so it has no member '{member}'. Take the "
            "key 'member' out of the source."
        )


def _open_gzip(place: Path, path: str, member: str) -> RawFile:
    _refuse_member(path, member)
    with _told_as_damaged(path), gzip.open(place) as stream:
        return spilled(path, _capped(stream, path, place.stat().st_size))


def _open_zip(place: Path, path: str, reading: Reading) -> RawFile:
    with _told_as_damaged(path), zipfile.ZipFile(place) as archive:
        is_workbook = not SPREADSHEET_MEMBERS.isdisjoint(archive.namelist())
    if is_workbook:
        _refuse_member(path, reading.member)
        return _made(place, path, reading)
    with _told_as_damaged(path), zipfile.ZipFile(place) as archive:
        info = _member(archive, path, reading.member)
        with archive.open(info) as stream:
            name = f"{path}:{info.filename}"
            return spilled(name, _capped(stream, name, max(info.compress_size, 1)))


def _member(archive: zipfile.ZipFile, path: str, member: str) -> zipfile.ZipInfo:
    infos = [info for info in archive.infolist() if _is_data(info)]
    names = [info.filename for info in infos]
    if len(infos) > LARGEST_MEMBER_COUNT:
        raise SourceError(f"{path} holds {len(infos):,} files. Unpack it and declare one.")
    if not member and len(infos) != 1:
        raise SourceError(
            f"{path} holds {len(infos)} files. Name one under member: {', '.join(names[:10])}."
        )
    wanted = [info for info in infos if info.filename == (member or names[0])]
    if len(wanted) != 1:
        raise SourceError(
            f"{path} has {len(wanted) or 'no'} member '{member}'.{nearest_name(member, names)} It "
            f"holds: {', '.join(names[:10])}."
        )
    if stat.S_ISLNK(wanted[0].external_attr >> 16) or wanted[0].flag_bits & 1:
        raise SourceError(
            f"{path}: the member is a link or is encrypted. Unpack it and declare the file."
        )
    return wanted[0]


def _is_data(info: zipfile.ZipInfo) -> bool:
    """Return whether a member is a file, and not what macOS adds beside each file."""
    return not info.is_dir() and not info.filename.startswith("__MACOSX/")


def _capped(stream: IO[bytes] | gzip.GzipFile, name: str, n_packed: int) -> Iterator[bytes]:
    n_bytes = 0
    while part := _read_block(stream, name):
        n_bytes += len(part)
        is_bomb = n_bytes > RATIO_APPLIES_FROM_BYTES and n_bytes > LARGEST_RATIO * n_packed
        if is_bomb or n_bytes > LARGEST_EXPANDED_BYTES:
            raise SourceError(
                f"{name} grows to more than {LARGEST_RATIO} times its packed size, or to more "
                f"than {LARGEST_EXPANDED_BYTES:,} bytes, when it is unpacked. Unpack it "
                "yourself, look at it, and declare the file."
            )
        yield part


def _read_block(stream: IO[bytes] | gzip.GzipFile, name: str) -> bytes:
    with _told_as_damaged(name):
        return stream.read(_BLOCK_BYTES)


@contextmanager
def _told_as_unreadable(path: str) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its path leads nowhere"
        raise SourceError(
            f"{path} cannot be opened ({why}). Copy the file again, fix its permissions, or "
            "declare a folder of fewer files."
        ) from error


@contextmanager
def _told_as_damaged(path: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError,
            RuntimeError, ValueError, OverflowError) as error:
        raise SourceError(
            f"{path} is a damaged or unusual archive and cannot be unpacked. Copy it again from "
            "where it came, or unpack it and declare the file."
        ) from error
