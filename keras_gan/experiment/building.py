"""From the plain values of a recipe to the objects they stand for."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from keras_gan import architectures, augmentation, data, layers, losses
from keras_gan._checks import InputError, check_choice, one_line
from keras_gan.presets import Recipe
from keras_gan.training import GAN, MomentumSGD

if TYPE_CHECKING:
    import tensorflow as tf

Schedule = keras.optimizers.schedules.LearningRateSchedule
DataDir = str | os.PathLike[str] | None


def load_data(recipe: Recipe, data_dir: DataDir, **changes: Any) -> tf.data.Dataset:
    """Loads what the recipe trains on; `changes` are arguments of `data.load`."""
    arguments = {
        "split": recipe.split,
        "batch_size": recipe.batch_size,
        "image_size": recipe.image_size,
        "channels": recipe.channels,
        "labels": recipe.labels,
        "value_range": recipe.value_range,
        "seed": recipe.seed,
        "data_dir": data_dir,
    }
    return data.load(recipe.data, **(arguments | changes))


def build_gan(
    recipe: Recipe,
    dataset: tf.data.Dataset,
    num_classes: int | None,
    data_dir: DataDir,
) -> GAN:
    """Makes the GAN for the images of `dataset`, and compiles it."""
    keras.utils.set_random_seed(recipe.seed)
    num_classes = num_classes if recipe.labels else None
    spec: Any = dataset.element_spec
    image_shape = (spec[0] if recipe.labels else spec).shape[1:]
    with _dtype_policy(recipe.precision):
        generator, discriminator = _build_networks(
            recipe, tuple(image_shape), num_classes, _options(recipe, data_dir)
        )
    gan = GAN(
        generator,
        discriminator,
        prior=recipe.prior,
        num_classes=num_classes,
        value_range=recipe.value_range,
        seed=recipe.seed,
    )
    gan.compile(
        build_optimizer("generator_optimizer", recipe.generator_optimizer),
        build_optimizer("discriminator_optimizer", recipe.discriminator_optimizer),
        build_loss(recipe.loss),
        discriminator_steps=recipe.discriminator_steps,
        simultaneous=recipe.simultaneous,
        penalties=[build_penalty(penalty) for penalty in recipe.penalties],
        augment=None if recipe.augment is None else build_augmentation(recipe.augment),
        ema_decay=recipe.ema_decay,
        jit_compile=recipe.jit_compile,
        steps_per_execution=recipe.steps_per_execution,
    )
    return gan


def _build_networks(
    recipe: Recipe,
    image_shape: tuple[int, ...],
    num_classes: int | None,
    options: dict[str, Any],
) -> tuple[keras.Model, keras.Model]:
    """The generator, and the discriminator, of packs if the recipe says so."""

    def build(shape: tuple[int, ...]) -> tuple[keras.Model, keras.Model]:
        return architectures.build(
            recipe.architecture,
            image_shape=shape,
            latent_dim=recipe.latent_dim,
            num_classes=num_classes,
            value_range=recipe.value_range,
            **options,
        )

    generator, discriminator = build(image_shape)
    if recipe.pack > 1:
        options.pop("data_mean", None)  # of single images, for the generator
        *middle, channels = image_shape
        _, discriminator = build((*middle, channels * recipe.pack))
        discriminator = layers.PackedDiscriminator(discriminator, recipe.pack)
    return generator, discriminator


@contextlib.contextmanager
def _dtype_policy(name: str) -> Iterator[None]:
    """Gives the layers that are made inside the precision of that name."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def build_optimizer(
    argument: str, description: Mapping[str, Any]
) -> keras.optimizers.Optimizer:
    """Returns the optimizer of {"name": ..., and its arguments}.

    Raises:
        ValueError: If there is none of that name, or it takes no such argument.
    """
    schedules = _classes_of(keras.optimizers.schedules, Schedule)
    arguments = {
        name: _build(f"{argument}.{name}", value, schedules)
        if isinstance(value, Mapping)
        else value
        for name, value in description.items()
    }
    known = _classes_of(keras.optimizers, keras.optimizers.Optimizer)
    known["keras_gan>MomentumSGD"] = MomentumSGD
    return _build(argument, arguments, known)


def build_loss(description: str | Mapping[str, Any]) -> Any:
    """Returns the loss of that name, or of {"name": ..., and its arguments}.

    Raises:
        ValueError: If there is none of that name, or it takes no such argument.
    """
    if isinstance(description, str):
        return losses.get(description)
    known: dict[str, Any] = {name: type(losses.get(name)) for name in losses.names()}
    known["AuxiliaryClassifier"] = losses.AuxiliaryClassifier
    return _build("loss", description, known)


def build_penalty(description: Mapping[str, Any]) -> Any:
    """Returns the penalty of {"name": ..., and its arguments}.

    Raises:
        ValueError: If there is none of that name, or it takes no such argument.
    """
    return _build("penalties", description, _classes_of(losses.penalties, object))


def build_augmentation(description: Mapping[str, Any]) -> Any:
    """Returns the augmentation of {"name": ..., and its arguments}.

    Raises:
        ValueError: If there is none of that name, or it takes no such argument.
    """
    known = _classes_of(augmentation, augmentation.Augmentation)
    return _build("augment", description, known)


def _classes_of(module: Any, base: type) -> dict[str, Callable[..., Any]]:
    """The public classes in `module` that derive from `base`."""
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, base) and value is not base
    }


def _build(
    argument: str,
    description: Mapping[str, Any],
    known: Mapping[str, Callable[..., Any]],
) -> Any:
    """Calls what `known` has under the description's name, whatever its case."""
    arguments = dict(description)
    name = str(arguments.pop("name", None))
    by_name = {key.lower(): value for key, value in known.items()}
    if name.lower() not in by_name:
        check_choice(argument, name, known)
    try:
        return by_name[name.lower()](**arguments)
    except (TypeError, ValueError) as error:
        raise InputError(f"`{argument}` {name!r}: {one_line(error, None)}") from error


def _options(recipe: Recipe, data_dir: DataDir) -> dict[str, Any]:
    """The architecture's options, and the mean image where it starts out from it."""
    options = dict(recipe.architecture_options)
    if "data_mean" in architectures.options_of(recipe.architecture):
        options.setdefault("data_mean", _mean_image(recipe, data_dir))
    return options


def _mean_image(recipe: Recipe, data_dir: DataDir) -> np.ndarray:
    """The mean of the training images, `(H, W, C)` in `value_range`."""
    batches = load_data(
        recipe, data_dir, labels=False, shuffle=False, drop_remainder=False
    )
    total, count = 0.0, 0
    for images in batches.as_numpy_iterator():
        total = total + np.sum(images, axis=0, dtype=np.float64)
        count += len(images)
    return np.asarray(total / count)
