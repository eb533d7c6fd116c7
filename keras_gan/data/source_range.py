"""Maps images of any numeric type from their source range to the value range.

Images of unsigned bytes in 0..255 are left to `batching.to_value_range`, which maps
them batch by batch.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

import numpy as np

from keras_gan._checks import InputError

if TYPE_CHECKING:
    from keras_gan.data.load_options import LoadOptions

Range = tuple[float, float]

BYTES: Range = (0.0, 255.0)
# Types whose full range is the source range where nobody gives one.
FULL_RANGES: dict[str, Range] = {
    "uint8": BYTES,
    "uint16": (0.0, 65535.0),
    "bool": (0.0, 1.0),
}
# Data that fill no more of their range than this get a hint. A quarter of 16 bits are
# 14 bits.
_SMALL_PART = 0.25


def stay_bytes(dtype: np.dtype, source_range: Range | None) -> bool:
    """Returns whether images are unsigned bytes that use the whole of 0..255."""
    return dtype == np.uint8 and source_range in (None, BYTES)


def in_value_range(name: str, images: np.ndarray, options: LoadOptions) -> np.ndarray:
    """Returns images as uint8 in 0..255, or as float32 in the value range.

    Args:
        name: Names the images in errors.
        images: `(N, H, W, C)` of any integer or floating type, or bool.
        options: The arguments of `load`.

    Raises:
        InputError: If the values are outside their range, or nobody gave that range.
    """
    given, value_range = options.source_range, options.value_range
    lowest, highest = images.min(), images.max()
    if given is None and images.dtype.kind == "f":
        _check_floats(name, float(lowest), float(highest), value_range)
        return images.astype(np.float32, copy=False)
    source_range = given or FULL_RANGES.get(images.dtype.name)
    if source_range is None:
        kind = f"dtype {images.dtype}"
        raise range_unknown(name, kind, float(lowest), float(highest))
    if given is None:
        hint_at_small_part(name, float(lowest), float(highest), source_range)
    if stay_bytes(images.dtype, source_range):
        return images
    return to_floats(name, images, source_range, value_range)


def to_floats(
    name: str, images: np.ndarray, source_range: Range, value_range: Range
) -> np.ndarray:
    """Maps `(N, H, W, C)` linearly between two ranges; the result is float32.

    Raises:
        InputError: If a value is outside `source_range`, or is no number.
    """
    lowest, highest = float(images.min()), float(images.max())
    source_low, source_high = source_range
    # The comparison is false for NaN, which is then refused too.
    if not (source_low <= lowest and highest <= source_high):
        raise InputError(
            f"{name}: the values lie in {lowest:g}..{highest:g}, outside "
            f"`source_range` ({source_low:g}, {source_high:g}); pass a range that "
            "holds them all, or cut them off there with numpy.clip."
        )
    low, high = value_range
    scaled = np.empty(images.shape, np.float32)
    for image, out in zip(images, scaled, strict=True):
        # In float64, because float32 does not hold every 32-bit integer.
        share = (image.astype(np.float64) - source_low) / (source_high - source_low)
        out[...] = low + (high - low) * share
    return scaled.clip(low, high)


def range_unknown(name: str, kind: str, lowest: float, highest: float) -> InputError:
    """Returns an error for images whose kind does not tell their range."""
    return InputError(
        f"{name}: only uint8, uint16 and bool images have a range of their own; got "
        f"{kind} with values in {lowest:.10g}..{highest:.10g}. "
        f"{_remedy(lowest, highest)}."
    )


def hint_at_small_part(
    name: str, lowest: float, highest: float, source_range: Range
) -> None:
    """Warns of data that fill a small part of the full range of their type."""
    low, high = source_range
    if source_range == BYTES:
        # Bytes may be few on purpose; masks of 0 and 1 are a mistake.
        is_small = (lowest, highest) == (0.0, 1.0)
    else:
        is_small = 0 < highest - lowest <= _SMALL_PART * (high - low)
    if is_small:
        likely = _likely_range(lowest, highest)
        warnings.warn(
            f"{name}: the values lie in {lowest:g}..{highest:g} of {low:g}..{high:g}, "
            f"so the images have little contrast. {_option(*likely)} if that is "
            "all their range.",
            stacklevel=2,
        )


def _check_floats(name: str, lowest: float, highest: float, value_range: Range) -> None:
    low, high = value_range
    slack = 1e-6 * (high - low)
    # The comparison is false for NaN, which is then refused too.
    if low - slack <= lowest and highest <= high + slack:
        return
    raise InputError(
        f"{name}: float images must lie in `value_range` ({low:g}, {high:g}); got "
        f"values from {lowest:g} to {highest:g}. {_remedy(lowest, highest)}."
    )


def _remedy(lowest: float, highest: float) -> str:
    if not np.isfinite([lowest, highest]).all():
        return "Some are NaN or infinite: mend or leave out these images"
    low, high = _likely_range(lowest, highest)
    shifted = "x.astype('float32')"
    if low != 0:
        shifted = f"({shifted} {'-' if low > 0 else '+'} {abs(low):.10g})"
    return (
        f"{_option(low, high)}, or scale them as floats: {shifted} / {high - low:.10g} "
        "is in 0..1"
    )


def _option(low: float, high: float) -> str:
    return (
        f"Pass `source_range=({low:.10g}, {high:.10g})` (in the shell "
        f"--source-range={low:.10g},{high:.10g})"
    )


def _likely_range(lowest: float, highest: float) -> Range:
    """Returns the bits that hold all values, or whole numbers around negative ones."""
    if lowest < 0:
        low = math.floor(lowest)
        return low, max(math.ceil(highest), low + 1)
    if highest <= 1:
        return 0, 1
    return 0, 2 ** max(8, math.ceil(highest).bit_length()) - 1
