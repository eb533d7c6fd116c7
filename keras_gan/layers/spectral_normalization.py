"""Spectral normalization: a kernel over its largest singular value."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError, check_positive_int
from keras_gan._typing import Tensor

# Below it a matrix counts as zero.
_SMALLEST = 1e-12
# Their kernels are `(..., outputs, inputs)`.
_TRANSPOSED = (
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
)


def power_iteration(matrix: Tensor, u: Tensor, steps: int = 1) -> tuple[Tensor, Tensor]:
    """Brings a vector nearer to the largest singular value's, without a gradient.

    Args:
        matrix: `(inputs, outputs)`.
        u: `(outputs,)`, of any length but zero.
        steps: How often the matrix is applied to and fro.

    Returns:
        u `(outputs,)` and v `(inputs,)`, of length 1. Where the matrix maps u to zero,
        u is as it was and v is zero.

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
    """Returns σ = vᵀ · matrix · u, whose gradient is that of u and v held fixed.

    A matrix that maps u to zero has σ = 1, so that it can be divided by it.

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
    """Lets a layer compute with its kernel W over the largest singular value of W.

    W itself is the trainable variable and is never overwritten: gradients flow through
    W/σ(W), σ included, which Keras's layer of the same name leaves out. σ comes from
    `power_iterations` steps that start at a stored vector u. Calls with
    `training=True` store where they arrived, so that σ follows W from one training
    step to the next; other calls change nothing. u depends on W alone, and is the same
    on all replicas.

    A kernel is seen as a matrix of its output channels: `(-1, outputs)`.

    Args:
        layer: A layer with a `kernel`, such as Dense, Conv2D or Conv2DTranspose, or
            with `embeddings`; it also decides in what type is computed.
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
        # Of the kernel's own type and without autocast: σ of a kernel that has been
        # rounded to half precision would be off by 1e-3.
        kwargs["dtype"] = getattr(layer, "variable_dtype", None)
        super().__init__(layer, autocast=False, **kwargs)
        self.power_iterations = check_positive_int("power_iterations", power_iterations)

    def build(self, input_shape: Any = None) -> None:
        """Builds the layer, and u for the outputs of its kernel."""
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
            # From the same W every replica computes the same u: there is nothing to
            # reduce, but TensorFlow has to know which to keep.
            aggregation="only_first_replica",
            name="u",
        )

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Returns what the layer makes of `inputs` with W/σ for its kernel."""
        kernel, u = self._normalized()
        if training:
            self.u.assign(u)
        return self._call_with(kernel, inputs)

    def normalized_kernel(self) -> Tensor:
        """Returns W/σ, as calls with `training=False` use it."""
        return self._normalized()[0]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the layer's."""
        return self.layer.compute_output_shape(input_shape)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Returns the layer's, whose type is not this wrapper's."""
        kwargs.pop("training", None)
        return self.layer.compute_output_spec(*args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "power_iterations": self.power_iterations}

    def _normalized(self) -> tuple[Tensor, Tensor]:
        """W/σ, and the u of which σ comes."""
        u = tf.convert_to_tensor(self.u)
        kernel = tf.cast(self.kernel, u.dtype)
        matrix = self._matrix(kernel)
        u, v = power_iteration(matrix, u, self.power_iterations)
        return kernel / spectral_norm(matrix, u, v), u

    def _matrix(self, kernel: Tensor) -> Tensor:
        """The kernel as `(inputs, outputs)`."""
        if isinstance(self.layer, _TRANSPOSED):
            kernel = tf.linalg.matrix_transpose(kernel)
        return tf.reshape(kernel, (-1, kernel.shape[-1]))

    def _call_with(self, kernel: Tensor, inputs: Tensor) -> Tensor:
        """Calls the layer with another value in the place of its kernel."""
        # The scope is seen by this thread and during this call alone. It hides one
        # around it, so that the layer's other variables are handed on.
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
