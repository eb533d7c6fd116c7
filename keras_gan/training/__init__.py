"""Trains the GAN, a Keras model, and defines an optimizer and the hooks of `fit`."""

from keras_gan._registration import register_rest as _register_rest
from keras_gan.distribution.strategies import open_strategy as open_strategy
from keras_gan.distribution.workers import bytes_from_chief as bytes_from_chief
from keras_gan.distribution.workers import is_chief as is_chief
from keras_gan.training.fitting.hooks import FitHooks as FitHooks
from keras_gan.training.fitting.hooks import Progress as Progress
from keras_gan.training.gan import GAN as GAN
from keras_gan.training.optimizers.momentum_sgd import MomentumSGD as MomentumSGD
from keras_gan.training.starting import start_from as start_from
from keras_gan.training.state import read_state as read_state
from keras_gan.training.state import write_state as write_state

_register_rest()
