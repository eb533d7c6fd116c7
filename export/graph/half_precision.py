"""Converts an ONNX graph to float16, and looks for overflow that a CPU would hide."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime

from keras_gan.export.arrays import batches_of
from keras_gan.export.parity.comparison import Mismatch

_BATCH = 8


def in_half_precision(model: onnx.ModelProto) -> onnx.ModelProto:
    """Returns `model` with float16 weights and arithmetic, but float32 inputs."""
    from onnxruntime.transformers.float16 import convert_float_to_float16
    from onnxruntime.transformers.onnx_model import OnnxModel

    half = convert_float_to_float16(model, keep_io_types=True)
    # The converter puts the casts of the inputs after the nodes that read them.
    OnnxModel.graph_topological_sort(half.graph)
    return half


def check_range(model: onnx.ModelProto, inputs: dict[str, np.ndarray]) -> None:
    """Raises `Mismatch` if a value inside the graph is too large for float16.

    On a CPU, ONNX Runtime computes float16 operators in float32 and removes the casts
    between them, so that its images are right where those of a GPU would be black.
    Every float16 tensor is therefore made an output, which forces its type.

    Args:
        model: A float16 model.
        inputs: `(B, ...)` arrays by input name.
    """
    inferred = onnx.shape_inference.infer_shapes(model)
    halves = [
        tensor
        for tensor in inferred.graph.value_info
        if tensor.type.tensor_type.elem_type == onnx.TensorProto.FLOAT16
    ]
    opened = onnx.ModelProto()
    opened.CopyFrom(model)
    opened.graph.output.extend(halves)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        opened.SerializeToString(), options, ["CPUExecutionProvider"]
    )
    names = [tensor.name for tensor in halves]
    for part in batches_of(inputs, _BATCH):
        for name, values in zip(names, session.run(names, part), strict=True):
            if not np.all(np.isfinite(np.asarray(values))):
                raise Mismatch(
                    f"its tensor '{name}' holds values that float16 cannot; export "
                    "with `precision='float32'`"
                )
