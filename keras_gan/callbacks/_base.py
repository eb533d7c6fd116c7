"""What the callbacks of a GAN share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import keras

from keras_gan._checks import InputError, check_positive_int
from keras_gan.training import GAN, FitHooks, is_chief


class GANCallback(FitHooks, keras.callbacks.Callback):
    """A callback that works on a GAN alone and says so.

    A callback with a memory returns it from `get_state`; a checkpoint then keeps it,
    and `set_state` gives it back after `on_epoch_begin` of the epoch that goes on.
    """

    def set_model(self, model: Any) -> None:
        """Takes the model that `fit` hands over."""
        if not isinstance(model, GAN):
            raise InputError(
                f"`callbacks.{type(self).__name__}` works on a keras_gan.GAN; got a "
                f"{type(model).__name__} ('{getattr(model, 'name', model)}')."
            )
        super().set_model(model)

    @property
    def gan(self) -> GAN:
        """The GAN in training."""
        model: Any = self.model
        return model

    @property
    def writes_files(self) -> bool:
        """Whether this process writes files: of several workers, the chief alone."""
        return is_chief(self.gan.distribute_strategy)


class PictureCallback(GANCallback):
    """A callback that writes one picture into a folder at the end of an epoch."""

    def __init__(self, directory: str | os.PathLike[str], every: int) -> None:
        super().__init__()
        self.directory = Path(directory)
        self.every = check_positive_int("every", every)

    def set_model(self, model: Any) -> None:
        """Takes a GAN whose samples can be drawn."""
        super().set_model(model)
        self.check_drawable(self.gan)

    def check_drawable(self, gan: GAN) -> None:
        """Raises `InputError` if the GAN makes no pictures."""
        value_range_of(gan)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Writes `epoch_0001.png` after the first epoch, and so on."""
        if self.writes_files and (epoch + 1) % self.every == 0:
            self.write(self.gan, self.directory / f"epoch_{epoch + 1:04d}.png")

    def write(self, gan: GAN, path: str | os.PathLike[str]) -> None:
        """Writes the picture of `gan` as it is now."""
        raise NotImplementedError


def value_range_of(gan: GAN) -> tuple[float, float]:
    """Returns what is drawn as black and white, if the GAN makes pictures.

    Raises:
        ValueError: If it makes something else.
    """
    shape = gan.image_shape
    if len(shape) != 3 or shape[-1] not in (1, 3) or gan.value_range is None:
        raise InputError(
            "Pictures need a GAN of images (height, width, 1 or 3) in a `value_range`; "
            f"this one makes {shape} in {gan.value_range}."
        )
    return gan.value_range
