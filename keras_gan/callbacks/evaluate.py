"""Metrics against data while training, and the best generator by one of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from keras_gan._checks import InputError, check_choice, check_positive_int
from keras_gan._files import atomic_path, write_text
from keras_gan.callbacks.evaluate_metrics import EvaluateMetrics
from keras_gan.evaluation import Evaluation, Evaluator
from keras_gan.training import GAN


class Evaluate(EvaluateMetrics):
    """Adds the figures of an `evaluation.Evaluator` to the logs of an epoch.

    As of `EvaluateMetrics`, put it first. With `best`, the GAN of the best epoch so far
    is saved beside the one in training, and the whole result with it, so that both the
    best and the last can be reported.

    Args:
        evaluator: What to compare, and to which data.
        n: How many samples; None for as many as the evaluator has images.
        seed: Seeds the samples, the same in every epoch.
        every: Epochs between two evaluations.
        best: A `.keras` file for the GAN of the best epoch; its evaluation is written
            to the same name with `.json`. None keeps none.
        monitor: The figure that says what is best; None for the evaluator's first.

    Attributes:
        best_evaluation: The result of the best epoch; None before the first.
        best_epoch: That epoch, from 1.

    Raises:
        ValueError: If an argument cannot be used; in `fit`, if the samples do not fit
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
        self.n = None if n is None else check_positive_int("n", n, minimum=2)
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

    def get_state(self) -> dict[str, Any]:
        """Which epoch was the best, and how good."""
        found = self.best_evaluation
        return {
            **super().get_state(),
            "best_epoch": self.best_epoch,
            "best": None if found is None else found.to_dict(),
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on comparing to what was the best."""
        super().set_state(state)
        self.best_epoch = state["best_epoch"]
        found = state["best"]
        self.best_evaluation = None if found is None else Evaluation.from_dict(found)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Starts anew."""
        super().on_train_begin(logs)
        self.best_evaluation = self.best_epoch = None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Evaluates, when it is due, and keeps what is better than all before."""
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
        with atomic_path(path) as temporary:
            self.gan.save(temporary)
        record = {"epoch": self.best_epoch, **self.best_evaluation.to_dict()}  # type: ignore[union-attr]
        write_text(path.with_suffix(".json"), json.dumps(record, indent=2) + "\n")

    def _evaluate_now(self, gan: GAN) -> dict[str, float]:
        sampled: Any = gan
        self._latest = self.evaluator.evaluate(sampled, self.n, seed=self.seed)
        return dict(self._latest.values)
