"""Layers that Keras lacks and GANs use."""

from keras_gan.layers.conditional_batch_normalization import (
    ConditionalBatchNormalization as ConditionalBatchNormalization,
)
from keras_gan.layers.maxout import Maxout as Maxout
from keras_gan.layers.minibatch_standard_deviation import (
    MinibatchStandardDeviation as MinibatchStandardDeviation,
)
from keras_gan.layers.projection_head import ProjectionHead as ProjectionHead
from keras_gan.layers.self_attention import SelfAttention as SelfAttention
from keras_gan.layers.spectral_normalization import (
    SpectralNormalization as SpectralNormalization,
)
from keras_gan.layers.upsample import Upsample as Upsample
