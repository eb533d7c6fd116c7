"""What this process may use of the machine."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """Returns how many cores this process may use, perhaps fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
