"""Layers for GANs that Keras does not have, or computes more slowly."""

from keras_gan._registration import register_rest as _register_rest
from keras_gan.layers.batch_normalization import (
    BatchNormalization as BatchNormalization,
)
from keras_gan.layers.batch_normalization import (
    ConditionalBatchNormalization as ConditionalBatchNormalization,
)
from keras_gan.layers.fourier_features import FourierFeatures as FourierFeatures
from keras_gan.layers.grouped_conv_2d import GroupedConv2D as GroupedConv2D
from keras_gan.layers.image_convolutions import ImageConv2D as ImageConv2D
from keras_gan.layers.image_convolutions import (
    ImageConv2DTranspose as ImageConv2DTranspose,
)
from keras_gan.layers.low_pass_downsampling_2d import (
    LowPassDownsampling2D as LowPassDownsampling2D,
)
from keras_gan.layers.maxout import Maxout as Maxout
from keras_gan.layers.maxout import MaxoutConv2D as MaxoutConv2D
from keras_gan.layers.minibatch_standard_deviation import (
    MinibatchStandardDeviation as MinibatchStandardDeviation,
)
from keras_gan.layers.packed_discriminator import (
    PackedDiscriminator as PackedDiscriminator,
)
from keras_gan.layers.projection_head import ProjectionHead as ProjectionHead
from keras_gan.layers.resampling_convolutions import PoolingConv2D as PoolingConv2D
from keras_gan.layers.resampling_convolutions import (
    UpsamplingConv2D as UpsamplingConv2D,
)
from keras_gan.layers.self_attention import SelfAttention as SelfAttention
from keras_gan.layers.spatial_basis_2d import SpatialBasis2D as SpatialBasis2D
from keras_gan.layers.spectral_normalization import (
    SpectralNormalization as SpectralNormalization,
)
from keras_gan.layers.upsample import Upsample as Upsample

_register_rest()
