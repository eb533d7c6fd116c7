"""A word when a game goes wrong: one player has won, or all samples are alike."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_gan import priors
from keras_gan._checks import InputError, check_positive_int
from keras_gan.callbacks._base import GANCallback


class WarnOnCollapse(GANCallback):
    """Warns when the discriminator has won, or when the samples become alike.

    It has won when d_real ≥ 1 − `margin` and d_fake ≤ `margin`, which is asked only
    where they are probabilities: of "minimax", "non_saturating" and losses of your own.

    The samples are alike when `sample_diversity` < `least_diversity`. That is the mean
    Euclidean distance over all pairs of n samples of fixed seeds, divided by that of
    the `reference` images, or without any by the largest of this `fit` so far: about 1
    where samples differ as images of the data do, 0 where all are one. It falls when
    few images are left, and not when one of ten classes is missing; for that see
    `metrics.mode_coverage` and `metrics.density_coverage`.

    Each is said once, when it has lasted `patience` epochs, and again only after it
    had passed. `sample_diversity` joins the logs: put this callback before those that
    log.

    Args:
        reference: `(N, ...)` real images in the GAN's `value_range`, some hundreds; n
            of them are taken, evenly spaced.
        least_diversity: In (0, 1).
        margin: In (0, 0.5).
        patience: For how many epochs in a row.
        n: How many samples.
        seed: Stands for the n seeds, as in `GAN.sample`.
        stop: Whether to stop the training too.

    Raises:
        ValueError: If an argument cannot be used, or in `fit`, if the reference images
            have another shape than the GAN's.

    Example:
        >>> warn = keras_gan.callbacks.WarnOnCollapse(reference=real_images[:500])
        >>> gan.fit(train, epochs=100, callbacks=[warn])
    """

    def __init__(
        self,
        reference: npt.ArrayLike | None = None,
        *,
        least_diversity: float = 0.2,
        margin: float = 0.02,
        patience: int = 5,
        n: int = 64,
        seed: int = 0,
        stop: bool = False,
    ) -> None:
        super().__init__()
        if not 0.0 < least_diversity < 1.0:
            raise InputError(
                f"`least_diversity` must be in (0, 1); got {least_diversity!r}."
            )
        if not 0.0 < margin < 0.5:
            raise InputError(f"`margin` must be in (0, 0.5); got {margin!r}.")
        self.n = check_positive_int("n", n, minimum=2)
        self.reference = None if reference is None else _choose(reference, self.n)
        self.least_diversity = least_diversity
        self.margin = margin
        self.patience = check_positive_int("patience", patience)
        self.seed = seed
        self.stop = stop
        self._scale = 0.0
        self._epochs = {"won": 0, "alike": 0}

    def set_model(self, model: Any) -> None:
        """Takes a GAN that makes what the reference shows."""
        super().set_model(model)
        shape = self.gan.image_shape
        if self.reference is not None and self.reference.shape[1:] != shape:
            raise InputError(
                f"`reference` has images of shape {self.reference.shape[1:]}; the GAN "
                f"makes {shape}."
            )

    def get_state(self) -> dict[str, Any]:
        """The unit of diversity, and how long each trouble has lasted."""
        return {"scale": self._scale, "epochs": dict(self._epochs)}

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on; a training that was stopped stays so."""
        self._scale, self._epochs = state["scale"], dict(state["epochs"])
        if self.stop and max(self._epochs.values()) >= self.patience:
            self.gan.stop_training = True

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Counts anew."""
        self._epochs = dict.fromkeys(self._epochs, 0)
        self._scale = 0.0 if self.reference is None else mean_distance(self.reference)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Measures, adds to the logs, and warns when it is time."""
        logs = {} if logs is None else logs
        diversity = self._diversity()
        logs["sample_diversity"] = diversity
        real, fake = logs.get("d_real", 0.5), logs.get("d_fake", 0.5)
        loss = self.gan.adversarial_loss
        asked = getattr(loss, "estimates_probability", True)
        won = asked and real >= 1.0 - self.margin and fake <= self.margin
        self._count(
            "won",
            won,
            f"Epoch {epoch + 1}: the discriminator has won (d_real {real:.3f}, d_fake "
            f"{fake:.3f}) for {self.patience} epochs, and the generator learns little "
            "from it. Try a penalty such as `losses.penalties.R1`, dropout or "
            "augmentation for the discriminator, or a smaller learning rate for it.",
        )
        whose = "the largest so far" if self.reference is None else "the real images'"
        self._count(
            "alike",
            diversity < self.least_diversity,
            f"Epoch {epoch + 1}: the samples are alike; their diversity is "
            f"{diversity:.3f} of {whose}, below {self.least_diversity:g} for "
            f"{self.patience} epochs. Go back to an earlier checkpoint, and try a "
            "smaller learning rate for the generator, a penalty such as "
            '`losses.penalties.R1`, or the loss "relativistic".',
        )

    def _diversity(self) -> float:
        samples = self.gan.sample(seeds=priors.spawn_seeds(self.seed, self.n))
        distance = mean_distance(samples)
        if self.reference is None:
            self._scale = max(self._scale, distance)
        return distance / self._scale if self._scale else 0.0

    def _count(self, trouble: str, present: bool, message: str) -> None:
        self._epochs[trouble] = self._epochs[trouble] + 1 if present else 0
        if self._epochs[trouble] == self.patience:
            warnings.warn(message, stacklevel=3)
        if self.stop and self._epochs[trouble] >= self.patience:
            self.gan.stop_training = True


def mean_distance(images: np.ndarray) -> float:
    """Returns the mean Euclidean distance over all pairs of images `(N, ...)`."""
    points = np.asarray(images, np.float64).reshape(len(images), -1)
    distances = [
        np.sqrt(np.square(points[i + 1 :] - points[i]).sum(axis=1))
        for i in range(len(points) - 1)
    ]
    return float(np.concatenate(distances).mean())


def _choose(reference: npt.ArrayLike, n: int) -> np.ndarray:
    """Returns at most n of the images, evenly spaced."""
    images = np.asarray(reference)
    if images.ndim < 2 or len(images) < 2:
        raise InputError(
            "`reference` must be at least two real images `(N, ...)`; got an array of "
            f"shape {images.shape}."
        )
    images = images[np.linspace(0, len(images) - 1, min(n, len(images))).astype(int)]
    distance = mean_distance(images)
    if not 0.0 < distance < float("inf"):
        raise InputError(
            "`reference` must be images that are finite and differ; the mean distance "
            f"of these is {distance:g}."
        )
    return images
