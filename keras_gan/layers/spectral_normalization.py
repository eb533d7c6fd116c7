"""Spectral normalization: divides a kernel by its largest singular value."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError, check_positive_int
from keras_gan._typing import Tensor

# A length or singular value below this counts as zero.
_SMALLEST = 1e-12
# Layers whose kernels are `(..., outputs, inputs)`; those of others end with outputs.
_TRANSPOSED = (
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
)


def power_iteration(matrix: Tensor, u: Tensor, steps: int = 1) -> tuple[Tensor, Tensor]:
    """Brings u nearer to the right singular vector of the largest singular value.

    No gradient flows through it.

    Args:
        matrix: `(inputs, outputs)`.
        u: `(outputs,)`, not zero.
        steps: How often the matrix and its transpose are applied.

    Returns:
        u `(outputs,)` and v `(inputs,)`, of length 1. If the matrix maps u to zero, u
        is unchanged and v is zero.

    Source: Miyato et al., "Spectral normalization for generative adversarial
    networks", 2018, eq. 20 and 21.
    """
    matrix = tf.stop_gradient(matrix)
    v = None
    for _ in range(steps):
        v = _unit(tf.linalg.matvec(matrix, u))
        image = tf.linalg.matvec(matrix, v, transpose_a=True)
        u = tf.where(_length(image) > _SMALLEST, _unit(image), u)
    return u, v


def spectral_norm(matrix: Tensor, u: Tensor, v: Tensor) -> Tensor:
    """Returns σ = vᵀ · matrix · u, with the gradient for fixed u and v.

    For a matrix that maps u to zero it returns 1, by which the matrix can be divided.

    Args:
        matrix: `(inputs, outputs)`.
        u: `(outputs,)`, of length 1.
        v: `(inputs,)`, of length 1.

    Source: Miyato et al., 2018, eq. 19; the gradient, eq. 11.
    """
    u, v = tf.stop_gradient(u), tf.stop_gradient(v)
    sigma = tf.tensordot(v, tf.linalg.matvec(matrix, u), 1)
    return tf.where(sigma > _SMALLEST, sigma, tf.ones_like(sigma))


@keras.saving.register_keras_serializable("keras_gan")
class SpectralNormalization(keras.layers.Wrapper):
    """Divides the kernel W of a layer by the largest singular value σ of W.

    W itself is the trainable variable and is never overwritten. Gradients flow through
    W/σ(W) including σ, unlike in Keras's layer of the same name. σ comes from
    `power_iterations` steps that start at a stored vector u. Calls with
    `training=True` store the new u, so that σ follows W from one training step to the
    next; other calls change nothing, and neither do calls of a layer that is not
    trainable. u depends on W alone, and is the same on all replicas.

    The singular values are those of W reshaped to `(-1, outputs)`.

    Takes what the layer takes, such as `(B, F)`, and returns what it returns, such as
    `(B, units)`.

    Args:
        layer: A layer with a `kernel`, such as Dense, Conv2D or Conv2DTranspose, or
            with `embeddings`; its dtype policy decides the precision.
        power_iterations: Steps towards the largest singular value in each call.
        **kwargs: As in `keras.layers.Layer`; the dtype is that of the kernel.

    Raises:
        ValueError: If the layer has no kernel, or the number of steps is not positive.

    Example:
        >>> layer = keras_gan.layers.SpectralNormalization(keras.layers.Dense(3))
        >>> layer(keras.ops.ones((2, 4))).shape
        TensorShape([2, 3])

    Source: Miyato et al., "Spectral normalization for generative adversarial
    networks", 2018, eq. 8 and algorithm 1.
    """

    def __init__(
        self, layer: keras.layers.Layer, power_iterations: int = 1, **kwargs: Any
    ) -> None:
        # The kernel's own dtype, and no autocast: σ of a kernel that was rounded to
        # half precision would be off by 1e-3.
        kwargs["dtype"] = getattr(layer, "variable_dtype", None)
        super().__init__(layer, autocast=False, **kwargs)
        self.power_iterations = check_positive_int("power_iterations", power_iterations)

    def build(self, input_shape: Any = None) -> None:
        """Builds the layer, and makes u, one number for each output."""
        super().build(input_shape)
        kernel = getattr(self.layer, "kernel", getattr(self.layer, "embeddings", None))
        if not isinstance(kernel, keras.Variable):
            raise InputError(
                "`layer` must have a `kernel` or `embeddings` to normalize; got "
                f"{type(self.layer).__name__}. Wrap the layers inside it instead."
            )
        self.kernel = kernel
        # σ is computed in float32 at least.
        dtype = keras.backend.result_type(self.variable_dtype, "float32")
        self.u = self.add_weight(
            shape=(self._matrix(tf.convert_to_tensor(kernel)).shape[-1],),
            initializer="random_normal",
            dtype=dtype,
            trainable=False,
            # Every replica computes the same u from the same W: nothing is reduced, but
            # TensorFlow must be told which copy to keep.
            aggregation="only_first_replica",
            name="u",
        )

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Calls the layer with W/σ for its kernel."""
        kernel, u = self._normalized()
        if training and self.trainable:
            self.u.assign(u)
        return self._call_with(kernel, inputs)

    def normalized_kernel(self) -> Tensor:
        """Returns W/σ, as calls with `training=False` use it.

        Returns:
            The kernel in its own shape, such as `(inputs, units)` of a dense layer, in
            float32 or wider. The layer must be built.
        """
        return self._normalized()[0]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape of the layer's output."""
        return self.layer.compute_output_shape(input_shape)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Returns the layer's output shape and dtype, not the wrapper's own dtype."""
        kwargs.pop("training", None)
        return self.layer.compute_output_spec(*args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "power_iterations": self.power_iterations}

    def _normalized(self) -> tuple[Tensor, Tensor]:
        """Returns W/σ, and the u that σ was computed with."""
        u = tf.convert_to_tensor(self.u)
        kernel = tf.cast(self.kernel, u.dtype)
        matrix = self._matrix(kernel)
        u, v = power_iteration(matrix, u, self.power_iterations)
        return kernel / spectral_norm(matrix, u, v), u

    def _matrix(self, kernel: Tensor) -> Tensor:
        """Reshapes the kernel to `(inputs, outputs)`."""
        if isinstance(self.layer, _TRANSPOSED):
            kernel = tf.linalg.matrix_transpose(kernel)
        return tf.reshape(kernel, (-1, kernel.shape[-1]))

    def _call_with(self, kernel: Tensor, inputs: Tensor) -> Tensor:
        """Calls the layer with another value in the place of its kernel."""
        # The scope acts in this thread and during this call only. It hides a scope
        # around it, so it must hand on the values of the layer's other variables.
        values = [(v, v.value) for v in self.layer.variables if v is not self.kernel]
        values.append((self.kernel, tf.cast(kernel, self.variable_dtype)))
        with keras.StatelessScope(
            values, collect_losses=True, initialize_variables=False
        ) as scope:
            outputs = self.layer(inputs)
        for loss in scope.losses:
            self.add_loss(loss)
        return outputs


def _length(vector: Tensor) -> Tensor:
    return tf.sqrt(tf.reduce_sum(tf.square(vector)))


def _unit(vector: Tensor) -> Tensor:
    return vector / tf.maximum(_length(vector), _SMALLEST)
