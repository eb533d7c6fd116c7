"""Features of data, kept in files."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from keras_gan._files import atomic_path
from keras_gan.evaluation.extractor import Outputs


def cached(
    folder: str | os.PathLike[str] | None, key: str, compute: Callable[[], Outputs]
) -> Outputs:
    """Returns what is stored under the key, or else computes and stores it.

    Args:
        folder: Where; None to compute each time.
        key: Identifies what is computed. What a file holds under it is taken as it is.
        compute: Returns features and probabilities, or None for the latter.
    """
    if folder is None:
        return compute()
    path = Path(folder) / f"{re.sub(r'[^A-Za-z0-9_.-]', '_', key)}.npz"
    stored = _read(path)
    if stored is not None:
        return stored
    features, probabilities = compute()
    arrays = {"features": features}
    if probabilities is not None:
        arrays["probabilities"] = probabilities
    with atomic_path(path) as temporary:
        np.savez(temporary, **arrays)  # type: ignore[arg-type]
    return features, probabilities


def _read(path: Path) -> Outputs | None:
    """What a file holds; None if there is none, or it is damaged."""
    try:
        content = io.BytesIO(path.read_bytes())
        with np.load(content, allow_pickle=False) as arrays:
            return arrays["features"], arrays.get("probabilities")
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
