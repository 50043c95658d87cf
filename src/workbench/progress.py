"""Where a long step stands: one line that a terminal keeps up to date, plain lines elsewhere.

All of it goes to standard error. None of it is ever part of a file that a build makes.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

KEPT_IN = Path(".dvc", "tmp")  # which git and DVC both leave alone
TICK_SECONDS = 0.5
USUAL_COLUMNS = 80


@dataclass(frozen=True)
class Step:
    """What is done now: cell ``number`` of ``n_cells``, both 0 where it is no notebook's.

    ``note`` tells how far the step is, and ``done_share`` which part of it is done, 0 where
    nobody knows. ``began_seconds`` counts from the start of what is shown. ``notes`` are the
    first note and the last: when it came, in such seconds, and the share that was done then.
    """

    text: str
    number: int = 0
    n_cells: int = 0
    note: str = ""
    done_share: float = 0.0
    began_seconds: float = 0.0
    notes: tuple[tuple[float, float], ...] = ()


@dataclass
class Shown:
    """What this process shows of itself, without a terminal: a line for each text, once.

    ``former`` has the seconds at which each step of the last good run began, and its end.
    ``n_runs`` counts how often the steps have been begun from the first.
    """

    name: str
    stream: TextIO
    former: Sequence[float] = ()
    note_file: Path | None = None
    step: Step = Step("")
    n_runs: int = 1
    said: set[str] = field(default_factory=set)
    begun: list[float] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        """Return for how long this has been shown."""
        return time.monotonic() - self.started

    def begin(self, step: Step) -> None:
        """Go on to the next step."""
        self._go_on(step)
        if step.text and step.text not in self.said:
            self.said.add(step.text)
            place = f" (cell {step.number} of {step.n_cells})" if step.n_cells else ""
            self._print(f"{self.name}: {step.text}{place}\n")

    def take_note(self, text: str, done_share: float) -> None:
        """Take what is noted of the present step, unless that has been taken."""
        before, now = self.step, (self.seconds(), done_share)
        if (text, done_share) != (before.note, before.done_share):
            self.step = replace(before, note=text, done_share=done_share,
                                notes=((*before.notes, now)[0], now))

    def end(self, *, is_good: bool) -> None:
        """Leave no line half-written."""

    def _go_on(self, step: Step) -> None:
        self.begun.append(self.seconds())
        self.step = replace(step, began_seconds=self.begun[-1])
        if self.note_file:
            self.note_file.unlink(missing_ok=True)

    def _print(self, text: str) -> None:
        with suppress(OSError, ValueError):  # who read it is gone
            self.stream.write(text)
            self.stream.flush()


@dataclass
class ShownInPlace(Shown):
    """What this process shows of itself on a terminal: one line, written again in its place."""

    def __post_init__(self) -> None:
        from tqdm import tqdm

        self._over, self._lock = threading.Event(), threading.Lock()
        self._rewrite = tqdm.status_printer(self.stream)
        self._thread = threading.Thread(target=self._keep_up, daemon=True)
        self.started = time.monotonic()
        self._thread.start()

    def begin(self, step: Step) -> None:
        """Go on to the next step."""
        with self._lock:
            self._go_on(step)
            self._draw()

    def end(self, *, is_good: bool) -> None:
        """End the line: how long it took, or where it stood when it failed."""
        self._over.set()
        self._thread.join()
        if not self.begun:
            return
        if is_good:
            self._write(f"{self.name}: done in {clock(self.seconds())}")
        self._print("\n")

    def _keep_up(self) -> None:
        while not self._over.wait(TICK_SECONDS):
            with self._lock:
                self._draw()

    def _draw(self) -> None:
        if self.note_file:
            with suppress(OSError, ValueError):
                self.take_note(**json.loads(self.note_file.read_text(encoding="utf-8")))
        if self.begun:
            left = seconds_left(self.former, len(self.begun) - 1,
                                self.seconds() - self.step.began_seconds)
            name = self.name if self.n_runs == 1 else f"{self.name}, run {self.n_runs}"
            self._write(line_of(name, self.step, self.seconds(), left))

    def _write(self, line: str) -> None:
        from tqdm.utils import disp_trim

        with suppress(OSError, ValueError):
            self._rewrite(disp_trim(line, columns_of(self.stream) - 1))


_now: list[Shown] = []
_notes_go_to: list[Path] = []


@contextmanager
def shown(name: str, root: Path) -> Iterator[None]:
    """Show the steps of what runs within until it ends; an error finds the line ended.

    ``root`` is the campaign's folder, where how long each step took is kept for the next run.
    """
    kept = root / KEPT_IN / f"seconds-{name.replace('/', '+')}.json"
    kind = ShownInPlace if is_terminal(sys.stderr) else Shown
    one = kind(name, sys.stderr, _read_seconds(kept))
    _now.append(one)
    is_good = False
    try:
        yield
        is_good = True
    finally:
        _now.remove(one)
        one.end(is_good=is_good)
    _keep_seconds(kept, [*one.begun, one.seconds()])


def step(text: str, *, number: int = 0, n_cells: int = 0) -> None:
    """Say what this process does from now on; where it shows nothing, nobody is told."""
    if _now:
        _now[-1].begin(Step(plain(text), number, n_cells))


def run_again(why: str) -> None:
    """Say that the same steps are run once more, and why."""
    if _now:
        _now[-1].n_runs += 1
    step(why)


def note(text: str, done_share: float = 0.0) -> None:
    """Say how far the present step is: on a terminal alone, and never a person's values."""
    text = plain(text)
    if _now:
        _now[-1].take_note(text, done_share)
    for path in _notes_go_to:
        with suppress(OSError):
            path.write_text(json.dumps({"text": text, "done_share": done_share}), "utf-8")


