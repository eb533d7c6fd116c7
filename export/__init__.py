"""Ships a trained generator as a file that provably equals the model.

Every name loads its module on first use: `keras_gan.export.runtime` samples from an
ONNX file with NumPy and onnxruntime alone, or from a LiteRT file with NumPy and
ai-edge-litert, and `keras_gan.export.client` asks a model server by REST, without
TensorFlow or Keras.

Imports inside this folder go one way, each line below importing only lines above it:

1. `errors`, `provenance`, `report`, `arrays`, `log_capture`, `generator_spec`
2. `exported_generator`, `litert_runtime`, `runtime`
3. `parity/`
4. `manifest`, `replacement`
5. `graph/`, `server/` and `web/`, which do not import each other
6. `verification`, `onnx_file`, `litert_file`, `saved_model`, `client`
7. `model_card`, `web_page`
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keras_gan.export import client as client
    from keras_gan.export import runtime as runtime
    from keras_gan.export.client import ServingClient as ServingClient
    from keras_gan.export.errors import ServingError as ServingError
    from keras_gan.export.errors import VerificationError as VerificationError
    from keras_gan.export.litert_file import save_litert as save_litert
    from keras_gan.export.litert_runtime import LiteRTGenerator as LiteRTGenerator
    from keras_gan.export.model_card import save_model_card as save_model_card
    from keras_gan.export.onnx_file import save_onnx as save_onnx
    from keras_gan.export.provenance import Provenance as Provenance
    from keras_gan.export.report import VerificationReport as VerificationReport
    from keras_gan.export.runtime import OnnxGenerator as OnnxGenerator
    from keras_gan.export.saved_model import save_saved_model as save_saved_model
    from keras_gan.export.verification import verify as verify
    from keras_gan.export.web_page import save_web_page as save_web_page

_SUBMODULES = ("client", "runtime")
_MODULE_OF = {
    "LiteRTGenerator": "litert_runtime",
    "OnnxGenerator": "runtime",
    "ServingClient": "client",
    "ServingError": "errors",
    "VerificationError": "errors",
    "VerificationReport": "report",
    "Provenance": "provenance",
    "save_litert": "litert_file",
    "save_model_card": "model_card",
    "save_onnx": "onnx_file",
    "save_saved_model": "saved_model",
    "save_web_page": "web_page",
    "verify": "verification",
}

__all__ = [
    "LiteRTGenerator",
    "OnnxGenerator",
    "Provenance",
    "ServingClient",
    "ServingError",
    "VerificationError",
    "VerificationReport",
    "client",
    "runtime",
    "save_litert",
    "save_model_card",
    "save_onnx",
    "save_saved_model",
    "save_web_page",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return importlib.import_module(f"keras_gan.export.{name}")
    if name in _MODULE_OF:
        module = importlib.import_module(f"keras_gan.export.{_MODULE_OF[name]}")
        return getattr(module, name)
    raise AttributeError(f"module 'keras_gan.export' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
