"""The base class of the streaming metrics, whose state is plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_positive_int
from keras_gan.metrics._moments import Moments, union

_KIND = "kind"


class Streaming:
    """A metric that takes in batches, in several processes, and is merged.

    A subclass lists the names of its constructor's arguments in `_arguments`, and of
    the attributes that batches change in `_sums`. Each is None, a number or an array.
    """

    _arguments: ClassVar[tuple[str, ...]] = ()
    _sums: ClassVar[tuple[str, ...]] = ()

    def reset(self) -> None:
        """Forgets all batches."""
        raise NotImplementedError

    def state(self) -> dict[str, np.ndarray]:
        """Returns the whole state, as arrays that `numpy.savez` can write.

        Returns:
            The name of the class, and the arguments and sums by name: numbers as arrays
            `()`, a missing one as `(0,)`, others in their own shape.
        """
        names = (*self._arguments, *self._sums)
        arrays = {name: _pack(getattr(self, name)) for name in names}
        return {_KIND: np.array(type(self).__name__), **arrays}

    @classmethod
    def from_state(cls, state: Mapping[str, ArrayLike]) -> Self:
        """Returns the object that had this `state`, here or in another process.

        Args:
            state: The arrays that `state` returned, or that `numpy.load` read, each in
                its own shape, `()` for a number.

        Raises:
            ValueError: If it is the state of something else.
        """
        kind = str(np.asarray(state[_KIND])) if _KIND in state else "no kind"
        names = {_KIND, *cls._arguments, *cls._sums}
        if kind != cls.__name__ or set(state) != names:
            raise InputError(
                f"`state` must be what {cls.__name__}.state() returned, with "
                f"{', '.join(sorted(names))}; got {kind} with "
                f"{', '.join(sorted(state))}."
            )
        made = cls(**{name: _argument(state[name]) for name in cls._arguments})
        for name in cls._sums:
            setattr(made, name, _unpack(state[name]))
        return made

    def _check_other(self, other: object) -> None:
        """Raises unless `other` has the same class and the same arguments."""
        if type(other) is not type(self):
            raise InputError(
                f"`other` must be of {type(self).__name__}; got {type(other).__name__}."
            )
        for name in self._arguments:
            ours, theirs = getattr(self, name), getattr(other, name)
            if not np.array_equal(_pack(ours), _pack(theirs)):
                raise InputError(
                    f"`other` must have the same `{name}`; got {_short(theirs)}, not "
                    f"{_short(ours)}. Make both with the same arguments."
                )


class StreamingMoments(Streaming):
    """A streaming metric that is computed from the moments of rows (see `Moments`).

    Attributes:
        count: Rows so far.
        mean: `(D,)` float64.
        remainder: `(D,)` the rounding error of `mean`.
        scatter: `(D, D)` float64.
    """

    _sums = ("count", "mean", "remainder", "scatter")

    count: int
    mean: np.ndarray
    remainder: np.ndarray
    scatter: np.ndarray

    def _moments(self) -> Moments:
        return Moments(self.count, self.mean, self.remainder, self.scatter)

    def _reset_moments(self, dimension: int) -> None:
        self.count = 0
        self.mean = np.zeros(dimension)
        self.remainder = np.zeros(dimension)
        self.scatter = np.zeros((dimension, dimension))

    def _add_moments(self, more: Moments) -> None:
        gathered = union(self._moments(), more)
        self.count, self.mean, self.remainder, self.scatter = gathered


def check_position(position: int | None, following: int) -> int:
    """Returns the place of a batch's first row: `following` if it is not given."""
    if position is None:
        return following
    return check_positive_int("position", position, minimum=0)


def _pack(value: Any) -> np.ndarray:
    return np.empty(0) if value is None else np.array(value)


def _unpack(value: ArrayLike) -> Any:
    array = np.array(value)
    return array.item() if array.ndim == 0 else array


def _argument(value: ArrayLike) -> Any:
    return None if np.asarray(value).shape == (0,) else _unpack(value)


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"other values in an array of shape {value.shape}"
    return repr(value)
