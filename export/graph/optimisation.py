"""Reduces the operators of an ONNX graph without changing its images."""

from __future__ import annotations

import logging
from typing import Any

import onnx

from keras_gan.export.graph.model_files import EXTERNAL_DATA_ABOVE, weight_bytes
from keras_gan.export.log_capture import captured_logs


def optimised(model: onnx.ModelProto) -> onnx.ModelProto:
    """Returns the graph with constant parts computed beforehand, by onnxslim.

    onnxslim folds normalization into the convolution or the transposed convolution
    before it, and removes operators that do nothing. Of three tools that were compared
    (with onnxoptimizer, and ONNX Runtime's own at the basic level), only onnxslim folds
    into a transposed convolution. A model with weights above `EXTERNAL_DATA_ABOVE` is
    returned as it is, since no tool takes more than a protobuf message.
    """
    if weight_bytes(model) > EXTERNAL_DATA_ABOVE:
        return model
    level = logging.root.level
    try:
        with captured_logs("onnxslim"):
            import onnxslim

            slim: Any = onnxslim.slim(model)
    finally:
        logging.root.setLevel(level)
    return model if slim is None else slim
