"""Reads and writes the folder of a run, and makes pages of it, without TensorFlow."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keras_gan.runs.comparison import ComparedRuns as ComparedRuns
    from keras_gan.runs.comparison import Comparison as Comparison
    from keras_gan.runs.comparison import compare as compare
    from keras_gan.runs.latex import write_latex as write_latex
    from keras_gan.runs.publishing import write_csv as write_csv
    from keras_gan.runs.publishing import write_curves as write_curves
    from keras_gan.runs.publishing import write_page as write_page
    from keras_gan.runs.spread import Spread as Spread

# The command line reads a run's folder at once, and compares only when it is asked to.
_MODULES = {
    "ComparedRuns": "comparison",
    "Comparison": "comparison",
    "Spread": "spread",
    "compare": "comparison",
    "write_csv": "publishing",
    "write_curves": "publishing",
    "write_latex": "latex",
    "write_page": "publishing",
}

__all__ = [
    "ComparedRuns",
    "Comparison",
    "Spread",
    "compare",
    "write_csv",
    "write_curves",
    "write_latex",
    "write_page",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        module = importlib.import_module(f"keras_gan.runs.{_MODULES[name]}")
        return getattr(module, name)
    raise AttributeError(f"module 'keras_gan.runs' has no attribute {name!r}")
