"""Turns images into the features that metrics compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from keras_gan._checks import InputError, check_value_range
from keras_gan.data.image_conversion import fit_images

Outputs = tuple[np.ndarray, np.ndarray | None]
_BATCH = 500


class Extractor:
    """A function from images to features, and the size and range that it takes.

    Args:
        function: From `(B, height, width, channels)` float32 images in `value_range` to
            `(B, F)` features, or to (features, `(B, classes)` probabilities).
        name: The name of the function in results, such as "pixels" or a file's name
            with its SHA-256. Results of different names are never compared.
        image_shape: The (height, width, channels) that the function takes. Images are
            resized bilinearly with antialiasing, and made grey or coloured, with
            transparent parts over white. None leaves images as they are, and allows
            points.
        value_range: The (low, high) that the function takes; None leaves the numbers
            as they are.
        sha256: The SHA-256 of the function's file or weights, for results; None if
            unknown.

    Raises:
        ValueError: If `value_range` is not a pair (low, high).

    Example:
        >>> def means(images):
        ...     return images.mean(axis=(1, 2))
        >>> colours = evaluation.Extractor(means, "mean colours")
        >>> features, _ = colours.outputs(np.zeros((4, 8, 8, 3)), (-1.0, 1.0))
        >>> features.shape
        (4, 3)
    """

    def __init__(
        self,
        function: Callable[[np.ndarray], Any],
        name: str,
        image_shape: tuple[int, int, int] | None = None,
        value_range: tuple[float, float] | None = None,
        sha256: str | None = None,
    ) -> None:
        self.sha256 = sha256
        self.function = function
        self.name = name
        self.image_shape = image_shape
        self.value_range = (
            None if value_range is None else check_value_range(value_range)
        )

    def resize(self, shape: tuple[int, ...]) -> str:
        """Returns in a few words how images of that shape are resized.

        Args:
            shape: The shape of one image.
        """
        if self.image_shape is None or tuple(shape) == self.image_shape:
            return "none"
        sizes = "×".join(str(size) for size in self.image_shape)
        return f"bilinear, antialiased, to {sizes}"

    def outputs(
        self, images: np.ndarray, value_range: tuple[float, float] | None
    ) -> Outputs:
        """Returns the features of images, and probabilities if there are any.

        Args:
            images: `(N, ...)` float images in `value_range`.
            value_range: (low, high) of the images; None for points.

        Returns:
            The features `(N, F)`, and probabilities `(N, classes)` or None.

        Raises:
            ValueError: If the images cannot be converted for the function, or its
                result is not features of shape (B, F).
        """
        images = np.asarray(images, np.float32)
        parts = [
            self._outputs_of(images[start : start + _BATCH], value_range)
            for start in range(0, len(images), _BATCH)
        ]
        features = np.concatenate([part[0] for part in parts])
        probabilities = [part[1] for part in parts if part[1] is not None]
        return features, np.concatenate(probabilities) if probabilities else None

    def _outputs_of(
        self, images: np.ndarray, value_range: tuple[float, float] | None
    ) -> Outputs:
        """Returns the outputs for one batch of images."""
        if self.image_shape is not None:
            if images.ndim != 4 or value_range is None:
                raise InputError(
                    f"The extractor {self.name!r} takes images; got examples of shape "
                    f"{images.shape[1:]}. Use 'pixels' for points."
                )
            wanted, given = self.image_shape[-1], images.shape[-1]
            if given != wanted and (given not in (1, 2, 3, 4) or wanted not in (1, 3)):
                raise InputError(
                    f"The extractor {self.name!r} takes images of shape "
                    f"{self.image_shape}; got {given} channels. Use 'pixels', or a "
                    f"network for {given} channels."
                )
            images = fit_images(images, self.image_shape, value_range)
        if self.value_range is not None and value_range not in (None, self.value_range):
            images = _rescale(images, value_range, self.value_range)
        result = self.function(images)
        features, probabilities = (
            result if isinstance(result, tuple) else (result, None)
        )
        features = np.asarray(features)
        if features.ndim != 2 or len(features) != len(images):
            raise InputError(
                f"The extractor {self.name!r} must return features of shape (B, F); "
                f"got {features.shape} for {len(images)} images. Take the output of a "
                "layer that is pooled or flattened."
            )
        return features, None if probabilities is None else np.asarray(probabilities)


def _rescale(
    images: np.ndarray, source: Any, target: tuple[float, float]
) -> np.ndarray:
    """Maps images linearly from one range to another."""
    (low, high), (new_low, new_high) = source, target
    unit = (images - low) / (high - low)
    return (unit * (new_high - new_low) + new_low).astype(np.float32)
