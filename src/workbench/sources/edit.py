"""Take records out of a raw file, every other byte as it was: erasure's one edit of raw data."""

from __future__ import annotations

import codecs
import gzip
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from workbench.errors import SourceError
from workbench.sources.archives import RawFile, open_raw, raw_paths
from workbench.sources.encoding import Text
from workbench.sources.opened import OpenedSource, reading_of
from workbench.sources.rules import ROW_NUMBER
from workbench.tables import whole_file

Ranges = list[tuple[int, int]]
_BLOCK_BYTES = 1 << 22
_LONGEST_LINE_END = 2
_WITHOUT_LINE_ENDS = re.compile(rb"[^\r\n]+")


def take_records_out(
    opened: OpenedSource, file_number: int, places: Sequence[tuple[int, int]], root: Path
) -> Path:
    """Rewrite a file of a source without the records at ``places``, whole or not at all.

    Places are offsets into the file's text, as ``OpenedSource.placed`` gives them. A record goes
    with its line end; where the rows' numbers are the source's key its lines stay, empty, so
    that no other row gets another number. In an archive, the member is written again and the
    others are copied. SourceError names a file that cannot be edited. Returns its path.
    """
    path = raw_paths(root, opened.source.path)[file_number]
    text, place = opened.files[file_number].text, root / path
    numbered = any(rule.reader == ROW_NUMBER for rule in opened.preset.rules)
    text, places = _in_origin(text, sorted(places))
    ranges = [part for start, end in places
              for part in _parts(text.raw, start, end, keep_lines=numbered)]
    original = open_raw(root, path, reading_of(opened.source))
    _refuse_made(original, opened, file_number, places)
    blocks = _without(original, _original_ranges(text, original, ranges))
    magic = _first_bytes(place)
    with whole_file(place) as draft:
        if magic.startswith(b"PK\x03\x04"):
            _write_zip(place, draft, original.name.removeprefix(f"{path}:"), blocks)
        elif magic.startswith(b"\x1f\x8b"):
            _write_gzip(draft, blocks)
        else:
            _write(draft, blocks)
        shutil.copymode(place, draft)
    return place


def _in_origin(
    text: Text, places: Sequence[tuple[int, int]]
) -> tuple[Text, Sequence[tuple[int, int]]]:
    """Return the text that this one was written out of, and the same lines' places there."""
    old = text.origin
    if old is None or not places:
        return text, places
    lines, old_lines = _line_starts(text), _line_starts(old)
    bounds = np.array(places, np.int64)
    first = np.searchsorted(lines, bounds[:, 0], "right") - 1
    last = np.searchsorted(lines, np.maximum(bounds[:, 1] - 1, bounds[:, 0]), "right") - 1
    found = []
    for start, end in zip(old_lines[first].tolist(), old_lines[last + 1].tolist(), strict=True):
        record = old.raw.read(start, end).rstrip(b"\r\n")
        found.append((start, start + len(record)))
    return _in_origin(old, found)


def _line_starts(text: Text) -> npt.NDArray[np.int64]:
    """Return where each line of a text starts, and last where the text ends."""
    starts = [np.array([text.start], np.int64)]
    for at in range(text.start, text.raw.n_bytes, _BLOCK_BYTES):
        block = text.raw.read(at, min(at + _BLOCK_BYTES, text.raw.n_bytes))
        starts.append(np.flatnonzero(np.frombuffer(block, np.uint8) == 10) + at + 1)
    return np.append(np.concatenate(starts), text.raw.n_bytes)


def _refuse_made(
    original: RawFile, opened: OpenedSource, file_number: int, places: Sequence[tuple[int, int]]
) -> None:
    """SourceError for a workbook or a file of statistics, which nobody but its program edits."""
    if not original.is_made:
        return
    raw = opened.files[file_number].text.raw
    lines = [raw.read(0, start).count(b"\n") + 1 for start, _ in sorted(places)]
    raise SourceError(
        f"{original.name} is a spreadsheet or a file of statistics, out of which no row can be "
        f"taken here. Take {len(lines)} out in the program that made it (row "
        f"{', '.join(map(str, lines[:5]))}{' and more' if len(lines) > 5 else ''}), save it, and "
        "run the command again."
    )


