"""Checks the arguments that `GAN.fit` shares with `keras.Model.fit`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keras_gan._checks import InputError, check_positive_int, choice_error

_OF_EXAMPLES = ("class_weight", "sample_weight")


@dataclass(frozen=True)
class FitOptions:
    """The arguments of `keras.Model.fit` except the data."""

    batch_size: int | None = None
    epochs: int = 1
    verbose: Any = "auto"
    callbacks: Any = None
    validation_split: float = 0.0
    validation_data: Any = None
    shuffle: bool = True
    initial_epoch: int = 0
    steps_per_epoch: int | None = None
    validation_steps: int | None = None
    validation_batch_size: int | None = None
    validation_freq: int = 1

    def __post_init__(self) -> None:
        check_positive_int("epochs", self.epochs, minimum=0)
        check_positive_int("initial_epoch", self.initial_epoch, minimum=0)
        for name in (
            "batch_size",
            "steps_per_epoch",
            "validation_steps",
            "validation_batch_size",
        ):
            if getattr(self, name) is not None:
                check_positive_int(name, getattr(self, name))
        if not 0.0 <= self.validation_split < 1.0:
            raise InputError(
                f"`validation_split` must be in [0, 1); got {self.validation_split!r}."
            )

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> FitOptions:
        """Makes the options from keyword arguments.

        Raises:
            ValueError: If one is unknown or cannot be used.
        """
        arguments = dict(arguments)
        for name in _OF_EXAMPLES:
            if arguments.pop(name, None) is not None:
                raise InputError(
                    f"`{name}` has no meaning for a GAN, whose losses are means over "
                    "the batch; leave it out, and repeat or drop images instead."
                )
        known = [field.name for field in dataclasses.fields(cls)]
        for name in arguments:
            if name not in known:
                raise choice_error("fit argument", name, known)
        return cls(**arguments)
