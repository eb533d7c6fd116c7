"""Builds the GAN of a recipe: networks, loss, penalties, augmentation, optimizers."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import keras

from keras_gan import architectures, augmentation, layers, losses
from keras_gan._checks import InputError, check_choice, one_line
from keras_gan.experiment.pretrained import Pretrained
from keras_gan.experiment.recipe_data import RecipeData
from keras_gan.presets import Recipe
from keras_gan.training import GAN, MomentumSGD

_Schedule = keras.optimizers.schedules.LearningRateSchedule
# Further arguments, without names.
_REST = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


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
    known = _classes_of(losses.penalties, losses.penalties.Penalty)
    return _build("penalties", description, known)


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
    kind = by_name[name.lower()]
    _check_arguments(f"`{argument}` {name!r}", kind, arguments)
    try:
        return kind(**arguments)
    except (TypeError, ValueError) as error:
        raise InputError(f"`{argument}` {name!r}: {one_line(error, None)}") from error


def _check_arguments(
    name: str, kind: Callable[..., Any], arguments: Mapping[str, Any]
) -> None:
    """Refuses arguments that a class does not have, and missing ones.

    Python's own message would name the class that defines the constructor, which may be
    a private base.
    """
    parameters = inspect.signature(kind).parameters.values()
    named = [each for each in parameters if each.kind not in _REST]
    # Keras's own optimizers refuse all further arguments.
    has_more = len(named) < len(parameters) and not kind.__module__.startswith("keras.")
    known = [each.name for each in named if each.name != "name"]
    takes = f"it takes {_listed(known)}" if known else "it takes none"
    for argument in arguments:
        if argument not in known and not has_more:
            raise InputError(f"{name} has no argument {argument!r}; {takes}.")
    for each in named:
        if each.default is each.empty and each.name not in arguments:
            raise InputError(f"{name} needs {each.name!r}; {takes}.")


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