def _first_bytes(place: Path) -> bytes:
    with open(place, "rb") as handle:
        return handle.read(4)


def _parts(raw: RawFile, start: int, end: int, *, keep_lines: bool) -> Ranges:
    """Return what of the text goes: the record with its line end, or its lines' contents."""
    if keep_lines:
        found = _WITHOUT_LINE_ENDS.finditer(raw.read(start, end))
        return [(start + part.start(), start + part.end()) for part in found]
    after = raw.read(end, end + _LONGEST_LINE_END)
    n_end = 2 if after == b"\r\n" else int(after[:1] in (b"\n", b"\r"))
    return [(start, end + n_end)]


def _original_ranges(text: Text, original: RawFile, ranges: Ranges) -> Ranges:
    """Return where ranges of the text lie in the file as it arrived.

    Only UTF-16 lies elsewhere, and what stands behind a mark that the text has lost.
    """
    if not text.declared.startswith("utf-16"):
        shift = original.n_bytes - text.raw.n_bytes
        return [(start + shift, end + shift) for start, end in ranges]
    marks = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    at, place, found = 0, 2 if original.read(0, 2) in marks else 0, []
    for start, end in ranges:
        first = place + _n_utf16(text.raw, at, start)
        place, at = first + _n_utf16(text.raw, start, end), end
        found.append((first, place))
    return found


def _n_utf16(raw: RawFile, start: int, end: int) -> int:
    """Return how many bytes a part of a text in UTF-8, cut at records, has in UTF-16."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")
    return sum(
        len(decoder.decode(block).encode("utf-16-le", "surrogatepass"))
        for block in _blocks(raw, start, end)
    )


def _without(raw: RawFile, ranges: Ranges) -> Iterator[bytes]:
    at = 0
    for start, end in ranges:
        yield from _blocks(raw, at, start)
        at = end
    yield from _blocks(raw, at, raw.n_bytes)


def _blocks(raw: RawFile, start: int, end: int) -> Iterator[bytes]:
    for at in range(start, end, _BLOCK_BYTES):
        yield raw.read(at, min(at + _BLOCK_BYTES, end))


def _write(draft: Path, blocks: Iterable[bytes]) -> None:
    with open(draft, "wb") as handle:
        handle.writelines(blocks)


def _write_gzip(draft: Path, blocks: Iterable[bytes]) -> None:
    with open(draft, "wb") as handle, gzip.GzipFile("", "wb", fileobj=handle, mtime=0) as packed:
        packed.writelines(blocks)


def _write_zip(place: Path, draft: Path, member: str, blocks: Iterable[bytes]) -> None:
    with zipfile.ZipFile(place) as old, zipfile.ZipFile(draft, "w") as new:
        new.comment = old.comment
        if any(info.flag_bits & 1 for info in old.infolist()):
            raise SourceError(
                f"{place.name} holds encrypted files beside '{member}' and cannot be written "
                "again. Unpack it, declare the file itself, and run the command again."
            )
        for info in old.infolist():
            _write_member(new, info, blocks if info.filename == member else _blocks_of(old, info))


def _write_member(new: zipfile.ZipFile, info: zipfile.ZipInfo, blocks: Iterable[bytes]) -> None:
    with new.open(_like(info), "w", force_zip64=True) as sink:
        sink.writelines(blocks)


def _blocks_of(old: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with old.open(info) as entry:
        while block := entry.read(_BLOCK_BYTES):
            yield block


def _like(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Return the same entry for another archive: its name, day, method and permissions."""
    copy = zipfile.ZipInfo(info.filename, info.date_time)
    copy.compress_type, copy.external_attr = info.compress_type, info.external_attr
    copy.create_system, copy.comment = info.create_system, info.comment
    return copy
