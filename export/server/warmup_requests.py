"""Writes the requests that TF Serving replays when it loads a model.

A request is a record of type `tensorflow.serving.PredictionLog`, written in protobuf's
wire format here, so that an export needs no package of TF Serving. The tests read the
records with the official messages.

Source: https://www.tensorflow.org/tfx/serving/saved_model_warmup
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import tensorflow as tf

from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.export.parity.requests import Requests

WARMUP_FILE = Path("assets.extra", "tf_serving_warmup_requests")
"""The path in a version folder that TF Serving reads."""

_BATCH_SIZES = (1, 8)

# Field numbers of prediction_log.proto, predict.proto, model.proto and map entries.
_PREDICT_LOG = 6
_REQUEST = 1
_MODEL_SPEC, _INPUTS = 1, 2
_NAME, _SIGNATURE_NAME = 1, 3
_KEY, _VALUE = 1, 2


def write_warmup(
    folder: Path, model: str, requests: Requests, spec: GeneratorSpec
) -> None:
    """Writes a request for each signature and batch size into a version folder.

    Args:
        folder: The version folder.
        model: The name under which the model will be served.
        requests: At least eight, for the largest batch.
        spec: The exported generator.
    """
    path = folder / WARMUP_FILE
    path.parent.mkdir()
    with tf.io.TFRecordWriter(str(path)) as writer:
        for size in _BATCH_SIZES:
            first = requests.first(size)
            writer.write(_log(model, "serving_default", first.inputs(spec)))
            if not spec.why_no_png:
                writer.write(_log(model, "generate", first.picture_inputs()))


def _log(model: str, signature: str, inputs: Mapping[str, np.ndarray]) -> bytes:
    model_spec = _text(_NAME, model) + _text(_SIGNATURE_NAME, signature)
    request = _field(_MODEL_SPEC, model_spec)
    for name, values in inputs.items():
        tensor = tf.make_tensor_proto(values).SerializeToString()
        request += _field(_INPUTS, _text(_KEY, name) + _field(_VALUE, tensor))
    return _field(_PREDICT_LOG, _field(_REQUEST, request))


def _text(number: int, content: str) -> bytes:
    return _field(number, content.encode())


def _field(number: int, content: bytes) -> bytes:
    """Returns a field of bytes, text or a message: its tag, its length, its content."""
    length_delimited = 2
    return _varint(number << 3 | length_delimited) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """Returns an integer in bytes of seven bits; the eighth says that more follow."""
    result = bytearray()
    while value > 0x7F:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*result, value])
