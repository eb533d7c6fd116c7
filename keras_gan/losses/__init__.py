"""Adversarial losses on logits, and the penalties that go with them."""

from __future__ import annotations

from keras_gan._checks import InputError, check_choice
from keras_gan.losses.loss import AdversarialLoss as AdversarialLoss
from keras_gan.losses.minimax import Minimax as Minimax
from keras_gan.losses.non_saturating import NonSaturating as NonSaturating

_LOSSES: dict[str, type[AdversarialLoss]] = {
    "minimax": Minimax,
    "non_saturating": NonSaturating,
}


def names() -> tuple[str, ...]:
    """Returns the names that `get` knows."""
    return tuple(_LOSSES)


def get(loss: str | AdversarialLoss) -> AdversarialLoss:
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
    if not all(callable(getattr(loss, method, None)) for method in methods):
        raise InputError(
            "`loss` must be a name or an object with the methods `discriminator_loss` "
            f"and `generator_loss`; got {loss!r}."
        )
    return loss
