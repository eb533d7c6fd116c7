"""Writes an exported .onnx file as an MLflow model, which `mlflow models serve` serves.

The signature names the type of every input. Without it MLflow sends whole numbers as
int64, and the generator refuses them, whose labels are int32.

Usage: python mlflow_model.py FILE.onnx FOLDER
"""

import sys

import mlflow.onnx
import numpy as np
import onnx
from mlflow.models import ModelSignature
from mlflow.types import Schema, TensorSpec

REQUIREMENTS = ["onnxruntime", "onnx", "numpy"]


def spec_of(tensor):
    """Returns the name, type and shape of an input or output, for any batch."""
    kind = tensor.type.tensor_type
    dtype = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type))
    shape = (-1, *(dimension.dim_value for dimension in kind.shape.dim[1:]))
    return TensorSpec(dtype, shape, tensor.name)


def main():
    """Writes the model."""
    if len(sys.argv) != 3:
        sys.exit(__doc__.splitlines()[-1])
    model = onnx.load(sys.argv[1])
    signature = ModelSignature(
        Schema([spec_of(tensor) for tensor in model.graph.input]),
        Schema([spec_of(tensor) for tensor in model.graph.output]),
    )
    mlflow.onnx.save_model(
        model, sys.argv[2], signature=signature, pip_requirements=REQUIREMENTS
    )


if __name__ == "__main__":
    main()
