"""Films of picture files: animated GIF or WebP."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keras_gan._checks import InputError, check_at_most, check_positive_float
from keras_gan._files import atomic_path
from keras_gan.plotting.picture import SOFTWARE, SYNTHETIC, opaque

_LAST_SECONDS = 2.0
# A GIF holds the hundredths of a second in 16 bits.
_MOST_SECONDS = 600.0
# Where the artefacts of WebP cannot be seen in grids of small images, and a film has
# half the size of a GIF.
_QUALITY = 90
# EXIF tags that say where an image comes from.
_DESCRIPTION, _SOFTWARE = 0x010E, 0x0131


def save_animation(
    path: str | os.PathLike[str],
    pictures: Sequence[str | os.PathLike[str]],
    *,
    seconds: float = 0.25,
) -> None:
    """Writes picture files as one film, which repeats.

    Args:
        path: The `.gif` or `.webp` file; replaced whole or not at all. A WebP has all
            colours and about half the size; a GIF is shown by more programs.
        pictures: PNG files of one size, in their order. Those with alpha are laid over
            a light checkerboard, because a GIF has no half-transparent pixels.
        seconds: How long each is shown; the last stays two seconds longer.

    Raises:
        ValueError: If there is no picture, one cannot be read, the file is to be of
            another kind, or `seconds` is not positive or longer than a film can hold.

    Example:
        >>> save_animation("run/samples.gif", sorted(Path("run/samples").glob("*.png")))
    """
    from PIL import Image

    kind = Path(path).suffix.lower()
    if kind not in (".gif", ".webp"):
        raise InputError(f"`path` must end with .gif or .webp; got '{path}'.")
    seconds = check_positive_float("seconds", seconds)
    check_at_most("seconds", seconds, _MOST_SECONDS, "s that a GIF holds", "give less")
    if not pictures:
        raise InputError("`pictures` is empty; there is nothing to animate.")
    frames = []
    for picture in pictures:
        with Image.open(picture) as image:
            frame = opaque(image)
            mode = "P" if kind == ".gif" else "RGB"
            frames.append(frame.convert(mode, palette=Image.Palette.ADAPTIVE))
    durations = [seconds] * (len(frames) - 1) + [seconds + _LAST_SECONDS]
    with atomic_path(path) as temporary:
        frames[0].save(
            temporary,
            format=kind.removeprefix("."),
            save_all=True,
            append_images=frames[1:],
            duration=[round(1000 * duration) for duration in durations],
            loop=0,
            **_options(kind),
        )


def _options(kind: str) -> dict[str, Any]:
    """Returns what a kind of film is saved with: its quality, and its source."""
    from PIL import Image

    if kind == ".gif":
        return {"comment": SYNTHETIC.encode()}
    exif = Image.Exif()
    exif[_DESCRIPTION], exif[_SOFTWARE] = SYNTHETIC, SOFTWARE
    return {"quality": _QUALITY, "exif": exif.tobytes()}
