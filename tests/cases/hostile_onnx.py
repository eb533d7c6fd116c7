"""ONNX files that would run code, or read others."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import onnx
from onnx import TensorProto, helper

from keras_gan.safety.seal import seal_json, seal_onnx


def changed_onnx(change):
    def make(path, good, outside):
        path = path.with_suffix(".onnx")
        model = onnx.load(good["onnx"])
        del model.metadata_props[1:]
        change(model, path, outside)
        path.write_bytes(model.SerializeToString())
        seal_onnx(path)
        record = json.loads(good["onnx"].with_name("good.onnx.json").read_text())
        record["files"] = {path.name: checksum(path)}
        path.with_name(f"{path.name}.json").write_text(json.dumps(seal_json(record)))
        return path

    return make


def checksum(path):
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return {"sha256": digest, "bytes": len(content)}


def point(tensor, location):
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", "0")):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value


def weights_at(location):
    def change(model, path, outside):
        point(largest(model), location(path, outside))

    return change


def largest(model):
    return max(model.graph.initializer, key=lambda tensor: len(tensor.raw_data))


def up_and_over(path, outside):
    return f"../{outside.name}/secret.bin"


def by_link(path, outside):
    link = path.with_name("weights_link.bin")
    link.symlink_to(outside / "secret.bin")
    return link.name


def in_a_constant(model, path, outside):
    tensor = helper.make_tensor("c", TensorProto.FLOAT, [4], np.zeros(4))
    tensor.ClearField("float_data")
    point(tensor, up_and_over(path, outside))
    node = helper.make_node("Constant", [], ["unused"])
    attribute = node.attribute.add()
    attribute.name, attribute.type = "value", onnx.AttributeProto.TENSOR
    attribute.t.CopyFrom(tensor)
    model.graph.node.append(node)


def in_a_branch(model, path, outside):
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [4], np.zeros(4))
    tensor.ClearField("float_data")
    point(tensor, str(outside / "secret.bin"))
    output = helper.make_tensor_value_info("w", TensorProto.FLOAT, [4])
    branch = helper.make_graph([], "branch", [], [output], [tensor])
    condition = helper.make_tensor("k", TensorProto.BOOL, [], [True])
    model.graph.initializer.append(condition)
    node = helper.make_node(
        "If", ["k"], ["unused"], then_branch=branch, else_branch=branch
    )
    model.graph.node.append(node)


def python_operator(model, path, outside):
    model.opset_import.append(helper.make_opsetid("ai.onnx.contrib", 1))
    model.graph.node.append(
        helper.make_node("PyOp", ["z"], ["unused"], domain="ai.onnx.contrib")
    )


def compiled_program(model, path, outside):
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    model.graph.node.append(
        helper.make_node(
            "EPContext",
            ["z"],
            ["unused"],
            domain="com.microsoft",
            ep_cache_context=up_and_over(path, outside),
        )
    )


def in_a_function(model, path, outside):
    """Weights that a function of the model holds for its own attribute."""
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [4], np.zeros(4))
    tensor.ClearField("float_data")
    point(tensor, "beside.bin")
    function = add_function(model, "F", [helper.make_node("Constant", [], ["o"])])
    attribute = function.attribute_proto.add()
    attribute.name, attribute.type = "w", onnx.AttributeProto.TENSOR
    attribute.t.CopyFrom(tensor)
    value = function.node[0].attribute.add()
    value.name, value.type, value.ref_attr_name = "value", attribute.type, "w"
    model.graph.node.append(helper.make_node("F", [], ["unused"], domain="own"))


def add_function(model, name, nodes):
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("own", 1)]
    function = helper.make_function("own", name, [], ["o"], nodes, opsets)
    model.functions.append(function)
    if not any(entry.domain == "own" for entry in model.opset_import):
        model.opset_import.append(opsets[1])
    return model.functions[-1]


def calls_itself(model, path, outside):
    call = helper.make_node("F0", [], ["o"], domain="own")
    add_function(model, "F0", [call])
    model.graph.node.append(call)


def multiplies(model, path, outside):
    """Forty functions of which each calls the next one twice: 2⁴⁰ nodes."""
    for number in range(40):
        calls = [
            helper.make_node(f"F{number + 1}", [], [name], domain="own")
            for name in ("a", "o")
        ]
        add_function(model, f"F{number}", calls)
    last = helper.make_node("Constant", [], ["o"], value_float=1.0)
    add_function(model, "F40", [last])
    model.graph.node.append(helper.make_node("F0", [], ["unused"], domain="own"))


def endless_shape(model, path, outside):
    tensor = model.graph.initializer.add()
    tensor.name, tensor.data_type = "huge", TensorProto.FLOAT
    tensor.dims.extend([2**62] * 300)


def more_than_it_holds(model, path, outside):
    del largest(model).dims[:]
    largest(model).dims.append(10**9)


def training(model, path, outside):
    model.training_info.add().algorithm.name = "x"


def unknown_fields(path, good, outside):
    path = path.with_suffix(".onnx")
    model = onnx.load(good["onnx"])
    del model.metadata_props[1:]
    path.write_bytes(model.SerializeToString() + b"\xa2\x06\x00" * 1_000_000)
    seal_onnx(path)
    record = json.loads(good["onnx"].with_name("good.onnx.json").read_text())
    record["files"] = {path.name: checksum(path)}
    path.with_name(f"{path.name}.json").write_text(json.dumps(seal_json(record)))
    return path


ONNX = {
    "absolute_weights": changed_onnx(weights_at(lambda p, o: str(o / "secret.bin"))),
    "weights_above": changed_onnx(weights_at(up_and_over)),
    "weights_by_link": changed_onnx(weights_at(by_link)),
    "weights_in_memory": changed_onnx(weights_at(lambda p, o: "*/_ORT_MEM_ADDR_/*")),
    "weights_of_a_constant": changed_onnx(in_a_constant),
    "weights_of_a_branch": changed_onnx(in_a_branch),
    "weights_of_a_function": changed_onnx(in_a_function),
    "function_that_calls_itself": changed_onnx(calls_itself),
    "functions_that_multiply": changed_onnx(multiplies),
    "endless_shape": changed_onnx(endless_shape),
    "more_than_it_holds": changed_onnx(more_than_it_holds),
    "training_inside": changed_onnx(training),
    "unknown_fields": unknown_fields,
    "python_operator": changed_onnx(python_operator),
    "compiled_program": changed_onnx(compiled_program),
}
