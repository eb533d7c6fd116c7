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
    if not isinstance(source, str):
        return None
    name = source.removeprefix("stacked:")
    return _LICENCES.get(name.partition("/")[0].partition(":")[0])
