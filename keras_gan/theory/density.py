"""A probability density on the line."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_value_range
from keras_gan.theory._integration import integrate

_TOLERANCE = 1e-6  # a normal law cut at ±5 standard deviations lacks 6e-7


class Density:
    """A density p(x) that is `pdf(x)` on its support and 0 elsewhere.

    Call it on an array of points to get p there: float64 of the shape of the array.

    Attributes:
        pdf: A function from a `(n,)` float64 array to `(n,)` values >= 0. It is called
            with points of the support alone.
        support: (low, high), low < high. Either may be infinite if the distance of the
            density from 0 is not many times its width.

    Raises:
        ValueError: If `pdf` is negative or not finite, returns another shape, or does
            not integrate to one within 1e-6 over the support, or `support` is no pair
            of ascending numbers.

    Example:
        >>> uniform = Density(lambda x: np.full(x.shape, 0.5), support=(0.0, 2.0))
        >>> uniform([1.0, 3.0])
        array([0.5, 0. ])
    """

    def __init__(
        self, pdf: Callable[[np.ndarray], ArrayLike], support: tuple[float, float]
    ) -> None:
        if not callable(pdf):
            raise InputError(
                f"`pdf` must be a function of an array of points; got {pdf!r}."
            )
        self.pdf = pdf
        self.support = check_value_range(support, argument="support", finite=False)
        mass = integrate(self, self.support)
        if abs(mass - 1.0) > _TOLERANCE:
            raise InputError(
                f"`pdf` must integrate to one over `support`; got {mass:g} over "
                f"{self.support}. Normalise it, or fit the support to it: one too "
                "narrow cuts mass off, one a thousand times too wide, or infinite and "
                "far from the density, can miss it."
            )

    def __call__(self, x: ArrayLike) -> np.ndarray:
        """Returns p(x): float64 of the shape of `x`."""
        x = np.asarray(x, np.float64)
        low, high = self.support
        inside = (x >= low) & (x <= high)
        density = np.zeros(x.shape)
        if inside.any():
            density[inside] = self._checked(x[inside])
        return density

    def _checked(self, x: np.ndarray) -> np.ndarray:
        values = np.asarray(self.pdf(x), np.float64)
        if values.shape != x.shape:
            raise InputError(
                f"`pdf` must return one value per point; got shape {values.shape} for "
                f"points of shape {x.shape}."
            )
        if not (np.isfinite(values).all() and (values >= 0).all()):
            raise InputError(
                "`pdf` must be finite and >= 0 on its support; got values from "
                f"{values.min():g} to {values.max():g}."
            )
        return values
