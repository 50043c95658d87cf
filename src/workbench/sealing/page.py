"""The page around a sealed copy: what a browser shows before the words are given."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from html import escape
from pathlib import Path

from workbench.briefs.policy import source_hash
from workbench.errors import SealError
from workbench.sealing.copies import Content, Copy
from workbench.sealing.envelope import DAMAGED, open_text, seal_text

TEMPLATE = Path(__file__).parent / "template"
LANGUAGE = "en-GB"
_START = f'<!doctype html><html lang="{LANGUAGE}">'
_SLOT = re.compile(r"\[([A-Z]+)\]")
_BOX = re.compile(r'(<div id="sealed" hidden="">)([^<]*)(</div>)')


@dataclass(frozen=True)
class Frame:
    """A page whose box is empty, spelled as a browser spells what it has read.

    ``heads`` are the elements of its head, ``body`` is the rest. The script reads both back
    and compares them with the envelope, so that a change in either is noticed.
    """

    heads: tuple[str, ...]
    body: str

    @property
    def bound(self) -> str:
        """What the envelope is bound to."""
        return "\n".join(("CSS1Compat", LANGUAGE, *self.heads, self.body))


def sealed_page(content: Content, copy: Copy, passphrase: str) -> str:
    """Return the sealed copy as one HTML file, which opens by the passphrase."""
    frame = _frame(copy, content.scripts)
    sealed = seal_text(json.dumps(asdict(content), ensure_ascii=False), passphrase, frame.bound)
    body = _BOX.sub(rf"\g<1>{sealed}\g<3>", frame.body)
    return _START + "".join(frame.heads) + body


def open_page(html: str, passphrase: str) -> Content:
    """Return what a sealed copy holds; SealError where it is damaged or the words are others."""
    box = _BOX.search(html)
    if not html.startswith(_START) or box is None:
        raise SealError(DAMAGED)
    heads, main, rest = html.removeprefix(_START).partition("<main>")
    frame = Frame(_split_heads(heads), _BOX.sub(r"\1\3", main + rest))
    parts = json.loads(open_text(box.group(2), passphrase, frame.bound))
    return Content(parts["title"], tuple(parts["styles"]), tuple(parts["scripts"]),
                   parts["body"])


def _frame(copy: Copy, scripts: Sequence[str]) -> Frame:
    style, script = template_text("seal.css"), template_text("seal.js")
    policy = " ".join((
        "default-src 'none';",
        f"script-src {' '.join(source_hash(text) for text in (script, *scripts))};",
        f"style-src {source_hash(style)};",
        "img-src data:; base-uri 'none'; form-action 'none'",
    ))
    heads = (
        '<meta charset="utf-8" data-s="">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}" data-s="">',
        '<meta name="viewport" content="width=device-width, initial-scale=1" data-s="">',
        '<meta name="color-scheme" content="light dark" data-s="">',
        '<meta name="referrer" content="no-referrer" data-s="">',
        '<title data-s="">A sealed brief</title>',
        f'<style data-s="">{style}</style>',
    )
    shown = {"MARKING": copy.marking, "MARK": copy.mark, "VERSION": copy.version}
    body = _SLOT.sub(lambda slot: _as_read(shown[slot.group(1)]), template_text("seal.html"))
    return Frame(heads, f"{body}<script>{script}</script>")


@cache
def template_text(name: str) -> str:
    """Return a file of the template as one line, without the room that only its reader needs."""
    lines = (TEMPLATE / name).read_text(encoding="utf-8").splitlines()
    return "".join(line.strip() for line in lines)


def _as_read(text: str) -> str:
    """Escape a text as a browser spells it when it is asked what it has read."""
    return escape(" ".join(text.split()), quote=False)


def _split_heads(heads: str) -> tuple[str, ...]:
    return tuple(re.split(r"(?<=>)(?=<(?:meta|title|style) )", heads))
