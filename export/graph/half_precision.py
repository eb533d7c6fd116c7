"""Half precision in ONNX: the conversion, and what parity on a CPU does not show."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime

from keras_gan.export.parity.comparison import Mismatch

_CHUNK = 8


def in_half_precision(model: onnx.ModelProto) -> onnx.ModelProto:
    """Returns `model` with float16 weights and arithmetic, and its inputs as before."""
    from onnxruntime.transformers.float16 import convert_float_to_float16
    from onnxruntime.transformers.onnx_model import OnnxModel

    half = convert_float_to_float16(model, keep_io_types=True)
    # The converter appends the casts of the inputs behind their readers.
    OnnxModel.graph_topological_sort(half.graph)
    return half


def check_range(model: onnx.ModelProto, inputs: dict[str, np.ndarray]) -> None:
    """Raises `Mismatch` if a value inside the graph is too large for a half.

    A CPU runs half-precision operators in float32 and casts between them away, so that
    its images are right where those of a GPU would be black. Every half-precision
    tensor is therefore fetched as one.

    Args:
        model: A half-precision model.
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
    count = len(next(iter(inputs.values())))
    for start in range(0, count, _CHUNK):
        part = {name: a[start : start + _CHUNK] for name, a in inputs.items()}
        for name, values in zip(names, session.run(names, part), strict=True):
            if not np.all(np.isfinite(np.asarray(values))):
                raise Mismatch(
                    f"its tensor '{name}' holds values that float16 cannot; export "
                    "with `precision='float32'`"
                )
