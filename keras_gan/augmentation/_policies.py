"""Names of policies, the transformations behind them, and how a policy is applied."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import tensorflow as tf

from keras_gan._checks import InputError, check_choice
from keras_gan._typing import Tensor
from keras_gan.augmentation import _colors as colors
from keras_gan.augmentation import _frequencies as frequencies
from keras_gan.augmentation import _geometry as geometry
from keras_gan.augmentation import _transformations as simple
from keras_gan.augmentation._transformations import (
    Transformation,
    color_channels,
    on_colors,
)


def _warped(uniforms: int, apply: Callable, **options: bool) -> Transformation:
    return Transformation(uniforms, apply, geometry.warp, **options)


def _recolored(apply: Callable, **options: bool) -> Transformation:
    return Transformation(1, apply, colors.recolor, **options)


_SINGLE: dict[str, Transformation] = {
    "flip": _warped(1, geometry.flip, whole_pixels=True, leaks=True),
    "rotate90": _warped(1, geometry.rotate90, whole_pixels=True, leaks=True),
    "integer_translation": _warped(2, geometry.integer_translation, whole_pixels=True),
    "scale": _warped(1, geometry.scale),
    "rotate": _warped(1, geometry.rotate, leaks=True),
    "anisotropic_scale": _warped(1, geometry.anisotropic_scale),
    "fractional_translation": _warped(2, geometry.fractional_translation),
    "brightness": _recolored(colors.brightness),
    "contrast": _recolored(colors.contrast),
    "luma_flip": _recolored(colors.luma_flip, leaks=True),
    "hue": _recolored(colors.hue, leaks=True),
    "saturation": _recolored(colors.saturation),
    "noise": Transformation(frequencies.noise_numbers, frequencies.noise),
    "translation": Transformation(2, simple.translation),
    "cutout": Transformation(2, simple.cutout),
}
_HALF_ROTATION = replace(_SINGLE["rotate"], is_half=True)


def _each(*names: str) -> tuple[Transformation, ...]:
    return tuple(_SINGLE[name] for name in names)


POLICIES: dict[str, tuple[Transformation, ...]] = {
    "color": tuple(
        Transformation(1, on_colors(change))
        for change in (simple.brightness, simple.saturation, simple.contrast)
    ),
    "blit": _each("flip", "rotate90", "integer_translation"),
    "geometry": (
        _SINGLE["scale"],
        _HALF_ROTATION,
        _SINGLE["anisotropic_scale"],
        _HALF_ROTATION,
        _SINGLE["fractional_translation"],
    ),
    "karras_color": _each("brightness", "contrast", "luma_flip", "hue", "saturation"),
    "filter": tuple(
        Transformation(1, frequencies.band(number), frequencies.filter_bands)
        for number in range(frequencies.BANDS)
    ),
} | {name: (single,) for name, single in _SINGLE.items()}


def check_policy(policy: Iterable[str]) -> tuple[str, ...]:
    """Returns the names in their order, if there are any and all are known."""
    if isinstance(policy, str):
        raise InputError(
            f"`policy` must be a tuple of names, such as ({policy!r},); got a string."
        )
    names = tuple(check_choice("policy", name, POLICIES) for name in policy)
    if not names:
        raise InputError(
            f"`policy` must name at least one of {', '.join(POLICIES)}; it is empty. "
            "Use `augment=None` for no augmentation."
        )
    return names


def leaking(policy: Iterable[str]) -> list[str]:
    """Returns the names that samples would learn if they were always applied."""
    return [name for name in policy if any(step.leaks for step in POLICIES[name])]


def transformations_of(policy: Iterable[str]) -> tuple[Transformation, ...]:
    """Returns the transformations of the names, in their order."""
    return tuple(step for name in policy for step in POLICIES[name])


def uniform_count(
    name: str, policy: Sequence[str], image_shape: tuple[int, ...], *, gated: bool
) -> int:
    """Returns the number of uniform numbers that an example takes.

    Args:
        name: The class, for messages.
        policy: The names of transformations.
        image_shape: The shape of one image.
        gated: Whether one more number decides if a transformation is applied.

    Raises:
        ValueError: If an example is no image (height, width, channels), or `policy`
            cannot change its colours.
    """
    if len(image_shape) != 3:
        raise InputError(
            f"`{name}` augments images (height, width, channels); these examples have "
            f"the shape {image_shape}. For points use `augmentation.InstanceNoise`."
        )
    steps = transformations_of(policy)
    channels = image_shape[2]
    if _SINGLE["hue"] in steps and color_channels(channels) not in (1, 3):
        raise InputError(
            f"`policy` turns the hue of images with 1 to 4 channels; these have "
            f"{channels}. Name 'brightness', 'contrast', 'luma_flip' and 'saturation' "
            "instead of 'hue' or 'karras_color'."
        )
    return sum(step.count(image_shape) + gated for step in steps)


def apply_policy(
    images: Tensor,
    policy: Sequence[str],
    uniforms: Tensor,
    *,
    value_range: tuple[float, float] | None,
    probability: Tensor | None = None,
) -> Tensor:
    """Applies the transformations in their order.

    Args:
        images: `(B, H, W, C)` in `value_range`.
        policy: Their names.
        uniforms: `(B, n)`; if there is a probability, a transformation's first number
            decides whether it is applied.
        value_range: (low, high), which the transformations see as [-1, 1]; None if the
            images have no range, and are taken as they are.
        probability: p, a scalar; None applies all.

    Returns:
        Images of the same shape.
    """
    if value_range in (None, (-1.0, 1.0)):
        return _apply(images, policy, uniforms, probability)
    low, high = value_range
    middle, half = (low + high) / 2.0, (high - low) / 2.0
    centred = (images - middle) / half
    return _apply(centred, policy, uniforms, probability) * half + middle


def _apply(
    images: Tensor, policy: Sequence[str], uniforms: Tensor, probability: Tensor | None
) -> Tensor:
    taken = 0

    def change(step: Transformation, images: Tensor) -> Tensor:
        """Returns the step's images, or matrices, where its number is at most p."""
        nonlocal taken
        gate, begin = uniforms[:, taken], taken + (probability is not None)
        taken = begin + step.count(tuple(images.shape[1:]))
        changed = step.apply(images, uniforms[:, begin:taken])
        if probability is None:
            return changed
        most = 1.0 - tf.sqrt(1.0 - probability) if step.is_half else probability
        # The numbers are above 0 and at most 1: p = 0 applies to none, p = 1 to all.
        applied = tf.reshape(gate <= most, (-1, *[1] * (len(changed.shape) - 1)))
        unchanged = tf.eye(changed.shape[-1], dtype=changed.dtype)
        return tf.where(applied, changed, unchanged if step.finish else images)

    steps = transformations_of(policy)
    for finish, joined in itertools.groupby(steps, lambda step: step.finish):
        run = list(joined)
        if finish is None:
            for step in run:
                images = change(step, images)
            continue
        product = functools.reduce(tf.matmul, [change(step, images) for step in run])
        is_move = all(step.whole_pixels for step in run)
        images = (geometry.move_pixels if is_move else finish)(images, product)
    return images
