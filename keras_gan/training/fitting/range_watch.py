"""Looks at the samples of a trained generator whose last layer has no bounds."""

from __future__ import annotations

from typing import Any

import keras

from keras_gan.distribution.workers import is_chief
from keras_gan.training.fitting.hooks import FitHooks
from keras_gan.training.network_ends import warn_out_of_range

_SAMPLES = 64


class RangeWatch(FitHooks, keras.callbacks.Callback):
    """Warns at the end of a `fit` of samples that lie far outside of their range."""

    def after_fit(self, gan: Any) -> None:
        """Draws samples and looks at their values."""
        if is_chief(gan.distribute_strategy):
            images = gan.sample(_SAMPLES, seed=0)
            warn_out_of_range(images, gan.value_range, stacklevel=5)
