"""What a GAN has to know of the networks that it is handed."""

from __future__ import annotations

import warnings

import keras

from keras_gan._checks import InputError
from keras_gan._keras_private import layers_in
from keras_gan._typing import Tensor


def latent_dim_of(generator: keras.Model) -> int:
    """Reads the size of a latent from the generator's first input.

    Raises:
        ValueError: If the generator does not tell, or it is not a vector.
    """
    shape = _first_input_shape(generator)
    if shape is None:
        raise InputError(
            f"The generator '{generator.name}' does not tell the shape of its latents; "
            "build it first by calling it on a `keras.Input((latent_dim,))`."
        )
    if len(shape) != 2 or shape[1] is None:
        raise InputError(
            "`generator` must take latents of shape (batch, latent_dim) as its first "
            f"input; it takes {tuple(shape)}."
        )
    return int(shape[1])


def check_input_count(
    argument: str, network: keras.Model, num_classes: int | None
) -> None:
    """Refuses a network that takes labels without classes, or the other way round."""
    expected = 1 if num_classes is None else 2
    inputs = getattr(network, "inputs", None)
    if inputs is not None and len(inputs) != expected:
        what = "one input" if expected == 1 else "two inputs, the second the labels,"
        raise InputError(
            f"With `num_classes={num_classes}` the `{argument}` must take {what} but "
            f"it takes {len(inputs)}."
        )


def build_networks(
    generator: keras.Model,
    discriminator: keras.Model,
    latent_dim: int,
    num_classes: int | None,
) -> tuple[int, ...]:
    """Calls both networks symbolically, so that all their variables exist.

    Returns:
        The shape of one generated image.

    Raises:
        ValueError: If the discriminator does not take what the generator makes, or
            does not return logits.
    """
    label = [] if num_classes is None else [keras.Input((), dtype="int32")]
    images = generator(join([keras.Input((latent_dim,)), *label]))
    image_shape = tuple(images.shape[1:])
    if None in image_shape:
        raise InputError(
            f"`generator` must make images of a fixed shape; it makes {image_shape}."
        )
    expected = _first_input_shape(discriminator)
    if expected is not None and not _fits(image_shape, tuple(expected[1:])):
        raise InputError(
            f"`discriminator` takes images of shape {tuple(expected[1:])}, but the "
            f"generator makes {image_shape}."
        )
    logits = discriminator(join([keras.Input(image_shape), *label]))
    if not hasattr(logits, "shape"):
        raise InputError(
            "`discriminator` must return one tensor of logits; it returns "
            f"{type(logits).__name__}."
        )
    return image_shape


def warn_of_local_statistics(network: keras.Model) -> None:
    """Warns of layers that normalize with the part of a batch that a replica has."""
    for layer in layers_in(network):
        if getattr(layer, "synchronized", None) is False:
            warnings.warn(
                f"'{layer.name}' of the {network.name} normalizes each replica's part "
                "of the batch for itself, so that the training depends on the number "
                f"of replicas; use `{type(layer).__name__}(synchronized=True)`.",
                stacklevel=4,
            )
            return


def clone(network: keras.Model) -> keras.Model:
    """Returns a network of the same layers and weights, with variables of its own.

    Raises:
        ValueError: If Keras cannot rebuild the network from its configuration.
    """
    try:
        copy = keras.models.clone_model(network)
    except (ValueError, NotImplementedError, TypeError) as error:
        raise InputError(
            f"`ema_decay` needs a copy of the generator '{network.name}', and Keras "
            "cannot rebuild it from its config; give its layers a `get_config` and "
            f"use no Lambda layers ({str(error).splitlines()[0]})"
        ) from error
    if not copy.built:
        copy.build(network.input_shape)
    copy.set_weights(network.get_weights())
    copy.trainable = False
    return copy


def join(tensors: list[Tensor]) -> Tensor:
    """One tensor stands for itself; several are handed to a network as a list."""
    return tensors[0] if len(tensors) == 1 else tensors


def _first_input_shape(network: keras.Model) -> tuple[int | None, ...] | None:
    inputs = getattr(network, "inputs", None)
    if inputs:
        return tuple(inputs[0].shape)
    shape = (network.get_build_config() or {}).get("input_shape")
    if shape and isinstance(shape[0], (tuple, list)):
        shape = shape[0]
    return tuple(shape) if shape else None


def _fits(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    return len(shape) == len(expected) and all(
        want in (None, have) for have, want in zip(shape, expected, strict=True)
    )
