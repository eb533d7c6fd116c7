"""Loads a GAN from a file that has been examined first."""

from __future__ import annotations

import os
from typing import Any, Self, TypeVar

import keras

from keras_gan._checks import InputError, foreign_file, missing_error
from keras_gan._keras_private import at_most_variables
from keras_gan.safety.keras_file import examine_keras
from keras_gan.training.counters import StepCounter
from keras_gan.training.gan import GAN
from keras_gan.training.generative_model import GenerativeModel

Kind = TypeVar("Kind", bound=GenerativeModel)


def load_gan(path: str | os.PathLike[str]) -> GAN:
    """Loads a GAN from a `.keras` file.

    The file is examined first: an archive of nothing but a configuration and weights,
    classes of Keras, of keras_gan, or that this program has registered with Keras.

    Args:
        path: The file, whose name ends in `.keras`.

    Returns:
        The GAN, with its optimizers' state if it was compiled.

    Raises:
        ValueError: If the file is missing, damaged, unsafe, or holds another model.

    Example:
        >>> gan.save("gan.keras")
        >>> experiment.load_gan("gan.keras").latent_dim == gan.latent_dim
        True
    """
    return _load(path, GAN, {})


def load_drawing_model(path: str | os.PathLike[str]) -> GenerativeModel:
    """Loads the part of a GAN that draws, without what only training needs.

    It has no discriminator, optimizers or loss, and draws the same images.

    Args:
        path: The file; see `load_gan`.

    Raises:
        ValueError: As `load_gan`.
    """
    return _load(path, GenerativeModel, {"keras_gan>GAN": _DrawingModel}, compile=False)


class _DrawingModel(GenerativeModel):
    """A `GAN` without its discriminator, made from the configuration of a GAN."""

    def __init__(
        self, generator: keras.Model, *, discriminator: None, seed: Any, **config: Any
    ) -> None:
        super().__init__(generator, discriminator, **config)
        self.step = StepCounter()
        self.built = True

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Makes the model from what `GAN.get_config` returned."""
        return super().from_config(config | {"discriminator": None}, custom_objects)


def _load(
    path: str | os.PathLike[str],
    kind: type[Kind],
    classes: dict[str, type],
    **options: Any,
) -> Kind:
    """Returns the model in a file, after an examination.

    Args:
        path: The file.
        kind: The class that the model must have.
        classes: The classes to take in place of those that are registered.
        **options: More arguments of Keras's `load_model`.
    """
    if not os.path.isfile(path):
        raise missing_error(path, "file")
    found = examine_keras(path).check()
    with (
        foreign_file(path, "Keras"),
        at_most_variables(found.most_variables),
        keras.saving.custom_object_scope(classes),
    ):
        model = keras.saving.load_model(path, safe_mode=True, **options)
    if not isinstance(model, kind):
        raise InputError(f"'{path}': it holds a {type(model).__name__}, not a GAN.")
    return model
