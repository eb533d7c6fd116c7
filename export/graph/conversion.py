"""Converts a Keras generator to an ONNX graph, with tf2onnx."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
import tensorflow as tf
from onnx import numpy_helper

from keras_gan._checks import InputError, one_line
from keras_gan._typing import Tensor
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.export.graph import missing_operators
from keras_gan.export.graph.model_files import EXTERNAL_DATA_ABOVE, LARGEST_WEIGHT
from keras_gan.export.graph.unknown_operators import origins_of, unknown_operators
from keras_gan.export.graph.upsampling_as_resize import upsampling_as_resize
from keras_gan.export.log_capture import captured_logs
from keras_gan.export.parity import keras_generator
from keras_gan.training import GAN
from keras_gan.training.inlined_functions import inlined_functions
from keras_gan.training.random_operations import draws_random_numbers


def convert(
    gan: GAN, spec: GeneratorSpec, opset: int, *, limit: int = EXTERNAL_DATA_ABOVE
) -> onnx.ModelProto:
    """Returns the graph of `z` [, `label`] to `image`.

    Args:
        gan: The model whose sampler is converted.
        spec: The type and layout of the images, among others.
        opset: The version of the operators.
        limit: The largest weights, in bytes, that the converter sees as constants, of
            which it can hold no more than 2 GB. Larger ones are inputs of the graph
            until it is converted.

    Raises:
        ValueError: If ONNX cannot express the generator.
    """
    if draws_random_numbers(gan.sampler, gan.interface):
        raise InputError(
            "The generator draws random numbers itself, which ONNX cannot do by seed; "
            "export a SavedModel."
        )
    arrays = _weights_of(gan)
    if sum(array.nbytes for array in arrays) <= limit:
        arrays = []
    names = [f"weight_{place}" for place in range(len(arrays))]
    images_of = keras_generator.image_function(gan)
    if arrays:
        images_of = keras_generator.stateless_image_function(gan)

    def generator(**inputs: Tensor) -> dict[str, Tensor]:
        weights = [inputs.pop(name) for name in names]
        images = images_of(weights, **inputs) if weights else images_of(**inputs)
        if spec.layout == "nchw":
            images = tf.transpose(images, (0, 3, 1, 2))
        if spec.output == "uint8":
            images = keras_generator.to_uint8(images, spec)
        return {"image": images}

    signature = keras_generator.input_signature(spec)
    for name, array in zip(names, arrays, strict=True):
        signature.append(tf.TensorSpec(array.shape, array.dtype, name=name))
    # Keras computes grouped convolutions in a function of their own, which XLA compiles
    # because TensorFlow has no such operation on CPUs. ONNX has one, but no calls.
    with upsampling_as_resize(gan.sampler), inlined_functions():
        model = _converted(gan, generator, signature, opset)
    return _with_weights(model, dict(zip(names, arrays, strict=True)))


def _weights_of(gan: GAN) -> list[np.ndarray]:
    """Returns the weights of the sampler, none of which may be too large for ONNX."""
    arrays = []
    for variable in gan.sampler.variables:
        array = np.asarray(variable)
        if array.nbytes > LARGEST_WEIGHT:
            raise InputError(
                f"The weight '{variable.path}' of shape {array.shape} has "
                f"{array.nbytes / 1e9:.1f} GB, and ONNX can hold none above 2 GB; use "
                "smaller layers, or export a SavedModel."
            )
        arrays.append(array)
    return arrays


def _converted(
    gan: GAN,
    function: Callable[..., Any],
    signature: Sequence[tf.TensorSpec],
    opset: int,
) -> onnx.ModelProto:
    import tf2onnx

    names = [str(tensor.name) for tensor in signature]

    def positional(*inputs: Tensor) -> dict[str, Tensor]:
        return function(**dict(zip(names, inputs, strict=True)))

    # TensorFlow also logs about other objects of the process, such as lookup tables.
    with captured_logs("tensorflow"), captured_logs("tf2onnx") as records:
        try:
            traced = tf.function(positional, input_signature=signature)
            constants = _captured_constants(traced.get_concrete_function())
            model, _ = tf2onnx.convert.from_function(
                traced,
                input_signature=signature,
                opset=opset,
                custom_op_handlers=missing_operators.handlers(),
            )
        except Exception as error:  # tf2onnx has no error class of its own
            raise InputError(
                f"The generator cannot be converted to ONNX: {one_line(error)}."
            ) from error
        # tf2onnx logs which operators it cannot convert, and still returns a model.
        unknown = unknown_operators([record.getMessage() for record in records])
        if unknown:
            origins = origins_of(
                unknown,
                gan.sampler,
                lambda: tf.function(positional).get_concrete_function(*signature),
            )
            raise InputError(
                f"ONNX cannot express the generator: {origins}. Use another layer or "
                "activation there, or export a SavedModel."
            )
    return _with_weights(model, constants)


def _captured_constants(traced: Any) -> dict[str, np.ndarray]:
    """Returns the tensors that layers keep outside of variables, by name.

    tf2onnx takes them for inputs; those of `Normalization(mean=...)` for example.
    """
    return {
        inside.name: outside.numpy()
        for outside, inside in traced.graph.captures
        if inside.dtype != tf.resource and hasattr(outside, "numpy")
    }


def _with_weights(
    model: onnx.ModelProto, weights: dict[str, np.ndarray]
) -> onnx.ModelProto:
    """Returns the model with the inputs of these names turned into constants."""
    kept = [tensor for tensor in model.graph.input if tensor.name not in weights]
    used = {name for node in model.graph.node for name in node.input}
    del model.graph.input[:]
    model.graph.input.extend(kept)
    model.graph.initializer.extend(
        numpy_helper.from_array(array, name)
        for name, array in weights.items()
        if name in used
    )
    return model
