"""Time and memory of making and writing the sample campaign, as one line of JSON."""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

from workbench.sample import make_campaign, write_campaign


def main() -> None:
    """Write a campaign of --people electors to a temporary folder and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        campaign = make_campaign(options.people, seed=options.seed, difficulty={})
        write_campaign(campaign, Path(folder) / "raw", Path(folder) / "truth")
        seconds = time.perf_counter() - start
        n_bytes = sum(file.stat().st_size for file in Path(folder).rglob("*.*"))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({
        "people": options.people,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_gb": round(usage.ru_maxrss / 1024**2, 2),
        "written_gb": round(n_bytes / 1e9, 3),
    }))


if __name__ == "__main__":
    main()
