"""Warns when the discriminator has won, or when all samples are alike."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_gan import priors
from keras_gan._checks import InputError, check_between, check_positive_int, counted
from keras_gan.callbacks._gan_callback import GANCallback


class WarnOnCollapse(GANCallback):
    """Warns when the discriminator has won, or when the samples become alike.

    The discriminator has won when d_real ≥ 1 − `margin` and d_fake ≤ `margin`. This is
    checked only if the two are probabilities: with the losses "minimax" and
    "non_saturating" and with losses of your own.

    The samples are alike when `sample_diversity` < `least_diversity`. The diversity is
    the mean Euclidean distance over all pairs of n samples of fixed seeds, divided by
    that of the `reference` images, or else by the largest mean distance of this `fit`
    so far. It is about 1 if samples differ as much as images of the data, and 0 if all
    samples are equal. It falls when few images are left, but hardly when one of ten
    classes is missing; for that see `metrics.mode_coverage` and
    `metrics.density_coverage`.

    Each warning comes once, after `patience` epochs in a row. It comes again only if
    its cause has passed and returned. `sample_diversity` joins the logs: put this
    callback before those that log.

    Args:
        reference: `(N, ...)` real images in the GAN's `value_range`, some hundreds; n
            of them are taken, evenly spaced.
        least_diversity: The diversity, in (0, 1), below which samples are alike.
        margin: The distance of d_real from 1 and of d_fake from 0, in (0, 0.5), within
            which the discriminator has won.
        patience: The number of epochs in a row before a warning.
        n: The number of samples.
        seed: Stands for the n seeds, as in `GAN.sample`.
        stop: Whether to stop the training too.

    Raises:
        ValueError: If a number is out of its range, or `reference` holds no two images
            that differ; in `fit`, if they do not have the shape of the GAN's.

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
        self.least_diversity = check_between(
            "least_diversity", least_diversity, 0.0, 1.0
        )
        self.margin = check_between("margin", margin, 0.0, 0.5)
        self.n = check_positive_int("n", n, minimum=2)
        self.reference = None if reference is None else _thin_out(reference, self.n)
        self.patience = check_positive_int("patience", patience)
        self.seed = seed
        self.stop = stop
        self._scale = 0.0
        self._epochs = {"won": 0, "alike": 0}

    def set_model(self, model: Any) -> None:
        """Takes a GAN whose images have the shape of the reference images."""
        super().set_model(model)
        shape = self.gan.image_shape
        if self.reference is not None and self.reference.shape[1:] != shape:
            raise InputError(
                f"`reference` has images of shape {self.reference.shape[1:]}; the GAN "
                f"makes {shape}."
            )

    def get_state(self) -> dict[str, Any]:
        """Returns the unit of diversity, and how many epochs each cause has lasted."""
        return {"scale": self._scale, "epochs": dict(self._epochs)}

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on counting; a training that was stopped stays stopped."""
        self._scale, self._epochs = state["scale"], dict(state["epochs"])
        if self.stop and max(self._epochs.values()) >= self.patience:
            self.gan.stop_training = True

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Counts the epochs anew."""
        self._epochs = dict.fromkeys(self._epochs, 0)
        self._scale = 0.0 if self.reference is None else mean_distance(self.reference)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Adds the diversity of samples to the logs, and warns where that is due."""
        logs = {} if logs is None else logs
        logs["sample_diversity"] = self._diversity()
        self._check_winner(epoch, logs.get("d_real", 0.5), logs.get("d_fake", 0.5))
        self._check_diversity(epoch, logs["sample_diversity"])

    def _check_winner(self, epoch: int, real: float, fake: float) -> None:
        extreme = real >= 1.0 - self.margin and fake <= self.margin
        self._count(
            "won",
            self._estimates_probability and extreme,
            f"Epoch {epoch + 1}: the discriminator has won (d_real {real:.3f}, d_fake "
            f"{fake:.3f}) for {counted(self.patience, 'epoch')}, and the generator "
            "learns little "
            "from it. Try a penalty such as `losses.penalties.R1`, dropout or "
            "augmentation for the discriminator, or a smaller learning rate for it.",
        )

    def _check_diversity(self, epoch: int, diversity: float) -> None:
        whose = "the largest so far" if self.reference is None else "the real images'"
        self._count(
            "alike",
            diversity < self.least_diversity,
            f"Epoch {epoch + 1}: the samples are alike; their diversity is "
            f"{diversity:.3f} of {whose}, below {self.least_diversity:g} for "
            f"{counted(self.patience, 'epoch')}. Go back to an earlier checkpoint, and "
            "try a smaller learning rate for the generator, a penalty such as "
            '`losses.penalties.R1`, or the loss "relativistic".',
        )

    def _diversity(self) -> float:
        samples = self.gan.sample(seeds=priors.spawn_seeds(self.seed, self.n))
        distance = mean_distance(samples)
        if self.reference is None:
            self._scale = max(self._scale, distance)
        return distance / self._scale if self._scale else 0.0

    def _count(self, cause: str, present: bool, message: str) -> None:
        """Counts the epochs of a cause in a row; warns, and stops the training."""
        self._epochs[cause] = self._epochs[cause] + 1 if present else 0
        if self._epochs[cause] == self.patience:
            warnings.warn(message, stacklevel=4)
        if self.stop and self._epochs[cause] >= self.patience:
            self.gan.stop_training = True


def mean_distance(images: np.ndarray) -> float:
    """Returns the mean Euclidean distance over all pairs of images `(N, ...)`."""
    points = np.asarray(images, np.float64).reshape(len(images), -1)
    distances = [
        np.sqrt(np.square(points[i + 1 :] - points[i]).sum(axis=1))
        for i in range(len(points) - 1)
    ]
    return float(np.concatenate(distances).mean())


def _thin_out(reference: npt.ArrayLike, n: int) -> np.ndarray:
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
