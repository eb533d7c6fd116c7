"""Training: the GAN that `model.fit` drives, and its own optimizer."""

from keras_gan.training.gan import GAN as GAN
from keras_gan.training.momentum_sgd import MomentumSGD as MomentumSGD
