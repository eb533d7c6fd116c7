"""What the streaming metrics share: their state as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_positive_int

_KIND = "kind"


class Streaming:
    """A metric that is fed in batches, in several places, and merged.

    A subclass names its constructor's arguments and the attributes that batches
    change; each is None, a number or an array.
    """

    _arguments: ClassVar[tuple[str, ...]] = ()
    _sums: ClassVar[tuple[str, ...]] = ()

    def reset(self) -> None:
        """Forgets all batches."""
        raise NotImplementedError

    def state(self) -> dict[str, np.ndarray]:
        """Returns all there is to know, as arrays that `numpy.savez` can write."""
        names = (*self._arguments, *self._sums)
        arrays = {name: _pack(getattr(self, name)) for name in names}
        return {_KIND: np.array(type(self).__name__), **arrays}

    @classmethod
    def from_state(cls, state: Mapping[str, ArrayLike]) -> Self:
        """Makes the object that `state` was called on, here or in another process.

        Args:
            state: What `state` returned, or what `numpy.load` read of it.

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
        """Raises unless `other` counts the same thing."""
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
