"""Adversarial losses on logits, and the penalties that go with them."""

from __future__ import annotations

from keras_gan._registration import register_rest as _register_rest
from keras_gan.losses import penalties as penalties
from keras_gan.losses.adversarial import Hinge as Hinge
from keras_gan.losses.adversarial import LeastSquares as LeastSquares
from keras_gan.losses.adversarial import Minimax as Minimax
from keras_gan.losses.adversarial import NonSaturating as NonSaturating
from keras_gan.losses.adversarial import Relativistic as Relativistic
from keras_gan.losses.adversarial import RelativisticAverage as RelativisticAverage
from keras_gan.losses.adversarial import Wasserstein as Wasserstein
from keras_gan.losses.adversarial import get as get
from keras_gan.losses.adversarial import names as names
from keras_gan.losses.auxiliary_classifier import (
    AuxiliaryClassifier as AuxiliaryClassifier,
)
from keras_gan.losses.loss import AdversarialLoss as AdversarialLoss

_register_rest()
