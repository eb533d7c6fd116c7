"""Adversarial losses on logits, and the penalties that go with them."""

from __future__ import annotations

from keras_gan._registration import register_rest as _register_rest
from keras_gan.losses import penalties as penalties
from keras_gan.losses._table import get as get
from keras_gan.losses._table import names as names
from keras_gan.losses.auxiliary_classifier import (
    AuxiliaryClassifier as AuxiliaryClassifier,
)
from keras_gan.losses.hinge import Hinge as Hinge
from keras_gan.losses.least_squares import LeastSquares as LeastSquares
from keras_gan.losses.loss import AdversarialLoss as AdversarialLoss
from keras_gan.losses.minimax import Minimax as Minimax
from keras_gan.losses.non_saturating import NonSaturating as NonSaturating
from keras_gan.losses.relativistic import Relativistic as Relativistic
from keras_gan.losses.relativistic_average import (
    RelativisticAverage as RelativisticAverage,
)
from keras_gan.losses.wasserstein import Wasserstein as Wasserstein

_register_rest()
