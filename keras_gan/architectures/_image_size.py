"""Finds the image size that fits an architecture, for its error."""

from __future__ import annotations

from collections.abc import Callable


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
