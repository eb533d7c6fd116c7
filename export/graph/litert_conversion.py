"""Converts a Keras generator to a LiteRT model, with TensorFlow's converter."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import tensorflow as tf

from keras_gan._checks import InputError, one_line
from keras_gan._process import nothing_on_stderr
from keras_gan._typing import Tensor
from keras_gan._version import __version__
from keras_gan.export import runtime
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.export.graph.unknown_operators import origins_of
from keras_gan.export.graph.upsampling_as_resize import upsampling_as_resize
from keras_gan.export.log_capture import captured_logs
from keras_gan.export.parity import keras_generator
from keras_gan.training import GAN
from keras_gan.training.inlined_functions import inlined_functions
from keras_gan.training.random_operations import draws_random_numbers

LARGEST_WEIGHTS = 1_900_000_000
"""The most bytes of all weights: a flat buffer has less than 2³¹."""

_UNKNOWN = re.compile(r"(?:TF Select|Custom) ops: ([\w, ]+)")


def convert_to_litert(gan: GAN, spec: GeneratorSpec) -> bytes:
    """Returns the LiteRT model of `z` [, `label`] to `image`, with its metadata.

    Raises:
        ValueError: If LiteRT cannot express the generator.
    """
    if draws_random_numbers(gan.sampler, gan.interface):
        raise InputError(
            "The generator draws random numbers itself, which LiteRT cannot do by "
            "seed; export a SavedModel."
        )
    held = sum(np.asarray(variable).nbytes for variable in gan.sampler.variables)
    if held > LARGEST_WEIGHTS:
        raise InputError(
            f"The weights have {held / 1e9:.1f} GB, and a .tflite file holds less than "
            "2; use smaller layers, or export a SavedModel or an ONNX file."
        )
    with captured_logs("tensorflow"), captured_logs("absl"), captured_logs("tf2onnx"):
        try:
            with nothing_on_stderr():  # where the converter prints graphs
                content = _converted(gan, spec)
        except Exception as error:  # the converter's own, and many others
            raise _refusal(gan, spec, error) from error
    return _described(content, spec)


def _converted(gan: GAN, spec: GeneratorSpec) -> bytes:
    """Returns the model as TensorFlow's converter writes it."""
    traced = _frozen(gan, spec).get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([traced], tf.Module())
    if spec.precision != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if spec.precision == "float16":
        converter.target_spec.supported_types = [tf.float16]
    return converter.convert()


def _frozen(gan: GAN, spec: GeneratorSpec) -> Any:
    """Returns the generator as a function that holds its weights as constants.

    What layers compute from their weights alone is computed here: the converter leaves
    it to each call where weights are large, and then stores them in full precision.
    """
    from tf2onnx import tf_loader

    with upsampling_as_resize(gan.sampler), inlined_functions():
        traced = _function(gan, spec).get_concrete_function()
    inputs = [t.name for t in traced.inputs if t.dtype != tf.resource]
    (output,) = traced.outputs
    graph = tf_loader.from_function(traced, inputs, [output.name])
    for node in graph.node:
        # `layers.image_convolutions` writes out what "SAME" means, and the converter
        # takes the name alone.
        explicit = node.attr["padding"].s == b"EXPLICIT"
        if node.op == "Conv2DBackpropInput" and explicit:
            node.attr["padding"].s = b"SAME"
            del node.attr["explicit_paddings"].list.i[:]

    constants = _computed_constants(graph)

    def generate(*arrays: Tensor) -> dict[str, Tensor]:
        known = {name: tf.constant(value) for name, value in constants.items()}
        known |= zip(inputs, arrays, strict=True)
        (images,) = tf.import_graph_def(graph, known, [output.name])
        return {"image": images}

    signature = keras_generator.input_signature(spec)
    return tf.function(generate, input_signature=signature, autograph=False)


def _computed_constants(graph: Any) -> dict[str, np.ndarray]:
    """Returns what a graph computes from constants alone, by the name of the tensor.

    Of that, only what the rest of the graph reads is returned.
    """
    with tf.Graph().as_default() as loaded:
        tf.import_graph_def(graph, name="")
        varying: set[Any] = set()
        wanted: dict[str, Any] = {}
        for operation in loaded.get_operations():  # each after those that it reads
            known = [tensor for tensor in operation.inputs if tensor.op not in varying]
            if len(known) < len(operation.inputs) or operation.type == "Placeholder":
                varying.add(operation)
                computed = (tensor for tensor in known if tensor.op.type != "Const")
                wanted |= {tensor.name: tensor for tensor in computed}
        with tf.compat.v1.Session() as session:
            return session.run(wanted)


def _function(gan: GAN, spec: GeneratorSpec) -> Any:
    """Returns the generator as a `tf.function` of its inputs by position."""
    images_of = keras_generator.image_function(gan)
    signature = keras_generator.input_signature(spec)
    names = [str(tensor.name) for tensor in signature]

    def positional(*inputs: Tensor) -> Tensor:
        return images_of(**dict(zip(names, inputs, strict=True)))

    return tf.function(positional, input_signature=signature)


def _refusal(gan: GAN, spec: GeneratorSpec, error: Exception) -> InputError:
    """Returns the error that names the layers which LiteRT cannot express."""
    unknown = [
        name.strip()
        for listed in _UNKNOWN.findall(str(error))
        for name in listed.split(",")
    ]
    if not unknown:
        return InputError(
            f"The generator cannot be converted to LiteRT: {one_line(error)}."
        )
    origins = origins_of(
        unknown, gan.sampler, lambda: _function(gan, spec).get_concrete_function()
    )
    return InputError(
        f"LiteRT cannot express the generator: {origins}. Use another layer or "
        "activation there, or export a SavedModel or an ONNX file."
    )


def _described(content: bytes, spec: GeneratorSpec) -> bytes:
    """Adds the names of inputs and outputs, and the spec as metadata."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model: Any = schema.ModelT.InitFromPackedBuf(content)
    model.description = f"keras_gan {__version__}"
    (graph,) = model.subgraphs
    signature = schema.SignatureDefT()
    signature.signatureKey = "serving_default"
    names = [str(tensor.name) for tensor in keras_generator.input_signature(spec)]
    signature.inputs = _named(schema, names, graph.inputs)
    signature.outputs = _named(schema, ["image"], graph.outputs)
    model.signatureDefs = [signature]
    buffer, entry = schema.BufferT(), schema.MetadataT()
    text = json.dumps(spec.to_dict()).encode()
    buffer.data = np.frombuffer(text, np.uint8)  # pyright: ignore[reportAttributeAccessIssue]
    entry.name, entry.buffer = runtime.METADATA_KEY, len(model.buffers)
    model.buffers.append(buffer)
    model.metadata = [*(model.metadata or []), entry]
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _named(schema: Any, names: list[str], tensors: Any) -> list[Any]:
    """Returns the entries of a signature that name tensors by number, in order."""
    entries = []
    for name, number in zip(names, tensors, strict=True):
        entry = schema.TensorMapT()
        entry.name, entry.tensorIndex = name, int(number)
        entries.append(entry)
    return entries
