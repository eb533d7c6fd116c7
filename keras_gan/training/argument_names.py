"""Explains arguments that other GAN code names or orders differently."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from keras_gan._checks import InputError

Function = TypeVar("Function", bound=Callable[..., Any])

_LATENT_DIM = "`latent_dim` is read from the generator's input; leave it out"
GAN_NAMES = {
    "latent_dim": _LATENT_DIM,
    "noise_dim": _LATENT_DIM,
    "z_dim": _LATENT_DIM,
    "gp_weight": "give `compile` `penalties=[losses.penalties.GradientPenalty(10.0)]`",
    "discriminator_extra_steps": "give `compile` `discriminator_steps=`",
    "discriminator_steps": "give `compile` `discriminator_steps=`",
}
COMPILE_NAMES = {
    "d_optimizer": "use `discriminator_optimizer=`",
    "disc_optimizer": "use `discriminator_optimizer=`",
    "g_optimizer": "use `generator_optimizer=`",
    "gen_optimizer": "use `generator_optimizer=`",
    "optimizer": "use `generator_optimizer=` and `discriminator_optimizer=`",
    "loss_fn": "use `loss=`, a name such as 'non_saturating' that `losses.get` knows",
    "d_loss_fn": "use `loss=`, an object with both losses; see `losses`",
    "g_loss_fn": "use `loss=`, an object with both losses; see `losses`",
    "gp_weight": "use `penalties=[losses.penalties.GradientPenalty(10.0)]`",
    "metrics": "give `fit` `callbacks=[callbacks.Evaluate(...)]`",
}


def explained(names: Mapping[str, str]) -> Callable[[Function], Function]:
    """Makes a method's `TypeError` for an unknown keyword name the right one.

    Args:
        names: A remedy for each keyword that other code uses.
    """

    def decorate(function: Function) -> Function:
        known = inspect.signature(function).parameters

        @functools.wraps(function)
        def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
            for name in kwargs:
                if name not in known and name in names:
                    called = f"{type(self).__name__}.{function.__name__}"
                    raise TypeError(
                        f"{called.removesuffix('.__init__')}() has no argument "
                        f"`{name}`: {names[name]}."
                    )
            return function(self, *args, **kwargs)

        return wrapper  # pyright: ignore[reportReturnType]

    return decorate


def clear_arguments(function: Function) -> Function:
    """Makes `compile` explain other names, and refuse optimizers in doubtful order."""
    return explained(COMPILE_NAMES)(_check_order(function))


def _check_order(function: Function) -> Function:
    """Makes `compile` refuse different optimizers that are given by position.

    keras.io's examples give the discriminator's optimizer first, `GAN.compile` the
    generator's. The networks would silently train with the other's rate.
    """

    @functools.wraps(function)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        if len(args) > 1 and _settings(args[0]) != _settings(args[1]):
            raise InputError(
                "Give two different optimizers by name: "
                "`compile(generator_optimizer=..., discriminator_optimizer=...)`. By "
                "position the first would be the generator's, and in keras.io's "
                "examples it is the discriminator's. Only optimizers with equal "
                "settings may be given by position."
            )
        return function(self, *args, **kwargs)

    return wrapper  # pyright: ignore[reportReturnType]


def _settings(optimizer: Any) -> Any:
    """Returns the class and settings of an optimizer, which say whether two differ."""
    if not hasattr(optimizer, "get_config"):
        return optimizer
    return type(optimizer).__name__, str(_without_names(optimizer.get_config()))


def _without_names(config: Any) -> Any:
    """Returns a config without the names of its objects, which Keras numbers."""
    if not isinstance(config, Mapping):
        return config
    return {k: _without_names(v) for k, v in config.items() if k != "name"}
