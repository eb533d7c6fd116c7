"""Adds figures to the logs of an epoch: a user's own, or metrics against data."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from keras_gan._checks import (
    InputError,
    check_choice,
    check_positive_int,
    check_positive_int_or_none,
)
from keras_gan._files import atomic_path, write_json
from keras_gan.callbacks._gan_callback import GANCallback
from keras_gan.evaluation import Evaluation, Evaluator
from keras_gan.training import GAN
from keras_gan.training.savable import check_savable

Metrics = Callable[[GAN], Mapping[str, Any]] | Mapping[str, Callable[[GAN], Any]]


class EvaluateMetrics(GANCallback):
    """Adds the results of functions of the GAN to the logs of an epoch.

    It runs before the other callbacks, wherever it stands among them: JSONLog and
    TensorBoard log the figures, and the history that `fit` returns has them. Each of
    several workers computes the figures, so that all have the same logs; let the
    functions draw from fixed seeds.

    Epochs between two evaluations have no figures. A figure that is not finite is
    logged unchanged. An exception of a function ends the training at the first
    evaluation, where it is a mistake to correct; later it becomes a warning, and the
    figures of that epoch are NaN.

    Args:
        metrics: A function that maps the GAN to a dict of numbers, or a dict of
            functions that map it to one number each.
        every: Epochs between two evaluations.

    Raises:
        ValueError: If `metrics` is something else, or `every` no positive integer; in
            `fit`, if a name is taken, or a function returns something other than
            numbers.

    Example:
        >>> def frechet(gan):
        ...     return keras_gan.metrics.frechet_distance(
        ...         features(real), features(gan.sample(1000, seed=0)))
        >>> metrics = keras_gan.callbacks.EvaluateMetrics({"frechet": frechet}, every=5)
        >>> gan.fit(train, epochs=50, callbacks=[metrics])
    """

    priority = 1

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
        """Returns the names of the figures."""
        return {"names": self._names}

    def set_state(self, state: dict[str, Any]) -> None:
        """Takes the names, which tell that the functions have worked before."""
        self._names = state["names"]

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Forgets the figures of an earlier training."""
        self._names = []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Evaluates the GAN where that is due."""
        if logs is None:
            return
        if isinstance(self.metrics, Mapping):
            _check_free(self.metrics, logs)  # in the first epoch, whatever `every` is
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


class Evaluate(EvaluateMetrics):
    """Adds the figures of an `evaluation.Evaluator` to the logs of an epoch.

    The monitored figure of real examples against others, `Evaluation.real`, is logged
    beside it as `pyramid_real`, `frechet_real`, ...: a perfect generator would have it.

    It runs before the other callbacks, like `EvaluateMetrics`. With `best` it saves the
    GAN of the best epoch so far together with its evaluation, so that both the best and
    the last can be reported.

    Args:
        evaluator: Compares samples with its data.
        n: The number of samples, at least 2; None for as many as the evaluator has
            images.
        seed: Stands for the seeds of the samples, the same in every epoch.
        every: Epochs between two evaluations.
        best: A `.keras` file for the GAN of the best epoch; its evaluation is written
            to the same name with `.json`. None keeps none.
        monitor: The figure that decides which epoch is best; None for the evaluator's
            first.

    Attributes:
        best_evaluation: The result of the best epoch; None before the first.
        best_epoch: The best epoch, from 1; None before the first.

    Raises:
        ValueError: If a number is out of its range, `best` does not end in `.keras`, or
            the evaluator has no figure `monitor`; in `fit`, if the samples do not fit
            the data.

    Example:
        >>> evaluator = keras_gan.evaluation.Evaluator(images, extractor="digits")
        >>> evaluate = keras_gan.callbacks.Evaluate(
        ...     evaluator, n=2000, every=5, best="run/best.keras")
        >>> gan.fit(train, epochs=50, callbacks=[evaluate])
    """

    def __init__(
        self,
        evaluator: Evaluator,
        *,
        n: int | None = None,
        seed: int = 0,
        every: int = 1,
        best: str | os.PathLike[str] | None = None,
        monitor: str | None = None,
    ) -> None:
        super().__init__(self._evaluate_now, every=every)
        self.evaluator = evaluator
        self.n = check_positive_int_or_none("n", n, minimum=2)
        self.seed = check_positive_int("seed", seed, minimum=0)
        self.best = None if best is None else Path(best)
        if self.best is not None and self.best.suffix != ".keras":
            raise InputError(f"`best` must be a .keras file; got '{best}'.")
        known = evaluator.figure_names
        self.monitor = known[0]
        if monitor is not None:
            self.monitor = check_choice("monitor", monitor, known)
        self.best_evaluation: Evaluation | None = None
        self.best_epoch: int | None = None
        self._latest: Evaluation | None = None

    def before_fit(self, gan: GAN) -> None:
        """Refuses to keep the best of a GAN that cannot be saved."""
        if self.best is not None:
            check_savable(gan)

    def get_state(self) -> dict[str, Any]:
        """Returns the names of the figures, the best epoch and its evaluation."""
        found = self.best_evaluation
        return {
            **super().get_state(),
            "best_epoch": self.best_epoch,
            "best": None if found is None else found.to_dict(),
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Takes the best epoch, with which later ones are compared."""
        super().set_state(state)
        self.best_epoch = state["best_epoch"]
        found = state["best"]
        self.best_evaluation = None if found is None else Evaluation.from_dict(found)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Forgets the best epoch of an earlier training."""
        super().on_train_begin(logs)
        self.best_evaluation = self.best_epoch = None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Evaluates the GAN where that is due, and keeps the best one."""
        self._latest = None
        super().on_epoch_end(epoch, logs)
        found, before = self._latest, self.best_evaluation
        if found is None:
            return
        if before is None or found.is_better_than(before, self.monitor):
            self.best_evaluation, self.best_epoch = found, epoch + 1
            if self.best is not None and self.writes_files:
                self._save(self.best)

    def _save(self, path: Path) -> None:
        # A process that is killed between the files leaves none that is of another.
        path.with_suffix(".json").unlink(missing_ok=True)
        with atomic_path(path) as temporary:
            self.gan.save(temporary)
        record = {"epoch": self.best_epoch, **self.best_evaluation.to_dict()}  # type: ignore[union-attr]
        write_json(path.with_suffix(".json"), record)

    def _evaluate_now(self, gan: GAN) -> dict[str, float]:
        sampled: Any = gan
        found = self.evaluator.evaluate(sampled, self.n, seed=self.seed)
        self._latest, real = found, found.real or {}
        beside = {f"{k}_real": v for k, v in real.items() if k == self.monitor}
        return {**found.values, **beside}


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
