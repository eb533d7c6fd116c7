"""The same graph in fewer operators."""

from __future__ import annotations

import logging
from typing import Any

import onnx

from keras_gan.export import _onnx_files
from keras_gan.export.log_capture import captured_logs


def optimised(model: onnx.ModelProto) -> onnx.ModelProto:
    """Returns the graph with what can be computed beforehand computed.

    onnxslim folds normalization into the convolution or the transposed convolution
    before it, and removes operators that do nothing. Of the tools that were compared
    (onnxoptimizer, ONNX Runtime's own at the basic level) it is the one that
    folds into a transposed convolution. What is larger than a protobuf message stays
    as it is, since no tool takes it.
    """
    if _onnx_files.weight_bytes(model) > _onnx_files.EXTERNAL_DATA_ABOVE:
        return model
    level = logging.root.level
    try:
        with captured_logs("onnxslim"):
            import onnxslim

            slim: Any = onnxslim.slim(model)
    finally:
        logging.root.setLevel(level)
    return model if slim is None else slim
