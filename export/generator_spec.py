"""Describes the inputs and outputs of an exported generator."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from keras_gan._checks import InputError
from keras_gan.plotting.picture import MOST_CHANNELS

CHOICES = {
    "output": ("float32", "uint8"),
    "precision": ("float32", "float16", "int8"),
    "layout": ("nhwc", "nchw"),
    "inputs": ("z", "seed"),
}
"""The values of the attributes that `save_onnx` lets its caller choose."""


@dataclass(frozen=True)
class GeneratorSpec:
    """The interface of an exported generator, the same in every format.

    Attributes:
        latent_dim: The size of a latent `z`.
        image_shape: The shape of one image, usually (height, width, channels).
        num_classes: The number of classes; None for an unconditional generator.
        prior: The name by which `priors.get` finds the prior.
        value_range: (low, high) of float images; None for data without a range.
        training_step: The number of training steps before the export.
        output: The type of `image`, "float32" in `value_range`, or "uint8".
        precision: The floating point type that the artifact computes in; "int8" for
            float32 with weights of eight bits.
        layout: The place of the channels in the artifact's `image`, "nhwc" or "nchw";
            `image_shape` and the images that this package returns keep them last.
        inputs: "z" for latents, or "seed" for seeds and truncation factors.
    """

    latent_dim: int
    image_shape: tuple[int, ...]
    num_classes: int | None
    prior: str
    value_range: tuple[float, float] | None
    training_step: int
    output: str = "float32"
    precision: str = "float32"
    layout: str = "nhwc"
    inputs: str = "z"

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape of one image as the artifact returns it."""
        if self.layout == "nhwc":
            return self.image_shape
        return (self.image_shape[-1], *self.image_shape[:-1])

    @property
    def is_picture(self) -> bool:
        """True for images (height, width, channels) with a `value_range`."""
        return len(self.image_shape) == 3 and self.value_range is not None

    @property
    def why_no_png(self) -> str:
        """The reason why a PNG file cannot hold an image; "" if it can."""
        if not self.is_picture:
            return "only images (height, width, channels) with a value range are drawn"
        if self.image_shape[-1] > MOST_CHANNELS:
            return (
                f"a PNG file holds 1 to {MOST_CHANNELS} channels, and the images have "
                f"{self.image_shape[-1]}"
            )
        return ""

    @property
    def grey_range(self) -> tuple[float, float]:
        """The values of black and of white.

        Raises:
            InputError: If there is no `value_range`.
        """
        if self.value_range is None:
            raise InputError(
                "Grey levels (uint8, PNG) need a GAN with a `value_range`, which tells "
                "black from white; this one has none."
            )
        return self.value_range

    def to_dict(self) -> dict[str, Any]:
        """Returns the attributes in types that JSON can hold."""
        values = dataclasses.asdict(self)
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in values.items()
        }

    @classmethod
    def from_dict(cls, values: Any) -> GeneratorSpec:
        """Returns the spec that `to_dict` wrote.

        Raises:
            ValueError: If a key is missing or its value is of another kind.
        """
        if not isinstance(values, dict):
            raise ValueError("it does not describe a generator")
        values = {**_DEFAULTS, **values}
        for key, fits in _FITS.items():
            if key not in values or not fits(values[key]):
                raise ValueError(f"the generator's {key!r} is missing or wrong")
        values = {key: values[key] for key in _FITS}
        values["image_shape"] = tuple(values["image_shape"])
        if values["value_range"] is not None:
            values["value_range"] = tuple(map(float, values["value_range"]))
        return cls(**values)


def _is_count(value: Any, minimum: int = 1) -> bool:
    return type(value) is int and value >= minimum


def _is_range(value: Any) -> bool:
    numbers = isinstance(value, list) and all(type(v) in (int, float) for v in value)
    return numbers and len(value) == 2 and value[0] < value[1]


_FITS = {
    "latent_dim": _is_count,
    "image_shape": lambda v: isinstance(v, list) and all(map(_is_count, v)),
    "num_classes": lambda v: v is None or _is_count(v),
    "prior": lambda v: isinstance(v, str),
    "value_range": lambda v: v is None or _is_range(v),
    "training_step": lambda v: _is_count(v, minimum=0),
    **{name: choices.__contains__ for name, choices in CHOICES.items()},
}
# Files that were written before these could be chosen leave them out.
_DEFAULTS = {"layout": "nhwc", "inputs": "z"}
