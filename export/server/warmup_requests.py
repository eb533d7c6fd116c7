"""Records that TF Serving replays when it loads a model, before it serves it.

A record is a `tensorflow.serving.PredictionLog`. It is written in protobuf's wire
format here, so that an export needs no package of TF Serving's; the tests read it with
the official messages.

Source: https://www.tensorflow.org/tfx/serving/saved_model_warmup
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import tensorflow as tf

from keras_gan.export.parity.comparison import Requests
from keras_gan.export.generator_spec import GeneratorSpec

WARMUP_FILE = Path("assets.extra", "tf_serving_warmup_requests")
"""Where TF Serving looks for them in a version folder."""

BATCH_SIZES = (1, 8)

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
        model: The name that the model is to be served by.
        requests: At least as many as the largest batch has.
        spec: The exported generator.
    """
    path = folder / WARMUP_FILE
    path.parent.mkdir()
    with tf.io.TFRecordWriter(str(path)) as writer:
        for size in BATCH_SIZES:
            first = requests.first(size)
            writer.write(_log(model, "serving_default", first.inputs(spec)))
            if spec.is_picture:
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
    """A field of bytes, text or a message: its tag, its length, its content."""
    length_delimited = 2
    return _varint(number << 3 | length_delimited) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    result = bytearray()
    while value > 0x7F:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*result, value])
