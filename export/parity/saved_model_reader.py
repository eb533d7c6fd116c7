"""Runs a SavedModel through its signatures, as a server does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from keras_gan.export.parity.comparison import Mismatch, Requests
from keras_gan.export.parity.true_float32 import without_tensor_float_32
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.safety.saved_model import examine_saved_model


class ServedModel:
    """A SavedModel of a generator, loaded from its version folder.

    Raises:
        Mismatch: If it is not safe to load, TensorFlow cannot load it, or a signature
            is missing.
    """

    def __init__(self, folder: Path, spec: GeneratorSpec) -> None:
        self._spec = spec
        if reasons := examine_saved_model(folder).reasons:
            raise Mismatch(f"it is refused: {reasons[0]}")
        try:
            self._loaded = tf.saved_model.load(str(folder))
        except Exception as error:  # TensorFlow raises many kinds for a corrupt file
            reason = " ".join(str(error).split())[:200]
            raise Mismatch(f"TensorFlow cannot load it ({reason})") from error
        wanted = {"serving_default"} | ({"generate"} if spec.is_picture else set())
        missing = wanted - set(self._loaded.signatures)
        if missing:
            raise Mismatch(f"it has no signature {sorted(missing)}")

    @without_tensor_float_32()
    def outputs(self, requests: Requests) -> dict[str, np.ndarray]:
        """Returns `(B, *image_shape)` arrays by output name."""
        images = self._run("serving_default", requests.inputs(self._spec))
        result = {"image": images["image"].numpy()}
        if self._spec.is_picture:
            pictures = self._run("generate", requests.picture_inputs())
            decoded = [tf.io.decode_png(png).numpy() for png in pictures["image_bytes"]]
            result["image_bytes"] = np.stack(decoded)
        return result

    def _run(self, signature: str, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
        inputs = {name: tf.constant(array) for name, array in arrays.items()}
        return self._loaded.signatures[signature](**inputs)
