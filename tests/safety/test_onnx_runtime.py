"""ONNX Runtime itself keeps the weights of a model inside its folder.

It does since 1.24.1, the lower bound in setup.py; 1.23.2 reads any file. The
examination comes first and refuses the same; this is the second lock.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper


def model_with_weights_at(location):
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [4], np.zeros(4))
    tensor.ClearField("float_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", "0"), ("length", "16")):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    node = helper.make_node("Identity", ["w"], ["y"])
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, [4])
    graph = helper.make_graph([node], "g", [], [output], [tensor])
    opsets = [helper.make_opsetid("", 18)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9)


@pytest.fixture
def drawn_from(tmp_path):
    """From a location, as the model says it, to the weights that are read there."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "folder").symlink_to(tmp_path)
    for path in (tmp_path / "secret.bin", tmp_path / "in" / "weights.bin"):
        path.write_bytes(np.full(4, 7, np.float32).tobytes())
    (tmp_path / "in" / "link.bin").symlink_to(tmp_path / "secret.bin")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4

    def draw(location):
        path = tmp_path / "in" / "model.onnx"
        location = location.replace("FOLDER", str(tmp_path))
        onnx.save(model_with_weights_at(location), path)
        session = onnxruntime.InferenceSession(
            str(path), options, ["CPUExecutionProvider"]
        )
        (values,) = session.run(None, {})
        return values

    return draw


def test_weights_beside_the_model_are_read(drawn_from):
    np.testing.assert_array_equal(drawn_from("weights.bin"), np.full(4, 7, np.float32))


@pytest.mark.parametrize(
    "location", ["../secret.bin", "FOLDER/secret.bin", "link.bin", "folder/secret.bin"]
)
def test_weights_elsewhere_are_not_read(drawn_from, location):
    with pytest.raises(Exception, match=r"(?i)external data"):
        drawn_from(location)


def test_no_older_onnx_runtime_is_installed_with_the_package():
    setup = Path(__file__).parents[2] / "setup.py"
    (bound,) = re.findall(r'"onnxruntime>=([\d.]+)"', setup.read_text("utf-8"))
    assert tuple(map(int, bound.split("."))) >= (1, 24, 1)