def send_notes(path: Path) -> None:
    """Have the notes of this process go to a file, for the process that shows it."""
    _notes_go_to[:] = [path]


def follow_notes(path: Path) -> None:
    """Show the notes that another process sends to a file."""
    if _now:
        _now[-1].note_file = path


def end_line() -> None:
    """End the line that another process, which is no more, may have left half-written."""
    if is_terminal(sys.stderr):
        print(file=sys.stderr)


def line_of(name: str, step: Step, seconds: float, left: float | None) -> str:
    """Return the line of a terminal: name, bar, place, time and, last, what may be cut off.

    ``left`` are the seconds that are left by the last run; without one the time left of a step
    is reckoned from its notes, where there are two, and else none is told.

    >>> line_of("spine", Step("weighing pairs"), 75, None)
    'spine: 1:15, weighing pairs'
    >>> line_of("donors", Step("Who gives?", 3, 4), 30, 30)
    'donors: |█████     | cell 3 of 4, 0:30, about 0:30 left, Who gives?'
    """
    from tqdm import tqdm

    cell = f"cell {step.number} of {step.n_cells}" if step.n_cells else ""
    parts = [cell, clock(seconds), _time_left(step, seconds, left), step.note, step.text]
    told = ", ".join(part for part in parts if part)
    if not step.n_cells and left is None:
        return f"{name}: {told}"
    share = (step.number - 1 + step.done_share) / step.n_cells if step.n_cells else 0.0
    if left is not None:
        share = seconds / max(seconds + left, 1.0)
    bar: str = tqdm.format_meter(share, 1.0, seconds, bar_format="{desc}: |{bar:10}| {told}",
                                 prefix=name, told=told)
    return bar


def _time_left(step: Step, seconds: float, left: float | None) -> str:
    if left is not None:
        return f"about {clock(left)} left" if left >= 1 else ""
    (first, share_then), (last, share_now) = step.notes or ((0.0, 0.0), (0.0, 0.0))
    if share_now <= share_then:
        return ""
    rest = (last - first) * (1 - share_now) / (share_now - share_then) - (seconds - last)
    return f"about {clock(rest)} left of this step" if rest >= 1 else ""


def seconds_left(former: Sequence[float], at: int, in_step: float) -> float | None:
    """Return the seconds left by a former run, or None where that had no such step.

    A step that takes longer than before adds nothing: what comes after it is left.

    >>> seconds_left([0.0, 2.0, 10.0], 1, 3.0), seconds_left([0.0, 2.0, 10.0], 0, 60.0)
    (5.0, 8.0)
    >>> seconds_left([], 0, 1.0) is None
    True
    """
    if not 0 <= at < len(former) - 1:
        return None
    return former[-1] - former[at + 1] + max(0.0, former[at + 1] - former[at] - in_step)


def clock(seconds: float) -> str:
    """Return seconds as hours, minutes and seconds.

    >>> clock(65.4), clock(3725)
    ('1:05', '1:02:05')
    """
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def plain(text: str) -> str:
    """Return a text on one line, without what a terminal would take for an order."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()


def is_terminal(stream: TextIO) -> bool:
    """Return whether a line can be written again in its place."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def columns_of(stream: TextIO) -> int:
    """Return how wide a terminal is now."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL_COLUMNS
    except (OSError, ValueError):
        return USUAL_COLUMNS


def _read_seconds(path: Path) -> list[float]:
    try:
        return [float(one) for one in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def _keep_seconds(path: Path, seconds: Sequence[float]) -> None:
    """Keep when each step began, where DVC has a folder for what passes."""
    if path.parent.is_dir():
        with suppress(OSError):
            path.write_text(json.dumps([round(one, 1) for one in seconds]), encoding="utf-8")
