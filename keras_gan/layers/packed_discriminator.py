"""A discriminator that judges packs of several examples."""

from __future__ import annotations

from typing import Any

import keras

from keras_gan._checks import InputError, check_positive_int
from keras_gan._typing import Tensor


def pack_examples(examples: Tensor, pack: int) -> Tensor:
    """Returns `(B / pack, ..., pack · C)`, consecutive rows joined along channels.

    Args:
        examples: `(B, ..., C)` tensor.
        pack: How many rows are joined into one; must divide B.
    """
    *middle, channels = examples.shape[1:]
    # (B/p, p, ..., C) -> (B/p, ..., p, C), whose last two axes are one.
    rows = keras.ops.reshape(examples, (-1, pack, *middle, channels))
    rows = keras.ops.moveaxis(rows, 1, -2)
    return keras.ops.reshape(rows, (-1, *middle, pack * channels))


@keras.saving.register_keras_serializable("keras_gan")
class PackedDiscriminator(keras.Model):
    """Tells packs of m data and packs of m samples apart.

    Several samples at once give a generator away that leaves modes out: they resemble
    each other more than data do. A minibatch of B examples makes B / m packs of
    consecutive rows, and so B / m logits; `fit` refuses batches that m does not divide.
    Penalties take the gradient by a whole pack.

    Takes `(B, ..., C)` and returns `(B / m, 1)`.

    Args:
        discriminator: A network built for packs: from `(B, H, W, m · C)` images, or
            `(B, m · F)` points, to logits. It takes no labels.
        pack: m, how many examples it judges at once; the paper writes PacGANm.
        **kwargs: As in `keras.Model`.

    Attributes:
        pack: m, which training reads to cut batches and to compute penalties.

    Raises:
        ValueError: If the network is not built, takes labels or has several outputs, or
            `pack` does not divide its channels.

    Example:
        The network inside is built for `pack` times the channels:

        >>> build, pack = keras_gan.architectures.build, 2
        >>> generator, _ = build("dcgan", image_shape=(28, 28, 1))
        >>> _, inner = build("dcgan", image_shape=(28, 28, pack * 1))
        >>> discriminator = keras_gan.layers.PackedDiscriminator(inner, pack)
        >>> gan = keras_gan.GAN(generator, discriminator)

    Source: Lin et al., "PacGAN: The power of two samples in generative adversarial
    networks", 2018, §2.
    """

    def __init__(self, discriminator: keras.Model, pack: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pack = check_positive_int("pack", pack)
        self.discriminator = discriminator
        self.build((None, *_unpacked_shape(discriminator, self.pack)))

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Checks the shape of the examples; the network inside is built already."""
        expected = _unpacked_shape(self.discriminator, self.pack)
        if tuple(input_shape[1:]) != expected:
            raise InputError(
                f"This `PackedDiscriminator` takes examples of shape {expected}, as "
                f"its network takes {self.pack} of them as one of shape "
                f"{_packed_shape(self.discriminator)}; got "
                f"{tuple(input_shape[1:])}. Build the network for `pack` times the "
                "channels."
            )
        self.built = True

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Returns the logits `(B / pack, 1)` of examples `(B, ..., C)`."""
        return self.discriminator(pack_examples(inputs, self.pack), training=training)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            "discriminator": keras.saving.serialize_keras_object(self.discriminator),
            "pack": self.pack,
            "name": self.name,
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Any = None
    ) -> PackedDiscriminator:
        """Makes the discriminator from what `get_config` returned."""
        discriminator = keras.saving.deserialize_keras_object(
            config["discriminator"], custom_objects=custom_objects
        )
        return cls(**{**config, "discriminator": discriminator})


def _packed_shape(discriminator: keras.Model) -> tuple[int, ...]:
    """Returns the shape of one input of the network, without the batch's axis."""
    inputs = getattr(discriminator, "inputs", None)
    outputs = getattr(discriminator, "outputs", None)
    if not inputs or not outputs:
        raise InputError(
            "`discriminator` must be a functional or sequential model that is built, "
            "from `keras.Input((height, width, pack * channels))` on."
        )
    if len(inputs) != 1 or len(outputs) != 1:
        raise InputError(
            "`discriminator` must take packs alone, without labels, and return logits "
            f"alone; it has {len(inputs)} inputs and {len(outputs)} outputs."
        )
    return tuple(inputs[0].shape[1:])


def _unpacked_shape(discriminator: keras.Model, pack: int) -> tuple[int, ...]:
    """Returns the shape of one example, of which `pack` make an input."""
    *middle, channels = _packed_shape(discriminator)
    if channels is None or channels % pack:
        raise InputError(
            f"`discriminator` takes inputs of shape {(*middle, channels)}, whose last "
            f"axis `pack={pack}` does not divide; build it for `pack` times the "
            "channels of one image."
        )
    return (*middle, channels // pack)
