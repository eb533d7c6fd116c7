"""Makes an `Extractor` from a name, a file or a Keras model."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan._checks import InputError, foreign_file
from keras_gan._keras_private import at_most_variables
from keras_gan.evaluation.extractor import Extractor
from keras_gan.metrics import digit_classifier
from keras_gan.safety.keras_file import examine_keras
from keras_gan.safety.onnx_file import examine_onnx
from keras_gan.safety.saved_model import GRAPH, examine_saved_model

# The range that most of Keras's own pretrained networks take.
_FILE_RANGE = (-1.0, 1.0)


def open_extractor(
    source: Any, *, value_range: tuple[float, float] | None = None
) -> Extractor:
    """Returns the extractor of a name, or the one in a file.

    A result may be called "FID" only if the extractor is the reference Inception
    network of Heusel et al. 2017 with its own resizing. No name here stands for it.

    Args:
        source: One of

            - "pixels": the numbers themselves, flattened;
            - "digits": 128 features and ten probabilities of
              `metrics.DigitClassifier`, for digits;
            - the path of an ONNX file, a `.keras` file or a SavedModel folder with one
              input of images, NHWC or, for ONNX, also NCHW. Its output is the features;
              of several outputs, those named "features" and "probabilities";
            - a Keras model of that kind, or an `Extractor`.
        value_range: The (low, high) that a network takes; None for (-1, 1).

    Raises:
        ValueError: If there is no such extractor, or the file holds none or is not
            safe to load.

    Example:
        >>> digits = evaluation.open_extractor("digits")
        >>> digits.image_shape
        (28, 28, 1)
    """
    if isinstance(source, Extractor):
        return source
    given = _FILE_RANGE if value_range is None else value_range
    if source == "pixels":
        return Extractor(_flatten, "pixels")
    if source == "digits":
        return _digits()
    if hasattr(source, "inputs") and hasattr(source, "weights"):
        return _from_keras_model(source, source.name, _sum_of_weights(source), given)
    if not isinstance(source, (str, os.PathLike)):
        raise _unknown(source)
    path = Path(source).expanduser()
    if path.suffix == ".onnx" and path.is_file():
        return _from_onnx(path, given)
    if path.suffix == ".keras" and path.is_file():
        return _from_keras_file(path, given)
    if (path / GRAPH).is_file():
        return _from_saved_model(path, given)
    raise _unknown(source)


def _unknown(source: object) -> InputError:
    return InputError(
        "`extractor` must be 'pixels', 'digits', an existing .onnx or .keras file or "
        f"SavedModel folder, a Keras model or an `Extractor`; got {str(source)!r}."
    )


def _flatten(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1)


def _digits() -> Extractor:
    """Returns the extractor of the bundled digit classifier."""
    network = digit_classifier.DigitClassifier((0.0, 1.0))

    def judge(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return network.features(images), network.probabilities(images)

    shape, value_range = digit_classifier.IMAGE_SHAPE, (0.0, 1.0)
    return Extractor(judge, network.name, shape, value_range, digit_classifier.SHA256)


def _from_onnx(path: Path, value_range: tuple[float, float]) -> Extractor:
    """Returns the extractor in an ONNX file."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    examined = examine_onnx(path, sealed=False).check()
    with foreign_file(path, "ONNX Runtime"):
        session = onnxruntime.InferenceSession(
            examined.content or str(path),
            options,
            ["CPUExecutionProvider"],
            enable_fallback=0,  # it would print the error, and try the same again
        )
    inputs = session.get_inputs()
    shape = inputs[0].shape[1:] if inputs else []
    channels_first = len(shape) == 3 and shape[0] in (1, 3) and shape[-1] not in (1, 3)
    if channels_first:
        shape = [*shape[1:], shape[0]]
    names: list[str] = [output.name for output in session.get_outputs()]

    def run(images: np.ndarray) -> Any:
        if channels_first:
            images = np.ascontiguousarray(images.transpose(0, 3, 1, 2))
        results: Any = session.run(names, {inputs[0].name: images})
        return _features_among(dict(zip(names, results, strict=True)))

    _check_input(path, len(inputs), shape)
    return _named(run, path.name, _sum_of_files(path), tuple(shape), value_range)


