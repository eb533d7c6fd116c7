"""Loads a SavedModel afresh and runs it through its signatures, as a server does."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import tensorflow as tf

from keras_gan._checks import InputError, foreign_file
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.export.log_capture import captured_logs
from keras_gan.export.parity.comparison import Mismatch
from keras_gan.export.parity.requests import Requests
from keras_gan.export.parity.true_float32 import without_tensor_float_32
from keras_gan.safety.saved_model import examine_saved_model


class LoadedSavedModel:
    """A SavedModel whose signatures take and return NumPy arrays.

    Args:
        folder: The version folder, which is examined before TensorFlow loads it.
        signatures: The names of the signatures that it must have.

    Raises:
        InputError: If it is not safe to load, TensorFlow cannot load it, or a signature
            is missing.
    """

    def __init__(
        self, folder: Path, signatures: Iterable[str] = ("serving_default",)
    ) -> None:
        examine_saved_model(folder).check()
        # TensorFlow warns of gradients that the file lacks; a sampler needs none.
        with foreign_file(folder, "TensorFlow"), captured_logs("absl"):
            self._loaded = tf.saved_model.load(str(folder))
            missing = set(signatures) - set(self._loaded.signatures)
        if missing:
            raise InputError(f"'{folder}': it has no signature {sorted(missing)}.")

    def run(
        self, signature: str, arrays: dict[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Returns the outputs of a signature by name, of inputs by name."""
        inputs = {name: tf.constant(array) for name, array in arrays.items()}
        outputs = self._loaded.signatures[signature](**inputs)
        return {name: tensor.numpy() for name, tensor in outputs.items()}


class SavedModelReader:
    """An exported SavedModel, loaded.

    Args:
        folder: The version folder.
        spec: The generator that it should hold.

    Raises:
        Mismatch: If it is not safe to load, TensorFlow cannot load it, or a signature
            is missing.
    """

    def __init__(self, folder: Path, spec: GeneratorSpec) -> None:
        self._spec = spec
        names = ["serving_default", *([] if spec.why_no_png else ["generate"])]
        try:
            self._model = LoadedSavedModel(folder, names)
        except InputError as error:
            raise Mismatch.of(folder, error) from error

    @without_tensor_float_32()
    def outputs(self, requests: Requests) -> dict[str, np.ndarray]:
        """Returns `(B, *image_shape)` arrays by output name."""
        inputs = requests.inputs(self._spec)
        result = {"image": self._model.run("serving_default", inputs)["image"]}
        if not self._spec.why_no_png:
            files = self._model.run("generate", requests.picture_inputs())
            pixels = [tf.io.decode_png(png).numpy() for png in files["image_bytes"]]
            result["image_bytes"] = np.stack(pixels)
        return result
