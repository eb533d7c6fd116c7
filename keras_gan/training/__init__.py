"""Training: the GAN that `model.fit` drives."""

from keras_gan.training.gan import GAN as GAN
