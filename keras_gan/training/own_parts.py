"""Checks how a loss, a penalty and an augmentation of the user's own are called."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._typing import Tensor


def check_takes(
    name: str, function: Callable[..., Any], given: Sequence[str], *keywords: str
) -> None:
    """Refuses a function that cannot be called as training calls it.

    Args:
        name: Its name in the message, such as "`penalties[0]` (Drift)".
        function: The function, or any other callable.
        given: Descriptions of what it is given by position.
        *keywords: The names of what it is given by keyword.

    Raises:
        ValueError: If its signature does not fit.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return  # of a function without a signature, as those of C
    try:
        signature.bind(*given, **dict.fromkeys(keywords))
    except TypeError:
        listed = ", ".join((*given, *(f"{keyword}=" for keyword in keywords)))
        count = len(given) + len(keywords)
        raise InputError(
            f"{name} is called with {count} argument{'s' * (count > 1)}, ({listed}); "
            f"it takes {signature}."
        ) from None


def check_penalties(penalties: Sequence[Any]) -> None:
    """Refuses penalties that are not called with D, data and samples.

    Raises:
        ValueError: If one is no callable of these three.
    """
    for number, penalty in enumerate(penalties):
        if not callable(penalty):
            raise InputError(f"`penalties` must be callables; got {penalty!r}.")
        drawn = ("uniform",) if getattr(penalty, "needs_uniform", False) else ()
        given = ("discriminator", "real", "fake")
        check_takes(penalty_name(number, penalty), penalty, given, *drawn)


def check_loss_methods(loss: Any, needs_class_logits: bool) -> None:
    """Refuses a loss whose methods do not take the outputs on data and on samples.

    Args:
        loss: An object with the two methods of `AdversarialLoss`.
        needs_class_logits: The flag of the loss.

    Raises:
        ValueError: If a method takes something else.
    """
    given = ("real_logits", "fake_logits")
    if needs_class_logits:
        given = ("real_outputs", "fake_outputs", "labels")
    for name in ("discriminator_loss", "generator_loss"):
        called = f"`{name}` of {type(loss).__name__}"
        check_takes(called, getattr(loss, name), given)


def penalty_name(number: int, penalty: Any) -> str:
    """Returns the place of a penalty in `compile`, and what it is."""
    kind = getattr(penalty, "__name__", type(penalty).__name__)
    return f"`penalties[{number}]` ({kind})"


def scalar_of(
    name: str, function: Callable[..., Any], *args: Any, **kwargs: Any
) -> Tensor:
    """Returns a term of a network's objective, which must have no axes.

    Args:
        name: The function's name in the message.
        function: Computes the term.
        *args: What it is given.
        **kwargs: What it is given by keyword.

    Raises:
        ValueError: If it returned no number or no scalar.
    """
    value = function(*args, **kwargs)
    if value is None:
        raise InputError(f"{name} must return a scalar; it returned None.")
    tensor = tf.convert_to_tensor(value)
    if tensor.shape.rank not in (None, 0):
        raise InputError(
            f"{name} must return a scalar, a mean over the batch; got the shape "
            f"{tuple(tensor.shape)}. Take the mean: `tf.reduce_mean(...)`."
        )
    return tensor
