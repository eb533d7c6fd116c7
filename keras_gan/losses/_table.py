"""Losses by name."""

from __future__ import annotations

from typing import TypeVar

from keras_gan._checks import InputError, check_choice
from keras_gan.losses.hinge import Hinge
from keras_gan.losses.least_squares import LeastSquares
from keras_gan.losses.loss import AdversarialLoss
from keras_gan.losses.minimax import Minimax
from keras_gan.losses.non_saturating import NonSaturating
from keras_gan.losses.relativistic import Relativistic
from keras_gan.losses.relativistic_average import RelativisticAverage
from keras_gan.losses.wasserstein import Wasserstein

Loss = TypeVar("Loss")

_LOSSES: dict[str, type[AdversarialLoss]] = {
    "minimax": Minimax,
    "non_saturating": NonSaturating,
    "least_squares": LeastSquares,
    "wasserstein": Wasserstein,
    "hinge": Hinge,
    "relativistic": Relativistic,
    "relativistic_average": RelativisticAverage,
}


def names() -> tuple[str, ...]:
    """Returns the names that `get` knows."""
    return tuple(_LOSSES)


def get(loss: str | Loss) -> AdversarialLoss | Loss:
    """Returns the loss of that name, or the loss object itself.

    Args:
        loss: One of `names()`, or any object with the two methods of
            `AdversarialLoss`.

    Raises:
        ValueError: If the name is unknown, or the object lacks a method.
    """
    if isinstance(loss, str):
        return _LOSSES[check_choice("loss", loss, _LOSSES)]()
    methods = ("discriminator_loss", "generator_loss")
    has_methods = all(callable(getattr(loss, method, None)) for method in methods)
    if isinstance(loss, type) or not has_methods:
        raise InputError(
            "`loss` must be a name or an object with the methods `discriminator_loss` "
            f"and `generator_loss`; got {loss!r}."
        )
    return loss
