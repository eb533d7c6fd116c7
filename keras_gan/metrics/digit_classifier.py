"""The bundled network that classifies images of digits."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan._checks import InputError, check_value_range

PATH = Path(__file__).with_name("bundled") / "digit_classifier.onnx"
IMAGE_SHAPE = (28, 28, 1)
NUM_CLASSES = 10
# scripts/train_digit_classifier.py prints both values.
SHA256 = "1839a79264447f8ca050ab9354acb888818c23798d93ffd4dc8d59342395738f"
TEST_ACCURACY = 0.9945
_BATCH = 1000


class DigitClassifier:
    """A small convolutional network trained on the 60,000 training images of MNIST.

    It gives generated digits a class and the probability of that class, and features
    in which their distance from real digits can be measured. ONNX Runtime runs it.

    Args:
        value_range: (low, high) of the images that it will be shown.

    Attributes:
        value_range: (low, high) of the images.
        name: Names the network in results: "digit_classifier", and its SHA-256.
        test_accuracy: The share of the 10,000 test images of MNIST that it classifies
            correctly, from 0 to 1.

    Raises:
        ValueError: If `value_range` is no range, or the bundled file is missing or
            damaged.

    Example:
        >>> classifier = metrics.DigitClassifier()
        >>> digits = data.load("mnist_10k", batch_size=100, labels=True)
        >>> images, labels = next(digits.as_numpy_iterator())
        >>> bool((classifier.classes(images) == labels).mean() > 0.95)
        True
    """

    def __init__(self, value_range: tuple[float, float] = (-1.0, 1.0)) -> None:
        self.value_range = check_value_range(value_range)
        self.name = f"digit_classifier-{SHA256[:8]}"
        self.test_accuracy = TEST_ACCURACY
        self._session = _open_session()

    def probabilities(self, images: Any) -> np.ndarray:
        """Returns `(N, 10)` float32 class probabilities of images.

        Args:
            images: `(N, 28, 28, 1)` images in `value_range`, N >= 1.

        Raises:
            ValueError: If the images have another shape.
        """
        return self._run("probabilities", images)

    def classes(self, images: Any) -> np.ndarray:
        """Returns the `(N,)` int64 most probable digits of images, 0 to 9.

        Args:
            images: `(N, 28, 28, 1)` images in `value_range`, N >= 1.

        Raises:
            ValueError: If the images have another shape.
        """
        return self.probabilities(images).argmax(axis=1)

    def stacked_classes(self, images: Any) -> np.ndarray:
        """Returns `(N,)` int64 numbers 100a + 10b + c of stacks of digits a, b and c.

        Each channel is classified by itself, as in `data.load("stacked:mnist_10k")`.

        Args:
            images: `(N, 28, 28, 3)` images in `value_range`, N >= 1.

        Raises:
            ValueError: If the images have another height or width, or there are none.
        """
        images = np.asarray(images)
        planes = np.moveaxis(images, -1, 1).reshape(-1, *IMAGE_SHAPE)
        digits = self.classes(planes).reshape(len(images), -1)
        return digits @ NUM_CLASSES ** np.arange(digits.shape[1])[::-1]

    def features(self, images: Any) -> np.ndarray:
        """Returns `(N, 128)` float32 features, the outputs of the layer before last.

        Args:
            images: `(N, 28, 28, 1)` images in `value_range`, N >= 1.

        Raises:
            ValueError: If the images have another shape.
        """
        return self._run("features", images)

    def _run(self, output: str, images: Any) -> np.ndarray:
        images = np.asarray(images, np.float32)
        if images.shape[1:] != IMAGE_SHAPE or len(images) == 0:
            raise InputError(
                f"`images` must have shape (N, 28, 28, 1) with N >= 1; got "
                f"{images.shape}."
            )
        low, high = self.value_range
        images = (images - low) / (high - low)
        parts = np.split(images, range(_BATCH, len(images), _BATCH))
        return np.concatenate(
            [self._session.run([output], {"images": part})[0] for part in parts]
        )


def _open_session() -> Any:
    import onnxruntime

    content = PATH.read_bytes() if PATH.is_file() else b""
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise InputError(f"{PATH} is missing or damaged; reinstall keras-gan.")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(content, options, ["CPUExecutionProvider"])
