"""Bounds the bytes, seconds, pixels, classes and images that one request may take."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

# The memory that a container grants, in the two versions of Linux's control groups.
_GROUP_FILES = (
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
)


@dataclass(frozen=True)
class Limits:
    """The most that a request, a file or an answer may ask for.

    Attributes:
        images: Images, seeds or latents of one request.
        pixels: Pixels of one image. Above this number Pillow warns of a bomb.
        classes: Classes, and therefore labels, of a data set.
        latent_dim: Numbers of a latent.
        seconds: The longest time to wait for a model server.
        metadata_bytes: Bytes of a small text from elsewhere, such as the signatures of
            a served model.
        answer_bytes: Bytes of one answer of a model server, whatever was asked for.
    """

    images: int = 1_000_000
    pixels: int = 89_478_485
    classes: int = 1_000_000
    latent_dim: int = 1_000_000
    seconds: float = 86_400.0
    metadata_bytes: int = 4 * 2**20
    answer_bytes: int = 2**31

    @property
    def memory_bytes(self) -> int:
        """The memory that this process may use: of the machine, container or shell."""
        return min(_memories())


LIMITS = Limits()
"""The limits that the whole package keeps."""


def _memories() -> list[int]:
    """Returns each bound on this process's memory that the system tells of."""
    found = [2**63]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for name in _GROUP_FILES:
        try:
            found.append(int(Path(name).read_text()))
        except (OSError, ValueError):  # no such group, or "max"
            continue
    try:
        import resource
    except ImportError:  # not on Windows
        return found
    shell, _ = resource.getrlimit(resource.RLIMIT_AS)
    return found if shell == resource.RLIM_INFINITY else [*found, shell]
