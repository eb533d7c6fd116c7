"""Traces the signatures of a SavedModel: latents to images, and seeds to PNG files."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._typing import Tensor
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.export.parity import keras_generator
from keras_gan.export.server.png_text import described
from keras_gan.safety.allowed.tensorflow_operators import PYTHON_PREFIXES
from keras_gan.training import GAN

# zlib's levels: its default, and the fastest, whose files are about a seventh larger.
_USUAL, _FASTEST = -1, 1
# The parts of a batch that are encoded at the same time.
_PARTS = 4


def signatures_of(gan: GAN, spec: GeneratorSpec, *, exact: bool) -> dict[str, Any]:
    """Returns the functions `serving_default` and, if PNG holds the images, `generate`.

    Args:
        gan: The model.
        spec: Its generator.
        exact: Whether `generate` computes each image by itself, and not the batch.

    Raises:
        ValueError: If the generator calls Python code.
    """
    images_of = keras_generator.image_function(gan)

    def serve(z: Tensor, label: Tensor | None = None) -> dict[str, Tensor]:
        return {"image": images_of(z, _checked_labels(label, spec.num_classes))}

    z, *label = keras_generator.input_signature(spec)
    result = {"serving_default": _traced(serve, z, *label)}
    if not spec.why_no_png:
        seed = tf.TensorSpec((None,), tf.int64, name="seed")
        truncation = tf.TensorSpec((None,), tf.float32, name="truncation")
        generate = _drawing_function(gan, spec, images_of, exact)
        result["generate"] = _traced(generate, seed, *label, truncation)
    return result


def _drawing_function(
    gan: GAN,
    spec: GeneratorSpec,
    images_of: Callable[..., Tensor],
    exact: bool,
) -> Callable[..., dict[str, Tensor]]:
    """Returns the function that draws the PNG files of seeds."""

    def levels_of(batch: dict[str, Tensor]) -> Tensor:
        z = gan.prior.latents_tf(
            batch["seed"], spec.latent_dim, truncation=batch["truncation"]
        )
        return keras_generator.to_uint8(images_of(z, batch.get("label")), spec)

    def levels_alone(row: dict[str, Tensor]) -> Tensor:
        return levels_of({name: value[tf.newaxis] for name, value in row.items()})[0]

    def generate(**inputs: Tensor) -> dict[str, Tensor]:
        factors = inputs["truncation"]
        inputs["truncation"] = _checked(
            factors,
            (factors > 0) & (factors <= 1),
            "`truncation` must be in (0, 1]; got",
        )
        if "label" in inputs:
            inputs["label"] = _checked_labels(inputs["label"], spec.num_classes)
        if exact:
            levels = tf.map_fn(levels_alone, inputs, fn_output_signature=tf.uint8)
        else:
            levels = levels_of(inputs)
        pictures = _encoded(levels, compression=_USUAL if exact else _FASTEST)
        return {"image_bytes": described(pictures)}

    return generate


def _encoded(levels: Tensor, compression: int) -> Tensor:
    """Returns the PNG files of a batch, encoded in several threads.

    TensorFlow's operation shares a batch among threads only where its images are large.
    """
    count = tf.shape(levels)[0]
    ends = [count * part // _PARTS for part in range(_PARTS + 1)]
    parts = [levels[start:end] for start, end in itertools.pairwise(ends)]
    pictures = [tf.io.encode_png(part, compression=compression) for part in parts]
    return tf.concat(pictures, axis=0)


def _traced(function: Callable[..., Any], *inputs: tf.TensorSpec) -> Any:
    by_name = {str(tensor.name): tensor for tensor in inputs}
    concrete = tf.function(function).get_concrete_function(**by_name)
    definition = concrete.graph.as_graph_def()
    nodes = [*definition.node]
    for inner in definition.library.function:
        nodes += inner.node_def
    if any(node.op.startswith(PYTHON_PREFIXES) for node in nodes):
        raise InputError(
            "The generator calls Python code (tf.py_function or tf.numpy_function), "
            "which no server can run; use TensorFlow operations."
        )
    return concrete


def _checked_labels(label: Tensor | None, num_classes: int | None) -> Tensor | None:
    if label is None or num_classes is None:
        return None
    return _checked(
        label,
        (label >= 0) & (label < num_classes),
        f"`label` must be in 0..{num_classes - 1}; got",
    )


def _checked(values: Tensor, valid: Tensor, message: str) -> Tensor:
    """Returns `values`, with a check that runs before any operation on them."""
    check = tf.debugging.Assert(tf.reduce_all(valid), [message, values])
    with tf.control_dependencies([check]):
        return tf.identity(values)
