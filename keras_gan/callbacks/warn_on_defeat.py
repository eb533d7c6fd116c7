"""Warns when the generator loses to the discriminator, or its figures get worse."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any

from keras_gan import losses
from keras_gan._checks import InputError, check_between, check_positive_int
from keras_gan.callbacks._decline import find_decline
from keras_gan.callbacks._gan_callback import GANCallback
from keras_gan.callbacks.evaluate import Evaluate
from keras_gan.evaluation import Evaluation

# The discriminator's loss has the least value 0, where it tells all images apart.
_ZERO_WHEN_WON = (
    losses.LeastSquares,
    losses.Hinge,
    losses.Relativistic,
    losses.RelativisticAverage,
)


class WarnOnDefeat(GANCallback):
    """Warns when the discriminator has won, or a figure gets worse.

    The discriminator has won when the means of whole epochs have been d_real ≥ 1 −
    `margin` and d_fake ≤ `margin` over `steps` steps in a row, if the two are
    probabilities: with the losses "minimax" and "non_saturating" and with losses of
    your own. With "least_squares", "hinge" and the relativistic losses it has won when
    d_loss has been at most half of `margin`; d_loss is 0 where D tells all images
    apart. With "wasserstein" no output tells it.

    The best epoch lies far behind when it was `steps` steps ago, and the last
    `patience` evaluations were all far worse. A figure is far worse that is half as
    large again as the best (or a third smaller, where more is better), and that has
    lost a quarter of what the best had gained since the first evaluation. A figure also
    gets worse when its mean over the last third of at least 12 evaluations is worse
    than its best mean over as many evaluations before, by more than 4 standard errors;
    the noise is estimated from successive differences.

    Each of the two warnings comes once in a training, also if it is resumed; the
    training goes on.

    Args:
        evaluate: The `Evaluate` of the same `fit`, before this callback, whose
            monitored figure is watched; None watches no figure.
        margin: The distance of d_real from 1 and of d_fake from 0, in (0, 0.5), within
            which the discriminator has won; half of it is that of d_loss from 0.
        steps: The steps that a cause must last.
        patience: The number of evaluations in a row that must be far worse.

    Attributes:
        remedies: What to try, by topic.
        opening: The words before them.

    Raises:
        ValueError: If an argument cannot be used, or `fit` trains no GAN.

    Example:
        >>> warn = keras_gan.callbacks.WarnOnDefeat()
        >>> gan.fit(train, epochs=100, callbacks=[warn])
    """

    # Those for `penalties` and `augment` are for a GAN that has none.
    remedies: Mapping[str, str] = {
        "rate": "a smaller learning rate for the discriminator",
        "penalties": "a penalty such as `losses.penalties.R1`",
        "augment": "`augmentation.DiffAugment`",
        "data": "more data",
    }
    opening = "Try"

    def __init__(
        self,
        evaluate: Evaluate | None = None,
        *,
        margin: float = 0.02,
        steps: int = 1000,
        patience: int = 5,
    ) -> None:
        super().__init__()
        if evaluate is not None and not isinstance(evaluate, Evaluate):
            raise InputError(
                f"`evaluate` must be a `callbacks.Evaluate` or None; got {evaluate!r}."
            )
        self.evaluate = evaluate
        self.margin = check_between("margin", margin, 0.0, 0.5)
        self.steps = check_positive_int("steps", steps)
        self.patience = check_positive_int("patience", patience)
        self._step = self._won = self._worse = 0
        self._first: float | None = None
        self._told: list[str] = []
        self._series: list[float] = []

    def get_state(self) -> dict[str, Any]:
        """Returns the counts, the first figure, and the warnings that were given."""
        return {
            "step": self._step,
            "won": self._won,
            "worse": self._worse,
            "first": self._first,
            "told": list(self._told),
            "series": list(self._series),
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on counting, and repeats no warning."""
        self._step, self._won = state["step"], state["won"]
        self._worse, self._first = state["worse"], state["first"]
        self._told = list(state["told"])
        self._series = list(state.get("series", []))  # earlier versions had none

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Counts anew."""
        self._step = int(self.gan.step)
        self._won = self._worse = 0
        self._first, self._told, self._series = None, [], []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Looks at the discriminator's outputs and at the monitored figure."""
        logs = logs or {}
        steps, self._step = int(self.gan.step) - self._step, int(self.gan.step)
        self._check_outputs(epoch, steps, logs)
        if self.evaluate is not None and self.evaluate.monitor in logs:
            self._check_figure(epoch, self.evaluate, logs[self.evaluate.monitor])

    def _check_outputs(self, epoch: int, steps: int, logs: dict[str, Any]) -> None:
        real, fake = logs.get("d_real", 0.5), logs.get("d_fake", 0.5)
        loss, won = logs.get("d_loss", 1.0), False
        shown = f"d_real {real:.3f}, d_fake {fake:.3f}"
        if self._estimates_probability:
            won = real >= 1.0 - self.margin and fake <= self.margin
        elif isinstance(self.gan.adversarial_loss, _ZERO_WHEN_WON):
            won, shown = loss <= self.margin / 2.0, f"d_loss {loss:.4f}"
        self._won = self._won + steps if won else 0
        if self._won >= self.steps:
            other = ""
            if isinstance(self.gan.adversarial_loss, losses.Minimax):
                other = ", or `loss='non_saturating'`"
            self._tell(
                "won",
                f"Epoch {epoch + 1}: the discriminator has won ({shown}) for "
                f"{self._won:,} steps, and the generator learns little from it. "
                f"{self._advice()}{other}.",
            )

    def _check_figure(self, epoch: int, evaluate: Evaluate, value: float) -> None:
        found, name = evaluate.best_evaluation, evaluate.monitor
        if found is None or not math.isfinite(value):
            return
        best = found.values[name]
        self._first = value if self._first is None else self._first
        worse = is_far_worse(value, best, self._first, Evaluation.better(name))
        self._worse = self._worse + 1 if worse else 0
        self._series.append(value)
        if self._step - (found.step or 0) < self.steps:
            return
        decline = find_decline(self._series, Evaluation.better(name))
        if self._worse >= self.patience:
            fault = (
                f"is {value:.4g} and has been far worse for {self._worse} evaluations "
                f"than in epoch {evaluate.best_epoch} ({best:.4g}); often the "
                "discriminator has won"
            )
        elif decline is not None:
            fault = (
                f"gets worse by more than its noise: {decline.last:.4g} on average "
                f"over the last {decline.window} evaluations, after {decline.best:.4g} "
                f"over as many before; the best was {best:.4g} in epoch "
                f"{evaluate.best_epoch}"
            )
        else:
            return
        kept = "" if evaluate.best is None else f", which '{evaluate.best.name}' keeps"
        self._tell(
            "worse",
            f"Epoch {epoch + 1}: `{name}` {fault}. {self._advice()}; or stop at epoch "
            f"{evaluate.best_epoch}, the best{kept}.",
        )

    def _advice(self) -> str:
        """Returns what the GAN has not tried yet, without a full stop."""
        has = {"penalties": self.gan.penalties, "augment": self.gan.augment}
        left = [said for topic, said in self.remedies.items() if not has.get(topic)]
        return f"{self.opening} {', '.join(left[:-1])} or {left[-1]}"

    def _tell(self, cause: str, message: str) -> None:
        """Gives a warning that was not given before."""
        if cause not in self._told:
            self._told.append(cause)
            if self.writes_files:
                warnings.warn(message, stacklevel=4)


def is_far_worse(value: float, best: float, first: float, better: str) -> bool:
    """Returns whether a figure has lost much of what a training had gained.

    Args:
        value: The figure now.
        best: The best figure so far.
        first: The first figure of the training.
        better: "less" or "more", whichever is better.
    """
    sign, share = (1.0, 1 / 2) if better == "less" else (-1.0, 1 / 3)
    lost, gained = sign * (value - best), sign * (first - best)
    return lost > max(share * abs(best), gained / 4)
