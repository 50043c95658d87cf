"""Is a version that was published three commits ago the same, byte for byte, in a fresh clone?

    python benchmarks/verify.py

A small campaign publishes a version to a remote that is a local directory, and three commits
follow. In a fresh clone, whose cache is empty, the version is verified; `seconds` is the time
of that. Then a byte is changed in turn in an input, in a frozen output and in a log entry, and
`n_named` is how many of these verification names. The last line is JSON.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from shared import Clock, kept_or_temporary, tell

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from made_releases import build, change_rows, make_repository, run, workbench


def publish_and_go_on(folder: Path) -> str:
    """Publish a version, add three commits, and return the version's id."""
    root = make_repository(folder / "campaign", folder / "remote")
    build(root)
    published = workbench(root, "publish", "-m", "The version that is verified")
    assert not published.returncode, published.stderr
    for n_rows in (50, 60, 70):
        change_rows(root, n_rows)
    return published.stdout.split()[-1]


def object_of(folder: Path, pattern: str) -> Path:
    """Return the remote's object whose bytes hold ``pattern``."""
    return next(path for path in sorted((folder / "remote/files/md5").rglob("*"))
                if path.is_file() and re.search(pattern.encode(), path.read_bytes()))


def is_named(folder: Path, release: str, tampering: tuple[Path, str, str, str]) -> bool:
    """Change a byte, verify in a new clone, change it back; return whether it was named."""
    path, before, after, name = tampering
    whole = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(whole.replace(before.encode(), after.encode(), 1))
    try:
        return name in workbench(folder / "fresh", "verify", release).stderr
    finally:
        path.write_bytes(whole)


def main() -> None:
    """Measure, and print one line of JSON."""
    with kept_or_temporary(None) as folder:
        release = publish_and_go_on(folder)
        run(folder, "git", "clone", "--quiet", "campaign", "fresh")
        clock = Clock()
        verified = workbench(folder / "fresh", "verify", release)
        seconds = clock.told("seconds", digits=1)
        print(verified.stdout or verified.stderr)
        tamperings = [
            (object_of(folder, "Dinner"), "Dinner", "Dinnes", "input data/raw/mine.csv"),
            (object_of(folder, "(?s)Rows are there.*</html>"), "</html>", "</htmm>", "count.html"),
            (folder / "fresh/reports/releases.json", "verified", "verifiee", "log entry"),
        ]
        n_named = sum(is_named(folder, release, one) for one in tamperings)
    found = re.search(r"(\d+) files", verified.stdout)
    tell(identical=not verified.returncode, files=int(found[1]) if found else 0, **seconds,
         n_tampered=len(tamperings), n_named=n_named)


if __name__ == "__main__":
    main()
