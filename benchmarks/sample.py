"""Time and memory of making and writing the sample campaign, as one line of JSON."""

from __future__ import annotations

import resource

from shared import Clock, kept_or_temporary, options, peak_gb, tell

from workbench.sample import make_campaign, write_campaign


def main() -> None:
    """Write a campaign of --people electors to a temporary folder and print the figures."""
    asked, clock = options(__doc__, people=20_000, seed=1), Clock()
    with kept_or_temporary(None) as folder:
        campaign = make_campaign(asked.people, seed=asked.seed, difficulty={})
        write_campaign(campaign, folder / "raw", folder / "truth")
        seconds = clock.told("seconds")
        n_bytes = sum(file.stat().st_size for file in folder.rglob("*.*"))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    tell(people=asked.people, **seconds,
         cpu_seconds=round(usage.ru_utime + usage.ru_stime, 2), peak_gb=peak_gb(),
         written_gb=round(n_bytes / 1e9, 3))


if __name__ == "__main__":
    main()
