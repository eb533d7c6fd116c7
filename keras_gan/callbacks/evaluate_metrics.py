"""Figures of one's own, beside the logs of each epoch."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from keras_gan._checks import InputError, check_positive_int
from keras_gan.callbacks._base import GANCallback
from keras_gan.training import GAN

Metrics = Callable[[GAN], Mapping[str, Any]] | Mapping[str, Callable[[GAN], Any]]


class EvaluateMetrics(GANCallback):
    """Adds what functions of the GAN return to the logs of an epoch.

    Put it first among the callbacks: those after it, such as JSONLog and TensorBoard,
    see the figures, as does the history that `fit` returns. Of several workers each
    computes them, so that all have the same logs; let the functions draw from fixed
    seeds.

    In the epochs between two evaluations there are no figures. One that is not finite
    is logged as it is. What a function raises ends the
    training the first time, when it is a mistake to correct; later, a warning says so
    and the figures of that epoch are NaN.

    Args:
        metrics: A function of the GAN that returns numbers by name, or functions that
            return one number each, by name.
        every: Epochs between two evaluations.

    Raises:
        ValueError: If an argument cannot be used; in `fit`, if a name is taken, or a
            function returns something else.

    Example:
        >>> def frechet(gan):
        ...     return keras_gan.metrics.frechet_distance(
        ...         features(real), features(gan.sample(1000, seed=0)))
        >>> metrics = keras_gan.callbacks.EvaluateMetrics({"frechet": frechet}, every=5)
        >>> gan.fit(train, epochs=50, callbacks=[metrics])
    """

    def __init__(self, metrics: Metrics, *, every: int = 1) -> None:
        super().__init__()
        functions = metrics.values() if isinstance(metrics, Mapping) else [metrics]
        if not functions or not all(callable(function) for function in functions):
            raise InputError(
                "`metrics` must be a function of the GAN that returns a dict of "
                "numbers, or a dict of functions that return one each; got "
                f"{metrics!r}."
            )
        self.metrics = metrics
        self.every = check_positive_int("every", every)
        self._names: list[str] = []

    def get_state(self) -> dict[str, Any]:
        """The names of the figures."""
        return {"names": self._names}

    def set_state(self, state: dict[str, Any]) -> None:
        """Knows that the functions have worked before."""
        self._names = state["names"]

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Starts anew."""
        self._names = []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Evaluates, when it is due."""
        if logs is None:
            return
        if isinstance(self.metrics, Mapping):
            _check_free(self.metrics, logs)  # not as late as when it is due
        if (epoch + 1) % self.every == 0:
            figures = self._figures(epoch)
            _check_free(figures, logs)
            logs.update(figures)

    def _figures(self, epoch: int) -> dict[str, float]:
        try:
            figures = self._evaluate()
        except Exception as error:
            if not self._names:
                raise
            warnings.warn(
                f"Epoch {epoch + 1}: {', '.join(self._names)} could not be computed "
                f"({type(error).__name__}: {error}) and are logged as NaN.",
                stacklevel=2,
            )
            return dict.fromkeys(self._names, float("nan"))
        self._names = list(figures)
        return figures

    def _evaluate(self) -> dict[str, float]:
        metrics = self.metrics
        if isinstance(metrics, Mapping):
            results = {name: function(self.gan) for name, function in metrics.items()}
        else:
            results = metrics(self.gan)
        if not isinstance(results, Mapping):
            raise InputError(
                "`metrics` must return a dict of numbers by name; got "
                f"{type(results).__name__}."
            )
        return {str(name): _number(name, value) for name, value in results.items()}


def _check_free(names: Iterable[str], logs: Mapping[str, Any]) -> None:
    for name in names:
        if name in logs:
            raise InputError(
                f"`metrics` has '{name}', which the logs of the epoch have already; "
                "give it another name."
            )


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InputError(
            f"`metrics` must return one number for '{name}'; got {value!r}."
        ) from None
