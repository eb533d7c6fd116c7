"""Checks that a disk has room for all that a run will write."""

from __future__ import annotations

import math
import shutil
from typing import TYPE_CHECKING, Any

from keras_gan._checks import InputError
from keras_gan.runs.folder import RunFolder

if TYPE_CHECKING:
    import keras

# A new checkpoint is whole before an old one goes; and pictures and logs.
_CHECKPOINTS, _OTHERS = 4, 16 * 2**20


def check_room(folder: RunFolder, gan: Any) -> None:
    """Refuses a disk on which the checkpoints and the saved GANs would not fit.

    Args:
        folder: The folder of the run, which exists.
        gan: The compiled GAN.

    Raises:
        ValueError: If there is too little room.
    """
    networks = [gan.generator, gan.discriminator, gan.ema_generator]
    weights = sum(_bytes_of(each.variables) for each in networks if each is not None)
    optimizers = [gan.generator_optimizer, gan.discriminator_optimizer]
    state = weights + sum(_bytes_of(each.variables) for each in optimizers)
    # The last GAN and the best one, with their optimizers.
    needed = (_CHECKPOINTS + 2) * state + _OTHERS
    free = shutil.disk_usage(folder.path).free
    if free < needed:
        raise InputError(
            f"'{folder}': the run needs about {needed / 2**20:,.0f} MB for its "
            f"checkpoints and models, and the disk has {free / 2**20:,.0f} MB free; "
            "make room there, or give a folder on another disk."
        )


def _bytes_of(variables: list[keras.Variable]) -> int:
    """Returns the size of variables in bytes, of at most eight each number."""
    sizes = {"float64": 8, "int64": 8, "float16": 2, "bfloat16": 2}
    return sum(math.prod(v.shape) * sizes.get(str(v.dtype), 4) for v in variables)
