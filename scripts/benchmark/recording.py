"""What the benchmarks share: files of results."""

import json
import os
import platform
from pathlib import Path

import numpy as np

from keras_gan._files import atomic_path

RESULTS_FOLDER = Path("docs/results")
IMAGES_FOLDER = Path("docs/images")


def read(name):
    """What docs/results/NAME.json holds; nothing if there is none."""
    path = RESULTS_FOLDER / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def record(name, results):
    """Puts results into docs/results/NAME.json, beside others that it holds."""
    results = read(name) | results
    results["machine"] = f"{os.cpu_count()} CPUs, {platform.machine()}"
    with atomic_path(RESULTS_FOLDER / f"{name}.json") as path:
        path.write_text(json.dumps(results, indent=1) + "\n")
    return results


def rounded(value, digits=4):
    """The value to so many significant digits, or each of a list or dict."""
    if isinstance(value, dict):
        return {key: rounded(each, digits) for key, each in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [rounded(each, digits) for each in value]
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value
