"""Finds the image sizes that fit an architecture."""

from __future__ import annotations

from collections.abc import Callable

from keras_gan._checks import InputError


def resizing(height: int, width: int, fits: Callable[[int, int], bool]) -> str:
    """Says how to load images of a size that does not fit, in the nearest that does.

    Args:
        height: The height that does not fit with `width`.
        width: The width.
        fits: Returns whether a height and width fit.
    """
    reach = max(height, width, 8)
    wanted = [
        (abs(tall - height) + abs(wide - width), tall, wide)
        for tall in range(max(1, height - reach), height + reach)
        for wide in ([tall] if height == width else range(1, width + reach))
        if fits(tall, wide)
    ]
    if not wanted:
        return "Load the images with another `image_size`"
    _, tall, wide = min(wanted)
    size = str(tall) if tall == wide else f"({tall}, {wide})"
    return f"Load the images with `image_size={size}`"


def count_doublings(height: int, width: int) -> int:
    """Returns how often 4 to 7 pixels are doubled to make the shorter side.

    Args:
        height: The height in pixels.
        width: The width in pixels.

    Example:
        >>> keras_gan.architectures.count_doublings(28, 28)  # 7, 14, 28
        2
    """
    # 8 to 15 pixels are one doubling, 16 to 31 two, and so on.
    return min(height, width).bit_length() - 3


def is_doubled(height: int, width: int) -> bool:
    """Returns whether 4 to 7 pixels, doubled at least once, make the shorter side.

    The longer side must be a multiple of the same power of two.

    Args:
        height: The height in pixels.
        width: The width in pixels.

    Example:
        >>> keras_gan.architectures.is_doubled(28, 28)
        True
        >>> keras_gan.architectures.is_doubled(30, 30)
        False
    """
    doublings = count_doublings(height, width)
    return doublings >= 1 and height % 2**doublings == width % 2**doublings == 0


def checked_doublings(architecture: str, height: int, width: int) -> int:
    """Returns how often 4 to 7 pixels are doubled, or raises for other sizes.

    Args:
        architecture: The name of the architecture in the error.
        height: The height of the images.
        width: The width of the images.

    Raises:
        ValueError: If no whole number of doublings makes images of that shape.
    """
    if not is_doubled(height, width):
        raise InputError(
            f"The '{architecture}' architecture needs a height and width of 4 to 7 "
            "pixels times a power of two, such as 8, 28, 32, 48 or 64 (the longer side "
            "may be any other number times the same power); got "
            f"{height}×{width}. {resizing(height, width, is_doubled)}."
        )
    return count_doublings(height, width)
