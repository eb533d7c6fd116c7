"""Reads and writes the results of benchmarks, and fits laws to measured points."""

import json
import os
import platform
from pathlib import Path

import numpy as np

from keras_gan._files import atomic_path

RESULTS_FOLDER = Path("docs/results")
IMAGES_FOLDER = Path("docs/images")


def read(name):
    """Returns the content of docs/results/NAME.json, or an empty dict."""
    path = RESULTS_FOLDER / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def record(name, results):
    """Adds results to docs/results/NAME.json; returns its whole content."""
    results = read(name) | results
    results["machine"] = f"{os.cpu_count()} CPUs, {platform.machine()}"
    with atomic_path(RESULTS_FOLDER / f"{name}.json") as path:
        path.write_text(json.dumps(results, indent=1) + "\n")
    return results


def rounded(value, digits=4):
    """Rounds a float, or all floats of a list or dict, to significant digits."""
    if isinstance(value, dict):
        return {key: rounded(each, digits) for key, each in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [rounded(each, digits) for each in value]
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value


def law(x, y, powers):
    """Fits y = Σ c·x^power with c ≥ 0 by the least relative error; returns the c.

    Args:
        x: The places of the measurements.
        y: The measured values, positive.
        powers: The powers of x, such as (0, 1) for a + b·x.
    """
    from scipy.optimize import nnls

    x, y = np.asarray(x, float), np.asarray(y, float)
    terms = np.stack([x**power for power in powers], axis=1)
    # Scales the columns to similar sizes, so that none is lost to rounding.
    sizes = terms.max(axis=0)
    coefficients, _ = nnls(terms / sizes / y[:, None], np.ones(len(y)))
    return [float(c) for c in coefficients / sizes]


def law_at(x, coefficients, powers):
    """Returns the value of the law at each x."""
    x = np.asarray(x, float)
    return sum(c * x**power for c, power in zip(coefficients, powers, strict=True))


def law_text(coefficients, powers, variable):
    """Writes the law as text, without terms of coefficient zero."""
    symbols = {0: "", 1: f"·{variable}", 2: f"·{variable}²"}
    terms = [
        f"{c:.2g}{symbols[power]}"
        for c, power in zip(coefficients, powers, strict=True)
        if c > 0
    ]
    return " + ".join(terms)
