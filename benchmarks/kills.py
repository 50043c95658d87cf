"""Does a build that was killed, or met a full disk, go on by itself to the same bytes?

    python benchmarks/kills.py --kills 200 --fills 20

A small campaign (two stages: tables and a folder of texts, then a page) is built by
`workbench build` from two inputs in turn. A build is killed with all its processes at a random
moment; or it runs on a small file system with so little space left that it stops somewhere. What
stands then must be whole: every output is the one or the other, every object of DVC's cache is
what its name says. The next `workbench build`, without a hand, must end well and leave the same
bytes as one that nobody disturbed, dvc.lock too, and nothing half written. One line of JSON at
the end: `n_torn` and `n_stuck` are to be 0. Full disks need root and Linux, for a tmpfs.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import yaml
from shared import ROOT, kept_or_temporary, options, tell

BUILD = "import sys; from workbench.cli import main; sys.exit(main(['build']))"
MAKE = '''\
from pathlib import Path

import pyarrow as pa

from workbench.pipeline.private import owner_alone
from workbench.tables import write_text
from workbench.tables.files import write_arrow

data = Path("data")
text = (data / "raw/in.csv").read_text()
with owner_alone():
    for number in range(4):
        rows = pa.table({"n": [len(text) + number] * 20000, "text": [text] * 20000})
        write_arrow(rows, data / f"tables/{number}.parquet")
    for number in range(8):
        write_text(data / f"texts/{number}.txt", f"{number} {text}" * 500)
'''
PAGE = '''\
import os
from pathlib import Path

draft = Path(f"reports/.page.html.{os.getpid()}.draft")
draft.write_text("".join(path.read_text() for path in sorted(Path("data/texts").iterdir())))
os.replace(draft, "reports/page.html")
'''
TABLES = [f"data/tables/{number}.parquet" for number in range(4)]
STAGES = {
    "parts": {"cmd": "python make.py", "deps": ["data/raw/in.csv", "make.py"],
              "outs": [{name: {"persist": True}} for name in (*TABLES, "data/texts")]},
    "page": {"cmd": "python -S page.py", "deps": ["data/texts", "page.py"],
             "outs": [{"reports/page.html": {"persist": True}}]},
}
INPUTS = ("first\n", "second, and longer\n")
HALF_WRITTEN = re.compile(r"\..*\.(draft|tmp)|\.spill-.*")


def make_campaign(root: Path) -> None:
    """Make the campaign, without git: nothing is built yet."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params = {**params, "sources": {}, "notebooks": {}}
    (root / "data/raw").mkdir(parents=True)
    (root / "reports").mkdir()
    (root / "notebooks").mkdir()
    (root / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    (root / "dvc.yaml").write_text(yaml.safe_dump({"stages": STAGES}, sort_keys=False))
    (root / "make.py").write_text(MAKE)
    (root / "page.py").write_text(PAGE)
    (root / ".dvc").mkdir()
    shutil.copyfile(ROOT / ".dvcignore", root / ".dvcignore")
    config = (ROOT / ".dvc/config").read_text(encoding="utf-8")
    (root / ".dvc/config").write_text(config.replace("[core]", "[core]\n    no_scm = true"))


def start(root: Path) -> subprocess.Popen[bytes]:
    """Start a build, in a group of processes of its own."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {**os.environ, "PATH": programs, "PYTHONPATH": str(ROOT / "src")}
    with open(root.parent / "said", "wb") as said:
        return subprocess.Popen([sys.executable, "-c", BUILD], cwd=root, env=environ, stdout=said,
                                stderr=said, start_new_session=True)


def give(root: Path, text: str) -> None:
    """Let another input arrive; what DVC knows of earlier runs goes, so that stages run."""
    (root / "data/raw/in.csv").write_text(text)
    shutil.rmtree(root / ".dvc/cache/runs", ignore_errors=True)


def outputs(root: Path) -> dict[str, bytes]:
    """Return what the stages made and DVC's record of it, by path."""
    paths = [path for name in ("data", "reports") for path in (root / name).rglob("*")
             if path.is_file() and "raw" not in path.parts]
    return {str(path.relative_to(root)): path.read_bytes()
            for path in sorted([*paths, *root.glob("dvc.lock")])}


def torn(root: Path, good: list[dict[str, bytes]]) -> list[str]:
    """Return the outputs that are neither the one nor the other, and damaged cache objects.

    DVC's own files are not among them: they may be cut off, and the next build sees to it. A
    cache object that DVC has not closed yet (0444) is one that it reads again before use.
    """
    found = [name for name, content in outputs(root).items()
             if name != "dvc.lock" and not HALF_WRITTEN.fullmatch(Path(name).name)
             and content not in [one.get(name) for one in good]]
    for path in (root / ".dvc/cache/files/md5").glob("??/*"):
        digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        is_trusted = path.stat().st_mode & 0o777 == 0o444
        if is_trusted and path.parent.name + path.name.removesuffix(".dir") != digest:
            found.append(str(path.relative_to(root)))
    return found


def goes_on(root: Path, good: dict[str, bytes]) -> str:
    """Build again; return what is wrong then, nothing where all is as if undisturbed."""
    if start(root).wait():
        return (root.parent / "said").read_text(errors="replace")[-600:]
    found = outputs(root)
    odd = sorted(name for name in {*found, *good} if found.get(name) != good.get(name))
    odd += [str(path) for name in ("data", "reports", ".dvc/cache")
            for path in (root / name).rglob(".*") if HALF_WRITTEN.fullmatch(path.name)]
    return ", ".join(odd)


class Trial:
    """One campaign that is disturbed again and again, and how it ended."""

    def __init__(self, root: Path) -> None:
        """Make the campaign, and build it undisturbed from each input, twice."""
        make_campaign(root)
        self.root, self.good, self.seconds = root, [], 0.0
        self.troubles: list[str] = []
        self.n_torn = self.n_stuck = self.n_stopped = 0
        for number in range(4):
            give(root, INPUTS[number % 2])
            began = time.monotonic()
            assert start(root).wait() == 0, (root.parent / "said").read_text()
            self.seconds = time.monotonic() - began
            self.good = [*self.good, outputs(root)][-2:]

    def kill(self, number: int, moment: float) -> None:
        """Kill a build of the other input at a moment, and build again."""
        give(self.root, INPUTS[number % 2])
        build = start(self.root)
        time.sleep(moment)
        with suppress(ProcessLookupError):
            os.killpg(build.pid, signal.SIGKILL)
        self._see(f"kill {number} at {moment:.3f} s", number, build.wait())

    def fill(self, number: int, n_left_bytes: int) -> None:
        """Build the other input on a disk with so much space left, then with space, again."""
        give(self.root, INPUTS[number % 2])
        ballast = self.root.parent / "ballast"
        with open(ballast, "wb") as handle:
            left = shutil.disk_usage(self.root).free - n_left_bytes
            os.posix_fallocate(handle.fileno(), 0, max(left, 1))
        code = start(self.root).wait()
        ballast.unlink()
        self._see(f"disk with {n_left_bytes} bytes left", number, code)

    def _see(self, what: str, number: int, code: int) -> None:
        self.n_stopped += code != 0
        if found := torn(self.root, self.good):
            self.n_torn += 1
            self.troubles.append(f"{what}: torn {found}")
        if wrong := goes_on(self.root, self.good[number % 2]):
            self.n_stuck += 1
            self.troubles.append(f"{what}: {wrong}")
            start(self.root).wait()


@contextmanager
def small_disk(n_bytes: int) -> Iterator[Path | None]:
    """Give a folder on a file system of that size, or nothing where none can be had."""
    with tempfile.TemporaryDirectory(prefix="wb-") as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={n_bytes}", "tmpfs", folder]
        is_had = sys.platform == "linux" and os.getuid() == 0 and not subprocess.run(
            mount, check=False, capture_output=True).returncode
        try:
            yield Path(folder) if is_had else None
        finally:
            if is_had:
                subprocess.run(["umount", "--lazy", folder], check=True)


def main() -> int:
    """Disturb builds, and print one line of JSON; return 1 where one did not go on."""
    asked = options(__doc__, kills=200, fills=20, seed=20121106)
    chance, done = random.Random(asked.seed), {}
    with kept_or_temporary(None) as disk, small_disk(60_000_000) as small:
        for name, place, n in (("kill", disk, asked.kills), ("fill", small, asked.fills)):
            if not n or not place:
                continue
            trial = done[name] = Trial(place / "campaign")
            for number in range(n):
                if name == "kill":
                    trial.kill(number, chance.uniform(0, trial.seconds))
                else:
                    trial.fill(number, NEEDED * number // n)
                print(f"{name} {number + 1}: {trial.n_torn} torn, {trial.n_stuck} stuck",
                      file=sys.stderr, flush=True)
    troubles = [one for trial in done.values() for one in trial.troubles]
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    tell(n_kills=asked.kills if "kill" in done else 0,
         n_fills=asked.fills if "fill" in done else 0,
         **{name: sum(getattr(trial, name) for trial in done.values())
            for name in ("n_stopped", "n_torn", "n_stuck")},
         build_seconds=round(max((trial.seconds for trial in done.values()), default=0), 2))
    return 1 if troubles else 0


NEEDED = 200_000  # bytes that a build writes, about; a disk with more left is none that is full


if __name__ == "__main__":
    sys.exit(main())
