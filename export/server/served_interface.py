"""Describes the inputs and outputs of a served generator, read from its signatures."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from keras_gan._limits import LIMITS
from keras_gan.export.server.transport import MalformedAnswer

# JSON holds integers of 64 bits as text.
_SIZE = re.compile("-?[0-9]{1,19}")

# The most dimensions of an image or of another example.
_DIMENSIONS = 8


@dataclass(frozen=True)
class ServedInterface:
    """A served generator, as its signatures describe it.

    Attributes:
        latent_dim: The size of a latent.
        image_shape: The shape of one image, usually (height, width, channels).
        takes_labels: Whether each image needs a label.
        draws_pictures: Whether it has the signature `generate`, from seeds to PNG.
    """

    latent_dim: int
    image_shape: tuple[int, ...]
    takes_labels: bool
    draws_pictures: bool

    @classmethod
    def from_signatures(cls, signatures: Any) -> ServedInterface:
        """Reads signatures in the JSON form of `SignatureDefMap`.

        Raises:
            MalformedAnswer: If they are not those that `save_saved_model` writes.
        """
        try:
            serve = signatures["serving_default"]
            batch, latent_dim = _sizes(serve["inputs"]["z"], "DT_FLOAT")
            images, *image_shape = _sizes(serve["outputs"]["image"], "DT_FLOAT")
            takes_labels = set(serve["inputs"]) == {"z", "label"}
            if not takes_labels and set(serve["inputs"]) != {"z"}:
                raise ValueError
            draws_pictures = "generate" in signatures and len(image_shape) == 3
        except (KeyError, TypeError, ValueError, OverflowError):
            raise MalformedAnswer(
                "its signatures are not those of an exported generator"
            ) from None
        is_right = batch == images == -1 and len(image_shape) <= _DIMENSIONS
        if not is_right or min(latent_dim, *image_shape) < 1:
            raise MalformedAnswer("its shapes are not those of an exported generator")
        if latent_dim > LIMITS.latent_dim or math.prod(image_shape) > LIMITS.pixels:
            raise MalformedAnswer(
                f"its latents of {latent_dim:.3g} numbers or images of "
                f"{math.prod(image_shape):.3g} are larger than any that are read"
            )
        return cls(latent_dim, tuple(image_shape), takes_labels, draws_pictures)


def _sizes(tensor: Any, dtype: str) -> list[int]:
    if tensor["dtype"] != dtype:
        raise ValueError
    shape = tensor["tensorShape" if "tensorShape" in tensor else "tensor_shape"]
    sizes = [dimension["size"] for dimension in shape["dim"]]
    if not all(_SIZE.fullmatch(str(size)) for size in sizes):
        raise ValueError
    return [int(size) for size in sizes]
