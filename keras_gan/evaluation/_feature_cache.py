"""Keeps the features of data in files, so that they are computed once."""

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
    """Returns the outputs stored under a key, or computes and stores them.

    Args:
        folder: The folder of the files; None stores nothing and computes each time.
        key: Names the file. A file of that name is used without checking what it was
            computed from.
        compute: Returns features, and probabilities or None.
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
    """Returns the outputs in a file; None if it is missing or damaged."""
    try:
        content = io.BytesIO(path.read_bytes())
        with np.load(content, allow_pickle=False) as arrays:
            return arrays["features"], arrays.get("probabilities")
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
