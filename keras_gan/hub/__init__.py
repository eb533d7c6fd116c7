"""Puts trained generators on the Hugging Face Hub, and opens them from there.

Each name loads its module on first use, so that an ONNX file from a hub is opened
without TensorFlow.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keras_gan.hub.loading import load as load
    from keras_gan.hub.pushing import Pushed as Pushed
    from keras_gan.hub.pushing import push as push
    from keras_gan.trained_generators.hub_download import Downloaded as Downloaded
    from keras_gan.trained_generators.hub_download import download as download

_MODULES = {
    "Downloaded": "keras_gan.trained_generators.hub_download",
    "Pushed": "keras_gan.hub.pushing",
    "download": "keras_gan.trained_generators.hub_download",
    "load": "keras_gan.hub.loading",
    "push": "keras_gan.hub.pushing",
}

__all__ = ["Downloaded", "Pushed", "download", "load", "push"]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(importlib.import_module(_MODULES[name]), name)
    raise AttributeError(f"module 'keras_gan.hub' has no attribute {name!r}")
