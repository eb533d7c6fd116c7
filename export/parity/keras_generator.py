"""Describes the generator of a GAN, and draws the images that an export must equal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from keras_gan import priors
from keras_gan._checks import InputError
from keras_gan._typing import Tensor
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.export.parity.comparison import Reference
from keras_gan.export.parity.requests import BATCH_SIZES, default_requests
from keras_gan.training import GAN
from keras_gan.training.network_ends import warn_out_of_range
from keras_gan.training.random_operations import draws_random_numbers
from keras_gan.training.sampling import images_of


def spec_of(
    gan: GAN,
    *,
    output: str = "float32",
    precision: str = "float32",
    layout: str = "nhwc",
    inputs: str = "z",
) -> GeneratorSpec:
    """Returns the interface that the generator of `gan` has once it is exported.

    Raises:
        ValueError: If it cannot be exported.
    """
    if not isinstance(gan, GAN):
        raise InputError(
            f"`gan` must be a keras_gan.GAN; got {type(gan).__name__}. Wrap a bare "
            "generator in a GAN to give it a prior and a value range."
        )
    if type(gan.prior) is not type(priors.get(gan.prior.name)):
        raise InputError(
            f"`prior` is a {type(gan.prior).__name__} of your own, which no reader of "
            "the file would know; use one that `keras_gan.priors.get` names."
        )
    gan.restart_average(only_untrained=True)
    spec = GeneratorSpec(
        latent_dim=gan.latent_dim,
        image_shape=tuple(gan.image_shape),
        num_classes=gan.num_classes,
        prior=gan.prior.name,
        value_range=gan.value_range,
        training_step=int(gan.step.numpy()),
        output=output,
        precision=precision,
        layout=layout,
        inputs=inputs,
    )
    if layout == "nchw" and len(spec.image_shape) != 3:
        raise InputError(
            "`layout='nchw'` needs images (height, width, channels); the generator's "
            f"have the shape {spec.image_shape}."
        )
    if output == "uint8":
        _ = spec.grey_range  # raises an error where there is none
    return spec


def reference_of(gan: GAN, spec: GeneratorSpec) -> Reference:
    """Returns the model's own images, computed by Keras op by op.

    Raises:
        ValueError: If one of them is not finite.
    """
    requests = default_requests(spec.num_classes)
    inputs = requests.inputs(spec)
    images_of = array_function(gan)
    images = {}
    for size in BATCH_SIZES:
        images[size] = images_of({name: a[:size] for name, a in inputs.items()})
        if not np.all(np.isfinite(images[size])):
            raise InputError(
                "The generator makes values that are not finite, which no export can "
                "equal; its training has diverged."
            )
    drawn = images[max(BATCH_SIZES)]
    warn_out_of_range(drawn, gan.value_range, stacklevel=3)
    z, moved = inputs["z"], []
    for direction in (-np.inf, np.inf):
        neighbours = np.nextafter(z, np.float32(direction))
        moved.append(images_of({**inputs, "z": neighbours}) - drawn)
    return Reference(spec, requests, images, rounding=float(np.max(np.abs(moved))))


def image_function(gan: GAN) -> Callable[..., Tensor]:
    """Returns a traceable function from `z` [, `label`] to float32 images."""
    draws = draws_random_numbers(gan.sampler, gan.interface)

    def image_of(z: Tensor, label: Tensor | None = None) -> Tensor:
        inputs = [z] if label is None else [z, label]
        return _as_images(images_of(gan.sampler, inputs, draws=draws), gan)

    return image_of


def stateless_image_function(gan: GAN) -> Callable[..., Tensor]:
    """Returns `image_function`, with the list of all weights as first argument."""
    network = gan.sampler

    def image_of(
        weights: list[Tensor], z: Tensor, label: Tensor | None = None
    ) -> Tensor:
        inputs = z if label is None else [z, label]
        value = dict(zip(map(id, network.variables), weights, strict=True))
        result: Any = network.stateless_call(
            [value[id(variable)] for variable in network.trainable_variables],
            [value[id(variable)] for variable in network.non_trainable_variables],
            inputs,
            training=False,
        )
        return _as_images(result[0], gan)

    return image_of


def array_function(gan: GAN) -> Callable[[dict[str, np.ndarray]], np.ndarray]:
    """Returns `image_function` for NumPy arrays by the names of the inputs."""
    image_of = image_function(gan)

    def arrays_of(inputs: dict[str, np.ndarray]) -> np.ndarray:
        tensors = {name: tf.constant(array) for name, array in inputs.items()}
        return image_of(**tensors).numpy()

    return arrays_of


def to_uint8(images: Tensor, spec: GeneratorSpec) -> Tensor:
    """Rounds images in the value range to the nearest of 256 grey levels."""
    low, high = spec.grey_range
    levels = tf.round((images - low) * (255.0 / (high - low)))
    return tf.cast(tf.clip_by_value(levels, 0.0, 255.0), tf.uint8)


def input_signature(spec: GeneratorSpec) -> list[tf.TensorSpec]:
    """Returns the named inputs `z` [, `label`]."""
    z = tf.TensorSpec((None, spec.latent_dim), tf.float32, name="z")
    label = tf.TensorSpec((None,), tf.int32, name="label")
    return [z] if spec.num_classes is None else [z, label]


def _as_images(outputs: Tensor, gan: GAN) -> Tensor:
    return tf.ensure_shape(tf.cast(outputs, tf.float32), (None, *gan.image_shape))
