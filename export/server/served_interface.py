"""Describes the inputs and outputs of a served generator, read from its signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from keras_gan.export.server.transport import MalformedAnswer


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
        except (KeyError, TypeError, ValueError):
            raise MalformedAnswer(
                "its signatures are not those of an exported generator"
            ) from None
        if not batch == images == -1 or min(latent_dim, *image_shape) < 1:
            raise MalformedAnswer("its shapes are not those of an exported generator")
        return cls(latent_dim, tuple(image_shape), takes_labels, draws_pictures)


def _sizes(tensor: Any, dtype: str) -> list[int]:
    if tensor["dtype"] != dtype:
        raise ValueError
    return [int(dimension["size"]) for dimension in tensor["tensor_shape"]["dim"]]
