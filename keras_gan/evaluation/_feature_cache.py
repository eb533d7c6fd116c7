"""Keeps the features and figures of data in files, so that they are computed once."""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from keras_gan._files import atomic_path, write_text
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
    path = _file(folder, key, ".npz")
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


def cached_figures(
    folder: str | os.PathLike[str] | None,
    key: str,
    compute: Callable[[], dict[str, float]],
) -> dict[str, float]:
    """Returns the figures stored under a key, or computes and stores them.

    Args:
        folder: As of `cached`.
        key: As of `cached`.
        compute: Returns the figures by name.
    """
    if folder is None:
        return compute()
    path = _file(folder, key, ".json")
    try:
        return {str(k): float(v) for k, v in json.loads(path.read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        figures = compute()
    write_text(path, json.dumps(figures))
    return figures


def _file(folder: str | os.PathLike[str], key: str, suffix: str) -> Path:
    return Path(folder) / f"{re.sub(r'[^A-Za-z0-9_.-]', '_', key)}{suffix}"


def _read(path: Path) -> Outputs | None:
    """Returns the outputs in a file; None if it is missing or damaged."""
    try:
        content = io.BytesIO(path.read_bytes())
        with np.load(content, allow_pickle=False) as arrays:
            return arrays["features"], arrays.get("probabilities")
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
