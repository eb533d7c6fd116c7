"""Generative adversarial networks that train with `model.fit` and ship as artifacts.

Each name loads its module on first use, so a serving process that imports
`keras_gan.export.runtime` imports neither TensorFlow nor Keras.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from keras_gan._process import use_onednn
from keras_gan._registration import register_when_keras_is_imported
from keras_gan._version import __version__ as __version__
from keras_gan.notebooks.kernel import import_tensorflow_quietly

if TYPE_CHECKING:
    from keras_gan import architectures as architectures
    from keras_gan import augmentation as augmentation
    from keras_gan import callbacks as callbacks
    from keras_gan import data as data
    from keras_gan import evaluation as evaluation
    from keras_gan import experiment as experiment
    from keras_gan import export as export
    from keras_gan import hub as hub
    from keras_gan import layers as layers
    from keras_gan import losses as losses
    from keras_gan import metrics as metrics
    from keras_gan import plotting as plotting
    from keras_gan import presets as presets
    from keras_gan import priors as priors
    from keras_gan import runs as runs
    from keras_gan import theory as theory
    from keras_gan import training as training
    from keras_gan.training import GAN as GAN

__all__ = [
    "GAN",
    "__version__",
    "architectures",
    "augmentation",
    "callbacks",
    "data",
    "evaluation",
    "experiment",
    "export",
    "hub",
    "layers",
    "losses",
    "metrics",
    "plotting",
    "presets",
    "priors",
    "runs",
    "theory",
    "training",
]

_SUBMODULES = frozenset(__all__) - {"GAN", "__version__"}


def __getattr__(name: str) -> Any:
    if name == "GAN":
        return importlib.import_module("keras_gan.training").GAN
    if name in _SUBMODULES:
        return importlib.import_module(f"keras_gan.{name}")
    raise AttributeError(f"module 'keras_gan' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


register_when_keras_is_imported()
use_onednn()
import_tensorflow_quietly()
