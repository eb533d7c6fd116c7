"""Records a few of the model's values, by which another machine checks an artifact."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_gan.export.arrays import short_numbers
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.export.parity.requests import Requests

_SEEDS = 8
_POSITIONS = 64


@dataclass(frozen=True)
class RecordedValues:
    """The model's values at fixed positions of a few images; a manifest's `probe`.

    Attributes:
        requests: The seeds, labels and truncation factors of the images.
        positions: `(P,)` indices into a flattened image.
        values: `(B, P)` float32 values in the value range, as the model had them.
    """

    requests: Requests
    positions: np.ndarray
    values: np.ndarray

    @classmethod
    def record(cls, requests: Requests, images: np.ndarray) -> RecordedValues:
        """Returns values of the first of the model's `images`."""
        flat = images[:_SEEDS].reshape(len(images[:_SEEDS]), -1)
        count = min(_POSITIONS, flat.shape[1])
        positions = np.linspace(0, flat.shape[1] - 1, count).round().astype(np.int64)
        return cls(requests.first(_SEEDS), positions, flat[:, positions])

    def at_positions(self, images: np.ndarray) -> np.ndarray:
        """Returns `(B, P)` values of `images` at the recorded positions."""
        return images.reshape(len(images), -1)[:, self.positions]

    def to_dict(self) -> dict[str, Any]:
        """Returns the attributes in types that JSON can hold."""
        labels = self.requests.labels
        return {
            "seeds": self.requests.seeds.tolist(),
            "labels": None if labels is None else labels.tolist(),
            "truncation": self.requests.truncation.tolist(),
            "positions": self.positions.tolist(),
            "values": short_numbers(self.values),
        }

    @classmethod
    def from_dict(cls, values: Any, spec: GeneratorSpec) -> RecordedValues:
        """Returns the values that `to_dict` wrote.

        Raises:
            ValueError: If `values` are malformed, or do not fit the generator.
        """
        try:
            seeds = np.array(values["seeds"], np.int64)
            labels = values["labels"]
            labels = None if labels is None else np.array(labels, np.int32)
            truncation = np.array(values["truncation"], np.float32)
            positions = np.array(values["positions"], np.int64)
            expected = np.array(values["values"], np.float32)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise ValueError("its 'probe' is missing or malformed") from None
        fits = (
            seeds.ndim == positions.ndim == 1
            and seeds.size > 0
            and positions.size > 0
            and truncation.shape == seeds.shape
            and expected.shape == (seeds.size, positions.size)
            and 0 <= positions.min() <= positions.max() < math.prod(spec.image_shape)
            and (labels is None) == (spec.num_classes is None)
            and (labels is None or labels.shape == seeds.shape)
        )
        if not fits:
            raise ValueError("its 'probe' does not fit the generator")
        return cls(Requests(seeds, labels, truncation), positions, expected)
