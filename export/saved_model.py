"""Exports to a SavedModel that TF Serving serves."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError, check_positive_int
from keras_gan._files import atomic_path
from keras_gan._typing import Tensor
from keras_gan.export import _network, manifest
from keras_gan.export.log_capture import captured_logs
from keras_gan.export.parity.comparison import Mismatch, measure
from keras_gan.export.server.png_text import described
from keras_gan.export.parity.true_float32 import computing_in_float32
from keras_gan.export.parity.saved_model_reader import ServedModel
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.export.server.warmup_requests import write_warmup
from keras_gan.export.errors import VerificationError
from keras_gan.export.provenance import Provenance
from keras_gan.training import GAN

_PYTHON_OPERATORS = {"PyFunc", "PyFuncStateless", "EagerPyFunc"}


def save_saved_model(
    gan: GAN,
    directory: str | os.PathLike[str],
    *,
    version: int | None = None,
    provenance: Provenance | None = None,
) -> Path:
    """Exports the sampler of `gan` as the next version of a TF Serving model.

    The version folder appears whole, manifest included, after the model in it was
    loaded and compared with the Keras generator at batch sizes 1, 7 and 64; a server
    that watches `directory` never sees half a model. Signatures, computing in float32:

    - `serving_default`: `z` `(B, latent_dim)` float32 [, `label` `(B,)` int32] to
      `image` `(B, *image_shape)` float32 in `value_range`.
    - `generate`: `seed` `(B,)` int64 [, `label` `(B,)` int32], `truncation` `(B,)`
      float32 in (0, 1] to `image_bytes` `(B,)`, PNG files whose text says that they are
      synthetic. Each image is computed by
      itself, so that a seed is the same file whatever the batch around it; batched
      kernels round the last digits differently by batch size and place. Only for
      images `(height, width, 1 to 4 channels)` with a `value_range`.

    TF Serving replays the requests in `assets.extra/tf_serving_warmup_requests` before
    it serves the version, so that the first real one is not the slow one.

    Args:
        gan: The trained model; its moving average is exported, where there is one.
        directory: The model's base path, made if need be.
        version: The number of the version folder; None for the next free one.
        provenance: What is known of the training, for the manifest.

    Returns:
        The path of the version folder.

    Raises:
        ValueError: If the version exists, or the model cannot be exported; a
            `VerificationError` if the artifact does not equal the model.

    Example:
        >>> keras_gan.export.save_saved_model(gan, "serving/digits")
        PosixPath('serving/digits/1')
    """
    spec = _network.describe(gan)
    folder = _version_folder(Path(directory), version)
    with computing_in_float32(gan.sampler):
        reference = _network.reference_of(gan, spec)
        signatures = _signatures(gan, spec)
    weights = _Weights(gan.sampler)
    try:
        with atomic_path(folder) as temporary:
            _write(weights, temporary, signatures)
            name = folder.absolute().parent.name
            write_warmup(temporary, name, reference.requests, spec)
            found = measure(ServedModel(temporary, spec), reference)
            content = manifest.record(
                "saved_model",
                reference,
                found,
                manifest.checksums(temporary),
                packages=("tensorflow", "keras", "numpy"),
                provenance=provenance,
            ).to_json()
            path = temporary / manifest.FOLDER_MANIFEST
            path.write_text(content, encoding="utf-8")
    except Mismatch as error:
        raise VerificationError(f"'{folder}' was not written: {error}.") from error
    return folder


class _Weights(tf.Module):
    """What the SavedModel keeps of a network: its variables, not its Python class.

    They are TensorFlow's own. Of Keras's the writer makes copies, restores those, and
    the signatures read the others: Python loads both, the C++ loader of TensorFlow
    Serving and of the C API does not, and finds variables without a value.
    """

    def __init__(self, network: keras.Model) -> None:
        super().__init__()
        self.weights = [variable.value for variable in network.variables]


def _write(weights: _Weights, folder: Path, signatures: dict[str, Any]) -> None:
    try:
        with captured_logs("tensorflow"):
            tf.saved_model.save(weights, str(folder), signatures)
    except (AssertionError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"The generator cannot be a SavedModel: {reason}") from error


def _version_folder(base: Path, version: int | None) -> Path:
    if base.exists() and not base.is_dir():
        raise InputError(f"`directory` must be a folder; '{base}' is a file.")
    taken = manifest.version_folders(base)
    if version is None:
        version = max(taken, default=0) + 1
    version = check_positive_int("version", version)
    if version in taken:
        raise InputError(
            f"`version={version}` exists in '{base}'; a server may be using it. Leave "
            f"`version` out for the next free one, {max(taken) + 1}."
        )
    return base / str(version)


def _signatures(gan: GAN, spec: GeneratorSpec) -> dict[str, Any]:
    images_of = _network.image_function(gan)

    def serve(z: Tensor, label: Tensor | None = None) -> dict[str, Tensor]:
        return {"image": images_of(z, _checked_labels(label, spec.num_classes))}

    def draw(row: dict[str, Tensor]) -> Tensor:
        batch_of_one = {name: value[tf.newaxis] for name, value in row.items()}
        z = gan.prior.latents_tf(
            batch_of_one["seed"],
            spec.latent_dim,
            truncation=batch_of_one["truncation"],
        )
        images = images_of(z, batch_of_one.get("label"))
        return described(tf.io.encode_png(_network.to_uint8(images[0], spec)))

    def generate(**inputs: Tensor) -> dict[str, Tensor]:
        factors = inputs["truncation"]
        inputs["truncation"] = _checked(
            factors,
            (factors > 0) & (factors <= 1),
            "`truncation` must be in (0, 1]; got",
        )
        if "label" in inputs:
            inputs["label"] = _checked_labels(inputs["label"], spec.num_classes)
        pictures = tf.map_fn(draw, inputs, fn_output_signature=tf.string)
        return {"image_bytes": pictures}

    z, *label = _network.input_signature(spec)
    result = {"serving_default": _traced(serve, z, *label)}
    if spec.is_picture:
        seed = tf.TensorSpec((None,), tf.int64, name="seed")
        truncation = tf.TensorSpec((None,), tf.float32, name="truncation")
        result["generate"] = _traced(generate, seed, *label, truncation)
    return result


def _traced(function: Callable[..., Any], *inputs: tf.TensorSpec) -> Any:
    by_name = {str(tensor.name): tensor for tensor in inputs}
    concrete = tf.function(function).get_concrete_function(**by_name)
    definition = concrete.graph.as_graph_def()
    nodes = [*definition.node]
    for inner in definition.library.function:
        nodes += inner.node_def
    if any(node.op in _PYTHON_OPERATORS for node in nodes):
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
    """Returns `values` once all are known to be valid, before anything uses them."""
    check = tf.debugging.Assert(tf.reduce_all(valid), [message, values])
    with tf.control_dependencies([check]):
        return tf.identity(values)
