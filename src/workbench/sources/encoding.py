"""Which encoding a raw file is in: byte-order marks, UTF-16 by its NULs, UTF-8, then the rest."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from workbench.errors import SourceError
from workbench.sources.archives import RawFile, spilled

_BLOCK_BYTES = 1 << 22
_SAMPLE_BYTES = 1 << 16
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0b\x0c\x00\x1a")
_NOTHING = b"\r\n\t \0\xef\xbb\xbf\xff\xfe"
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_TAR_MARK = slice(257, 262)
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
# What no text holds on purpose: letters of Windows-1252 that were taken for controls (C1).
_CONTROLS = {"utf-8": re.compile(rb"\xc2[\x80-\x9f]"), "latin-1": re.compile(rb"[\x80-\x9f]")}
_LETTERS = {code: letter for code in range(0x80, 0xA0)
            if (letter := bytes([code]).decode("cp1252", "ignore"))}


@dataclass(frozen=True)
class Text:
    """A raw file whose bytes are one byte-oriented encoding, from ``start`` on.

    UTF-16 has been turned into UTF-8, and lone CR line ends into LF, line for line.
    ``declared`` is the encoding of the file as it arrived. ``origin`` is the text that this one
    was written out of line for line, if it was.
    """

    raw: RawFile
    start: int
    encoding: str
    declared: str
    origin: Text | None = None

def recognise_text(raw: RawFile, encodings: tuple[str, ...]) -> Text:
    """Return the file with its encoding; SourceError where it is empty or no text.

    A byte-order mark or the NUL pattern of UTF-16 decides. Otherwise UTF-8 is taken if it is
    among ``encodings`` and no more lines break its rules than follow them with letters
    beyond ASCII; broken lines are then set aside one by one. Otherwise the next encoding.
    """
    head = raw.read(0, _SAMPLE_BYTES)
    if len(head) == raw.n_bytes and not head.strip(_NOTHING):
        raise SourceError(
            f"{raw.name} is empty ({raw.n_bytes:,} bytes, and no text in them). Export it again."
        )
    declared = "" if head.startswith(_UTF32) else _utf16(head)
    if declared:
        return _with_unix_lines(Text(spilled(raw.name, _as_utf8(raw, declared)), 0, "utf-8",
                                     declared))
    _refuse_binary(raw.name, head)
    if head.startswith(codecs.BOM_UTF8):
        return _with_unix_lines(Text(raw, 3, "utf-8", "utf-8-sig"))
    encoding = encodings[0]
    if encoding == "utf-8" and len(encodings) > 1 and not _is_mostly_utf8(raw):
        encoding = encodings[1]
    return _with_unix_lines(Text(raw, 0, encoding, encoding))


def with_letters_for_controls(text: Text) -> Text:
    """Return the text with letters of Windows-1252 where it holds them as control characters.

    A program that took Windows-1252 for Latin-1 wrote them so: ``\x92`` is an apostrophe.
    """
    if not _holds_controls(text):
        return text
    written = (lines.decode(text.encoding, "surrogateescape").translate(_LETTERS)
               .encode("utf-8", "surrogateescape") for lines in _whole_lines(text))
    return Text(spilled(text.raw.name, written), 0, "utf-8", text.declared, origin=text)


def _holds_controls(text: Text) -> bool:
    mark = _CONTROLS.get(text.encoding)
    last = b""
    for block in _blocks(text.raw, text.start) if mark else ():
        if mark and not block.isascii() and (mark.search(last + block[:1]) or mark.search(block)):
            return True
        last = block[-1:]
    return False


def _whole_lines(text: Text) -> Iterator[bytes]:
    """Yield the text in blocks that end with a line."""
    rest = b""
    for block in _blocks(text.raw, text.start):
        lines, end, last = (rest + block).rpartition(b"\n")
        rest = last
        yield lines + end
    yield rest


def _utf16(head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.4 * len(head) / 2 > 10 * even:
        return "utf-16-le"
    if even > 0.4 * len(head) / 2 > 10 * odd:
        return "utf-16-be"
    return ""


def _refuse_binary(name: str, head: bytes) -> None:
    controls = sum(1 for byte in head if byte < 32 and byte not in _TEXT_CONTROLS)
    is_binary = controls > 4 + 0.02 * len(head) or head.count(0) > 0.3 * len(head)
    if is_binary or head[_TAR_MARK] == b"ustar" or head.startswith(_UTF32):
        raise SourceError(
            f"{name} is not a text file that can be read: it holds binary data. Export the "
            "table as CSV or as tab-separated text in UTF-8, and declare that file."
        )


def _blocks(raw: RawFile, start: int = 0) -> Iterator[bytes]:
    for at in range(start, raw.n_bytes, _BLOCK_BYTES):
        yield raw.read(at, min(at + _BLOCK_BYTES, raw.n_bytes))


def _as_utf8(raw: RawFile, encoding: str) -> Iterator[bytes]:
    """Yield the file in UTF-8; what no UTF-16 text can hold becomes a byte no UTF-8 can."""
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    is_start = True
    for block in _blocks(raw):
        text = decoder.decode(block)
        text = text.removeprefix("\ufeff") if is_start else text
        is_start = False
        yield text.encode("utf-8", "surrogatepass")
    if decoder.getstate()[0]:
        yield b"\xff"


def _is_mostly_utf8(raw: RawFile) -> bool:
    n_broken = n_fit = 0
    rest = b""
    for block in _blocks(raw):
        if block.isascii() and rest.isascii():
            rest = b""
            continue
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        broken, fit = _tally(lines)
        n_broken, n_fit = n_broken + broken, n_fit + fit
    broken, fit = _tally([rest])
    return n_broken + broken <= n_fit + fit


def _tally(lines: list[bytes]) -> tuple[int, int]:
    """Return how many lines beyond ASCII break the rules of UTF-8, and how many keep them."""
    n_broken = n_fit = 0
    for line in lines:
        if not line.isascii():
            is_broken = not is_decodable(line, "utf-8")
            n_broken, n_fit = n_broken + is_broken, n_fit + (not is_broken)
    return n_broken, n_fit


def is_decodable(data: bytes, encoding: str) -> bool:
    """Return whether every byte of ``data`` stands for something in ``encoding``."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _with_unix_lines(text: Text) -> Text:
    """Return the text with LF for lone CRs, where its first line ends with a lone CR."""
    if text.raw.is_made:
        return text
    head = text.raw.read(text.start, text.start + _BLOCK_BYTES).lstrip(b"\r\n")
    first = head.find(b"\r")
    if first < 0 or b"\n" in head[: first + 2]:
        return text
    changed = _lone_returns_as_newlines(_blocks(text.raw, text.start))
    return Text(spilled(text.raw.name, changed), 0, text.encoding, text.declared)


def _lone_returns_as_newlines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        whole = rest + block
        rest = b"\r" if whole.endswith(b"\r") else b""
        yield _LONE_RETURN.sub(b"\n", whole.removesuffix(b"\r"))
    yield rest.replace(b"\r", b"\n")
