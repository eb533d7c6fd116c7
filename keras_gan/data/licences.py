"""Knows the licences of some sources of data."""

from __future__ import annotations

# SPDX identifiers of the sources whose owners name a licence.
_LICENCES = {
    "mnist_10k": "CC-BY-SA-3.0",
    "mnist": "CC-BY-SA-3.0",
    "fashion_mnist": "MIT",
    "kmnist": "CC-BY-SA-4.0",
}


def licence(source: object) -> str | None:
    """Returns the SPDX identifier of a source's licence; None if it is not known.

    Args:
        source: As in `data.load`. A stacked source has the licence of its images.

    Example:
        >>> data.licence("mnist_10k")
        'CC-BY-SA-3.0'
    """
    return _LICENCES.get(source_name(source))


def source_name(source: object) -> str:
    """Returns the name of the data in a source; "" for an object or no source."""
    name = source.removeprefix("stacked:") if isinstance(source, str) else ""
    return name.partition("/")[0].partition(":")[0]
