"""What a process holds in memory, as the system counts it."""

from __future__ import annotations

from pathlib import Path

KIB_PER_GB = 1e9 / 1024


def memory_gb(field: str) -> float:
    """Return a line of the process's own status; a parent's peak is not in it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    kib = next(int(line.split()[1]) for line in lines if line.startswith(field + ":"))
    return round(kib / KIB_PER_GB, 3)
