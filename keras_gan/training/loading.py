"""Loads a GAN from a file that has been examined first."""

from __future__ import annotations

import os

import keras

from keras_gan._checks import InputError, foreign_file, missing_error
from keras_gan._keras_private import at_most_variables
from keras_gan.safety.keras_file import examine_keras
from keras_gan.training.gan import GAN


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
    if not os.path.isfile(path):
        raise missing_error(path, "file")
    found = examine_keras(path).check()
    with foreign_file(path, "Keras"), at_most_variables(found.most_variables):
        model = keras.saving.load_model(path, safe_mode=True)
    if not isinstance(model, GAN):
        raise InputError(f"'{path}': it holds a {type(model).__name__}, not a GAN.")
    return model