def _from_keras_file(path: Path, value_range: tuple[float, float]) -> Extractor:
    """Returns the extractor in a `.keras` file."""
    import keras

    found = examine_keras(path).check()
    with foreign_file(path, "Keras"), at_most_variables(found.most_variables):
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    if not hasattr(model, "inputs"):
        raise InputError(f"'{path}': it holds a {type(model).__name__}, not a model.")
    return _from_keras_model(model, path.name, _sum_of_files(path), value_range)


def _from_keras_model(
    model: Any, name: str, digest: str, value_range: tuple[float, float]
) -> Extractor:
    """Returns the extractor that calls a Keras model."""
    inputs = model.inputs or []
    shape = tuple(inputs[0].shape[1:]) if inputs else ()
    _check_input(name, len(inputs), shape)

    def run(images: np.ndarray) -> Any:
        outputs = model(images, training=False)
        if isinstance(outputs, (list, tuple)):
            outputs = dict(zip(model.output_names, outputs, strict=True))
        if not isinstance(outputs, dict):
            return np.asarray(outputs)
        return _features_among({key: np.asarray(part) for key, part in outputs.items()})

    return _named(run, name, digest, shape, value_range)


def _from_saved_model(path: Path, value_range: tuple[float, float]) -> Extractor:
    """Returns the extractor in a SavedModel."""
    import tensorflow as tf

    examine_saved_model(path).check()
    with foreign_file(path, "TensorFlow"):
        loaded = tf.saved_model.load(str(path))
        _, inputs = loaded.signatures["serving_default"].structured_input_signature
        shapes = [tuple(spec.shape[1:]) for spec in inputs.values()]
    _check_input(path, len(shapes), shapes[0] if shapes else ())
    (argument,) = inputs

    def run(images: np.ndarray) -> Any:
        # The signature reads variables that only `loaded` keeps alive.
        serve = loaded.signatures["serving_default"]
        outputs = serve(**{argument: tf.constant(images)})
        return _features_among({key: part.numpy() for key, part in outputs.items()})

    return _named(run, path.name, _sum_of_files(path), shapes[0], value_range)


def _features_among(outputs: dict[str, np.ndarray]) -> Any:
    """Returns the features among a network's outputs, and probabilities if any."""
    if len(outputs) == 1:
        (features,) = outputs.values()
        return features
    if "features" not in outputs:
        raise InputError(
            "An extractor with several outputs must name one of them 'features'; got "
            f"{sorted(outputs)}."
        )
    return outputs["features"], outputs.get("probabilities")


def _check_input(name: object, count: int, shape: Any) -> None:
    """Refuses a network whose input is not one batch of images of one size."""
    if count != 1 or len(shape) != 3 or not all(isinstance(n, int) for n in shape):
        raise InputError(
            f"'{name}': an extractor must have one input, of images of one size; this "
            f"has {count}, the first of shape {tuple(shape)}."
        )


def _sum_of_files(path: Path) -> str:
    """Returns the SHA-256 of the content of a file or folder."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        if file.is_file():
            digest.update(file.relative_to(path).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _sum_of_weights(model: Any) -> str:
    """Returns the SHA-256 of the weights of a Keras model."""
    digest = hashlib.sha256()
    for weight in model.weights:
        digest.update(np.asarray(weight).tobytes())
    return digest.hexdigest()


def _named(
    function: Callable[[np.ndarray], Any],
    name: str,
    digest: str,
    shape: Any,
    value_range: tuple[float, float],
) -> Extractor:
    """Returns an extractor whose name differs for other weights and another range."""
    shown = "" if value_range == _FILE_RANGE else "-in-{:g}-{:g}".format(*value_range)
    full = f"{name}-{digest[:8]}{shown}"
    return Extractor(function, full, tuple(shape), value_range, digest)
