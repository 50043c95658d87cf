"""Seal a brief for its recipients, and say which sealed copies are still what they were."""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workbench.briefs.build import brief_name, write_together
from workbench.errors import SealError, StorageError
from workbench.exhibits.forms import listed
from workbench.pipeline.kept import damaged_copies, tracked_now
from workbench.pipeline.recorded import altered_files
from workbench.progress import note, step
from workbench.pseudonyms import refuse_public_key
from workbench.sealing.copies import Copy, mark_copy, recipient_name
from workbench.sealing.log import LOG_FILE, Entry, log_text, read_log, with_entry
from workbench.sealing.page import sealed_page
from workbench.sealing.words import draw_passphrase
from workbench.settings import Settings

FOLDER = "sealed"


@dataclass(frozen=True)
class SealedCopy:
    """A copy that was sealed: whose it is, its file below the campaign's folder, its words."""

    copy: Copy
    file: str
    passphrase: str


def run_seal(
    settings: Settings, brief: str | None, recipients: Sequence[str], *, is_terminal: bool,
    folder: Path | None = None,
) -> list[str]:
    """Seal the copies; return the lines to show at the terminal, the words among them.

    ``folder`` holds the brief's page and JSON: reports/, or that of a published version.
    """
    if not brief or not recipients:
        raise SealError("Name a brief and those who get a copy of it: "
                        "workbench seal donors --to 'Ann Example' 'Ben Example'.")
    if not is_terminal:
        raise SealError("The words that open a copy are shown at a terminal only, and the "
                        "output goes to a file or another program. Run the command by hand.")
    sealed = seal_brief(settings, brief, recipients, folder=folder)
    return [
        *(line for one in sealed for line in (
            f"{one.file}: {one.copy.mark}", f"    {one.passphrase}")),
        "Give each person their words by another way than the file, by telephone for instance. "
        "The words are kept nowhere: whoever loses them needs a new copy.",
    ]


def seal_brief(
    settings: Settings, brief: str, recipients: Sequence[str], *, folder: Path | None = None
) -> list[SealedCopy]:
    """Write a sealed copy for each recipient and enter it in the log; return them.

    Every copy has salt, key and words of its own, so no two runs write the same bytes. All
    are written, or none. SealError or StorageError where that is not possible.
    """
    refuse_public_key(settings)
    names = [recipient_name(name) for name in recipients]
    if folder is None:
        _refuse_altered(settings.root, brief_name(brief))
    _refuse_damaged_copies(settings.root, folder, brief_name(brief))
    html, version = _built(folder or settings.root / "reports", brief_name(brief))
    step("sealing")
    with _alone(settings.root):
        entries = read_log(settings.root)
        first = 1 + sum(e["brief"] == brief and e["version"] == version for e in entries)
        copies = [Copy(brief, version, number, name, settings.campaign.marking)
                  for number, name in enumerate(names, start=first)]
        sealed, texts = [], {}
        for number, copy in enumerate(copies):
            note(f"copy {number + 1} of {len(copies)}", number / len(copies))
            passphrase, file = draw_passphrase(), file_of(copy)
            texts[file] = sealed_page(mark_copy(html, copy), copy, passphrase)
            sealed.append(SealedCopy(copy, file, passphrase))
            entries = _logged(entries, copy, file, texts[file])
        # What is entered first is put in place last: a copy stands before the log tells of it.
        write_together({settings.root / file: text
                        for file, text in {LOG_FILE: log_text(entries), **texts}.items()})
    return sealed


def check_copies(root: Path) -> list[str]:
    """Return a line for each sealed copy; SealError where one is altered, or the log is."""
    states = {entry["file"]: _state(root, entry) for entry in read_log(root)}
    altered = [file for file, state in states.items() if state == "altered"]
    if altered:
        raise SealError(
            f"{len(altered)} of {len(states)} sealed copies are not what was sealed: "
            f"{', '.join(altered)}. Do not pass them on; seal new ones."
        )
    return [f"{file}: {state}" for file, state in states.items()] or ["No copy was sealed yet."]


def file_of(copy: Copy) -> str:
    """Return where a copy lies, below the campaign's folder."""
    ascii_name = unicodedata.normalize("NFKD", copy.recipient).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-") or "copy"
    return f"{FOLDER}/{copy.brief.replace('/', '-')}-{copy.version}-{copy.number}-{name}.html"


def _built(folder: Path, brief: str) -> tuple[str, str]:
    """Return the page and version of a built brief."""
    page = folder / f"{brief}.html"
    try:
        facts = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
        return page.read_text(encoding="utf-8"), str(facts["version"])
    except (OSError, ValueError, KeyError, TypeError):
        raise StorageError(
            f"reports/{brief}.html, or its JSON, is not there or cannot be read. Build the "
            "brief with `dvc repro`, then seal it."
        ) from None


def _refuse_altered(root: Path, brief: str) -> None:
    """SealError where a page that a build recorded has other bytes now, whatever its time says."""
    files = [f"reports/{brief}{ending}" for ending in (".html", ".json")]
    others = altered_files(root, among=files)
    if others:
        raise SealError(
            f"{listed(others)} is not what the build made. Delete it, run 'dvc checkout' or "
            "`dvc repro`, look at the brief, and seal it again. No copy was sealed."
        )


def _refuse_damaged_copies(root: Path, folder: Path | None, brief: str) -> None:
    """SealError where DVC's cache has another page than the one that would be sealed."""
    own = folder.relative_to(root).as_posix() if folder else f"reports/{brief}.html"
    tracked = {path: names for path, names in tracked_now(root).items() if path == own}
    damaged = damaged_copies(root, tracked)
    if damaged:
        raise SealError(
            f"The copy of {own} in DVC's cache is damaged: {damaged[own]}. Delete "
            "it there, run 'dvc commit --force', and seal again. No copy was sealed."
        )


def _logged(entries: Sequence[Entry], copy: Copy, file: str, text: str) -> list[Entry]:
    return with_entry(
        entries, brief=copy.brief, version=copy.version, copy=copy.number,
        recipient=copy.recipient, file=file, sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def _state(root: Path, entry: Entry) -> str:
    path = root / entry["file"]
    if not path.is_file():
        return "not in this folder any more"
    is_same = hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
    return "as it was sealed" if is_same else "altered"


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Let one sealing run at a time: copies are numbered in the order of the log."""
    folder = root / FOLDER
    folder.mkdir(exist_ok=True, mode=0o700)
    with open(folder / ".lock", "w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SealError("Another `workbench seal` is at work in this folder. Wait until it "
                            "has ended, and run the command again.") from None
        yield
