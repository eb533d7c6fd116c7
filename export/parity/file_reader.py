"""Loads a file afresh and runs it through `runtime`, as its users do."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keras_gan._checks import InputError
from keras_gan.export import runtime
from keras_gan.export.parity.comparison import Mismatch
from keras_gan.export.parity.requests import Requests


class FileReader:
    """An exported ONNX or LiteRT file, loaded.

    Raises:
        Mismatch: If `runtime` cannot load it.
    """

    def __init__(self, path: Path) -> None:
        try:
            self.generator = runtime.load(path)
        except InputError as error:
            raise Mismatch.of(path, error) from error

    def outputs(self, requests: Requests) -> dict[str, np.ndarray]:
        """Returns `(B, *image_shape)` images as the output `image`."""
        images = self.generator.sample(
            seeds=requests.seeds,
            labels=requests.labels,
            truncation=requests.truncation,
        )
        return {"image": images}
