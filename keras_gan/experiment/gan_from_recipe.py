"""Builds the GAN of a recipe: networks, loss, penalties, augmentation, optimizers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras

from keras_gan import architectures, augmentation, layers, losses
from keras_gan._checks import InputError, check_choice, one_line
from keras_gan.experiment.pretrained import Pretrained
from keras_gan.experiment.recipe_data import RecipeData
from keras_gan.presets import Recipe
from keras_gan.training import GAN, MomentumSGD

_Schedule = keras.optimizers.schedules.LearningRateSchedule


def build_gan(
    recipe: Recipe, data: RecipeData, pretrained: Pretrained | None = None
) -> GAN:
    """Builds and compiles the GAN of a recipe for its data.

    Args:
        recipe: The recipe.
        data: Its data.
        pretrained: The GAN to start from, where the recipe names one.
    """
    keras.utils.set_random_seed(recipe.seed)
    with _dtype_policy(recipe.precision):
        generator, discriminator = _build_networks(recipe, data)
    gan = GAN(
        generator,
        discriminator,
        prior=recipe.prior,
        num_classes=data.num_classes,
        value_range=recipe.value_range,
        seed=recipe.seed,
    )
    if pretrained is not None:
        pretrained.prepare(gan)
    gan.compile(
        generator_optimizer=build_optimizer(
            "generator_optimizer", recipe.generator_optimizer
        ),
        discriminator_optimizer=build_optimizer(
            "discriminator_optimizer", recipe.discriminator_optimizer
        ),
        loss=build_loss(recipe.loss),
        discriminator_steps=recipe.discriminator_steps,
        simultaneous=recipe.simultaneous,
        penalties=[build_penalty(penalty) for penalty in recipe.penalties],
        augment=None if recipe.augment is None else build_augmentation(recipe.augment),
        ema_decay=recipe.ema_decay,
        jit_compile=recipe.jit_compile,
        steps_per_execution=recipe.steps_per_execution,
    )
    return gan


def build_optimizer(
    argument: str, description: Mapping[str, Any]
) -> keras.optimizers.Optimizer:
    """Builds the optimizer of {"name": ..., and its arguments}.

    Raises:
        ValueError: If there is none of that name, or it takes no such argument.
    """
    schedules = _classes_of(keras.optimizers.schedules, _Schedule)
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
    """Builds the loss of that name, or of {"name": ..., and its arguments}.

    Raises:
        ValueError: If there is none of that name, or it takes no such argument.
    """
    if isinstance(description, str):
        return losses.get(description)
    known: dict[str, Any] = {name: type(losses.get(name)) for name in losses.names()}
    known["AuxiliaryClassifier"] = losses.AuxiliaryClassifier
    return _build("loss", description, known)


def build_penalty(description: Mapping[str, Any]) -> Any:
    """Builds the penalty of {"name": ..., and its arguments}.

    Raises:
        ValueError: If there is none of that name, or it takes no such argument.
    """
    return _build("penalties", description, _classes_of(losses.penalties, object))


def build_augmentation(description: Mapping[str, Any]) -> Any:
    """Builds the augmentation of {"name": ..., and its arguments}.

    Raises:
        ValueError: If there is none of that name, or it takes no such argument.
    """
    known = _classes_of(augmentation, augmentation.Augmentation)
    return _build("augment", description, known)


def _build_networks(
    recipe: Recipe, data: RecipeData
) -> tuple[keras.Model, keras.Model]:
    """Builds the generator, and the discriminator of images or of packs of them.

    Architectures that start out from the mean of the data get it as an option.
    """
    options = dict(recipe.architecture_options)
    if "data_mean" in architectures.options_of(recipe.architecture):
        options.setdefault("data_mean", data.mean_image())

    def build(shape: tuple[int, ...]) -> tuple[keras.Model, keras.Model]:
        return architectures.build(
            recipe.architecture,
            image_shape=shape,
            latent_dim=recipe.latent_dim,
            num_classes=data.num_classes,
            value_range=recipe.value_range,
            **options,
        )

    generator, discriminator = build(data.image_shape)
    if recipe.pack > 1:
        options.pop("data_mean", None)  # for the generator: the mean of single images
        *middle, channels = data.image_shape
        _, discriminator = build((*middle, channels * recipe.pack))
        discriminator = layers.PackedDiscriminator(discriminator, recipe.pack)
    return generator, discriminator


@contextlib.contextmanager
def _dtype_policy(name: str) -> Iterator[None]:
    """Sets the precision of layers that are made inside."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _classes_of(module: Any, base: type) -> dict[str, Callable[..., Any]]:
    """Returns the public classes in `module` that derive from `base`, by name."""
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
    """Calls the class of that name in `known`, upper or lower case, with arguments."""
    arguments = dict(description)
    name = str(arguments.pop("name", None))
    by_name = {key.lower(): value for key, value in known.items()}
    if name.lower() not in by_name:
        check_choice(argument, name, known)
    try:
        return by_name[name.lower()](**arguments)
    except (TypeError, ValueError) as error:
        raise InputError(f"`{argument}` {name!r}: {one_line(error, None)}") from error
