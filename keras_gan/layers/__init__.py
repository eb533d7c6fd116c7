"""Layers that Keras lacks and GANs use."""

from keras_gan.layers.fourier_features import FourierFeatures as FourierFeatures
from keras_gan.layers.maxout import Maxout as Maxout
