"""Animated GIFs of picture files."""

from __future__ import annotations

import os
from collections.abc import Sequence

from keras_gan._checks import InputError, check_at_most, check_positive_float
from keras_gan._files import atomic_path
from keras_gan.plotting.picture import SYNTHETIC, opaque

_LAST_SECONDS = 2.0
# A GIF holds the hundredths of a second in 16 bits.
_MOST_SECONDS = 600.0


def save_animation(
    path: str | os.PathLike[str],
    pictures: Sequence[str | os.PathLike[str]],
    *,
    seconds: float = 0.25,
) -> None:
    """Writes picture files as one animated GIF, which repeats.

    Args:
        path: The file; replaced whole or not at all.
        pictures: PNG files of one size, in their order. Those with alpha are laid over
            a light checkerboard, because a GIF has no half-transparent pixels.
        seconds: How long each is shown; the last stays two seconds longer.

    Raises:
        ValueError: If there is no picture, one cannot be read, or `seconds` is not
            positive or longer than a GIF can hold.

    Example:
        >>> save_animation("run/samples.gif", sorted(Path("run/samples").glob("*.png")))
    """
    from PIL import Image

    seconds = check_positive_float("seconds", seconds)
    check_at_most("seconds", seconds, _MOST_SECONDS, "s that a GIF holds", "give less")
    if not pictures:
        raise InputError("`pictures` is empty; there is nothing to animate.")
    frames = []
    for picture in pictures:
        with Image.open(picture) as image:
            frame = opaque(image)
            frames.append(frame.convert("P", palette=Image.Palette.ADAPTIVE))
    durations = [seconds] * (len(frames) - 1) + [seconds + _LAST_SECONDS]
    with atomic_path(path) as temporary:
        frames[0].save(
            temporary,
            format="GIF",
            save_all=True,
            append_images=frames[1:],
            duration=[round(1000 * duration) for duration in durations],
            loop=0,
            comment=SYNTHETIC.encode(),
        )
