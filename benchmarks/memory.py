"""What memory a process holds, where the system tells (Linux)."""

from math import nan
from pathlib import Path


def resident(pid: int) -> float:
    """Return the resident memory of a process in MiB; not a number where it is not told."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return nan
    return resident_in(status)


def resident_in(status: str) -> float:
    """Return the MiB that a `/proc/…/status` says are resident; not a number if it says none."""
    for line in status.splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return nan
