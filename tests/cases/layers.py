"""One list of every public layer with inputs for it.

`tests/layers/test_promises.py` holds each to the same promises, and fails if one is
missing.
"""

import keras
import numpy as np
import tensorflow as tf

from keras_gan import layers

BATCH = 8
MAPS = np.random.default_rng(0).normal(size=(BATCH, 4, 6, 8)).astype(np.float32)
VECTORS = np.random.default_rng(1).normal(size=(BATCH, 5)).astype(np.float32)
LABELS = np.arange(BATCH, dtype=np.int32) % 3

# From nothing to a layer, and its inputs.
LAYERS = {
    "BatchNormalization": (
        lambda: layers.BatchNormalization(momentum=0.7, epsilon=0.01),
        MAPS,
    ),
    "BatchNormalization of vectors": (
        lambda: layers.BatchNormalization(center=False, scale=False),
        VECTORS,
    ),
    "ConditionalBatchNormalization": (
        lambda: layers.ConditionalBatchNormalization(3, momentum=0.7, epsilon=0.01),
        [MAPS, LABELS],
    ),
    "ConditionalBatchNormalization of vectors": (
        lambda: layers.ConditionalBatchNormalization(3),
        [VECTORS, LABELS],
    ),
    "FourierFeatures": (lambda: layers.FourierFeatures([1.0, 2.0]), VECTORS),
    "GroupedConv2D": (lambda: layers.GroupedConv2D(8, 3, groups=2), MAPS),
    "ImageConv2D": (lambda: layers.ImageConv2D(3, 4, 2, "same", use_bias=False), MAPS),
    "ImageConv2DTranspose": (
        lambda: layers.ImageConv2DTranspose(3, 4, 2, "same", use_bias=False),
        MAPS,
    ),
    "LowPassDownsampling2D": (layers.LowPassDownsampling2D, MAPS),
    "Maxout": (lambda: layers.Maxout(3, pieces=2), VECTORS),
    "MaxoutConv2D": (lambda: layers.MaxoutConv2D(3, pieces=2, kernel_size=3), MAPS),
    "MinibatchStandardDeviation": (layers.MinibatchStandardDeviation, MAPS),
    "MinibatchStandardDeviation of vectors": (
        layers.MinibatchStandardDeviation,
        VECTORS,
    ),
    "PoolingConv2D": (lambda: layers.PoolingConv2D(3, 3, use_bias=False), MAPS),
    "ProjectionHead": (
        lambda: layers.ProjectionHead(3, embeddings_initializer="glorot_normal"),
        [VECTORS, LABELS],
    ),
    "ProjectionHead with spectral normalization": (
        lambda: layers.ProjectionHead(3, spectral_normalization=True),
        [VECTORS, LABELS],
    ),
    "SelfAttention": (layers.SelfAttention, MAPS),
    "SelfAttention with spectral normalization": (
        lambda: layers.SelfAttention(spectral_normalization=True),
        MAPS,
    ),
    "SpatialBasis2D": (lambda: layers.SpatialBasis2D(4, 6), VECTORS),
    "SpectralNormalization of Dense": (
        lambda: layers.SpectralNormalization(
            keras.layers.Dense(3, "tanh"), power_iterations=2
        ),
        VECTORS,
    ),
    "SpectralNormalization of Conv2D": (
        lambda: layers.SpectralNormalization(keras.layers.Conv2D(3, 3)),
        MAPS,
    ),
    "SpectralNormalization of Conv2DTranspose": (
        # Keras sums the gradient of a bias in half precision, which loses digits.
        lambda: layers.SpectralNormalization(
            keras.layers.Conv2DTranspose(3, 4, 2, use_bias=False)
        ),
        MAPS,
    ),
    "SpectralNormalization of PoolingConv2D": (
        lambda: layers.SpectralNormalization(layers.PoolingConv2D(3, 3)),
        MAPS,
    ),
    "SpectralNormalization of UpsamplingConv2D": (
        lambda: layers.SpectralNormalization(
            layers.UpsamplingConv2D(3, 5, use_bias=False)
        ),
        MAPS,
    ),
    "SpectralNormalization of Embedding": (
        lambda: layers.SpectralNormalization(keras.layers.Embedding(3, 4)),
        LABELS,
    ),
    "Upsample": (lambda: layers.Upsample(3), MAPS),
    "UpsamplingConv2D": (lambda: layers.UpsamplingConv2D(3, 3, use_bias=False), MAPS),
}


def make_model(name, seed=0, dtype=None):
    """A model of that layer alone, whose scalars are not what they start at."""
    keras.utils.set_random_seed(seed)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype or before)
    try:
        make, arrays = LAYERS[name]
        layer = make()
        tensors = keras.tree.map_structure(
            lambda a: keras.Input(a.shape[1:], dtype=a.dtype.name), arrays
        )
        outputs = layer(tensors)
    finally:
        keras.config.set_dtype_policy(before)
    if isinstance(layer, layers.SelfAttention):
        layer.gamma.assign(0.7)
    return keras.Model(tensors, outputs)


def inputs_of(name):
    """The inputs as one array or a list of them."""
    return LAYERS[name][1]


def step(model, inputs, parts=1):
    """What one training call finds: its loss, then all gradients, in one vector.

    Args:
        model: From `make_model`.
        inputs: This replica's part.
        parts: The number of replicas.
    """
    with tf.GradientTape() as tape:
        outputs = tf.cast(model(inputs, training=True), tf.float32)
        weights = tf.linspace(1.0, 2.0, outputs.shape[-1])
        loss = tf.reduce_mean(tf.square(outputs - 0.3) * weights) / parts
    variables = model.trainable_variables
    gradients = tape.gradient(loss, variables) if variables else []
    vectors = [tf.reshape(tf.convert_to_tensor(g), [-1]) for g in gradients]
    return tf.concat([[loss], *vectors], axis=0)
