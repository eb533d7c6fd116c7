"""From a Keras generator to an ONNX graph, by tf2onnx."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
import tensorflow as tf
from onnx import numpy_helper

from keras_gan._checks import InputError
from keras_gan._typing import Tensor
from keras_gan.export import _network
from keras_gan.export.log_capture import captured_logs
from keras_gan.export.graph.model_files import EXTERNAL_DATA_ABOVE, LARGEST_WEIGHT
from keras_gan.export.graph.upsampling_as_resize import upsampling_by_resize
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.training import GAN


def convert(
    gan: GAN, spec: GeneratorSpec, opset: int, *, limit: int = EXTERNAL_DATA_ABOVE
) -> onnx.ModelProto:
    """Returns the graph of `z` [, `label`] to `image`.

    Args:
        gan: The model whose sampler is converted.
        spec: What the images are to be.
        opset: The version of the operators.
        limit: The bytes of weights above which they are inputs of the graph while it
            is converted, since the converter can hold no more than 2 GB.

    Raises:
        ValueError: If ONNX cannot express the generator.
    """
    variables = list(gan.sampler.variables)
    arrays = [np.asarray(variable) for variable in variables]
    for variable, array in zip(variables, arrays, strict=True):
        if array.nbytes > LARGEST_WEIGHT:
            raise InputError(
                f"The weight '{variable.path}' of shape {array.shape} has "
                f"{array.nbytes / 1e9:.1f} GB, and ONNX can hold none above 2 GB; use "
                "smaller layers, or export a SavedModel."
            )
    if sum(array.nbytes for array in arrays) <= limit:
        arrays = []
    names = [f"weight_{place}" for place in range(len(arrays))]
    images_of = _network.image_function(gan)
    if arrays:
        images_of = _network.stateless_image_function(gan)

    def generator(**inputs: Tensor) -> dict[str, Tensor]:
        weights = [inputs.pop(name) for name in names]
        images = images_of(weights, **inputs) if weights else images_of(**inputs)
        if spec.layout == "nchw":
            images = tf.transpose(images, (0, 3, 1, 2))
        if spec.output == "uint8":
            images = _network.to_uint8(images, spec)
        return {"image": images}

    signature = _network.input_signature(spec)
    for name, array in zip(names, arrays, strict=True):
        signature.append(tf.TensorSpec(array.shape, array.dtype, name=name))
    with upsampling_by_resize(gan.sampler):
        model = _converted(generator, signature, opset)
    return _holding(model, dict(zip(names, arrays, strict=True)))


def _converted(
    function: Callable[..., Any], signature: Sequence[tf.TensorSpec], opset: int
) -> onnx.ModelProto:
    import tf2onnx

    names = [str(tensor.name) for tensor in signature]

    def positional(*inputs: Tensor) -> dict[str, Tensor]:
        return function(**dict(zip(names, inputs, strict=True)))

    # TensorFlow logs of whatever else the process holds, such as tables for lookups.
    with captured_logs("tensorflow"), captured_logs("tf2onnx") as records:
        try:
            model, _ = tf2onnx.convert.from_function(
                tf.function(positional, input_signature=signature),
                input_signature=signature,
                opset=opset,
            )
        except Exception as error:  # the converter raises whatever goes wrong in it
            reason = " ".join(str(error).split())[:200]
            raise InputError(
                f"The generator cannot be converted to ONNX: {reason}."
            ) from error
    # The converter logs what it cannot convert, and still returns a model.
    for record in records:
        message = record.getMessage()
        if "is not supported" in message:
            raise InputError(
                f"ONNX cannot express the generator: {message}; use layers without it."
            )
    return model


def _holding(model: onnx.ModelProto, weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    """Returns the model with inputs that are weights turned into what it holds."""
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
