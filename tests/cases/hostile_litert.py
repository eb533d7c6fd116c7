"""LiteRT files that would run code of others, or read outside of themselves."""

from __future__ import annotations

import json
import struct

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

from cases.hostile_onnx import checksum
from keras_gan.safety.seal import SEAL_KEY, seal_json, seal_litert

SEAL = len(SEAL_KEY) + 1 + 64


def unsealed(path):
    """A LiteRT file without the checksum behind it."""
    return path.read_bytes()[:-SEAL]


def packed(model):
    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def changed_bytes(change):
    def make(path, good, outside):
        path = path.with_suffix(".tflite")
        path.write_bytes(seal_litert(change(unsealed(good["litert"]))))
        record = json.loads(good["litert"].with_name("good.tflite.json").read_text())
        record["files"] = {path.name: checksum(path)}
        path.with_name(f"{path.name}.json").write_text(json.dumps(seal_json(record)))
        return path

    return make


def changed_model(change):
    def changed(content):
        model = schema.ModelT.InitFromPackedBuf(content)
        change(model, model.subgraphs[0])
        return packed(model)

    return changed_bytes(changed)


def operator_of(code):
    """Makes the last operator one of somebody's own, found by its name."""

    def change(model, graph):
        model.operatorCodes[graph.operators[-1].opcodeIndex] = code

    return change


def custom_code(name):
    code = schema.OperatorCodeT()
    code.builtinCode = schema.BuiltinOperator.CUSTOM
    code.deprecatedBuiltinCode = schema.BuiltinOperator.CUSTOM
    code.customCode, code.version = name, 1
    return code


def built_in(number):
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = number
    code.version = 1
    return code


def second_graph(model, graph):
    model.subgraphs.append(graph)


def variable(model, graph):
    graph.tensors[-1].isVariable = True


def outside(model, graph):
    """Weights behind the flat buffer, of a size that the file does not have."""
    largest(model).data = None
    largest(model).offset, largest(model).size = 1 << 20, 1 << 30


def largest(model):
    return max(model.buffers, key=lambda b: 0 if b.data is None else len(b.data))


def more_than_it_holds(model, graph):
    (tensor,) = (t for t in graph.tensors if model.buffers[t.buffer] is largest(model))
    tensor.shape, tensor.shapeSignature = [10**6, 100], None


def endless(model, graph):
    graph.tensors[-1].shape, graph.tensors[-1].shapeSignature = [2**10] * 3, None


def no_such_tensor(model, graph):
    graph.operators[-1].inputs = [10**6]


def reads_unwritten(model, graph):
    """The first operator reads what the last one will write."""
    first, last = graph.operators[0], graph.operators[-1]
    first.inputs = [*last.outputs, *first.inputs[1:]]


def stride_of_zero(model, graph):
    for operator in graph.operators:
        if hasattr(operator.builtinOptions, "strideH"):
            operator.builtinOptions.strideH = 0


def other_options(model, graph):
    options = schema.Conv2DOptionsT()
    graph.operators[-1].builtinOptions = options
    graph.operators[-1].builtinOptionsType = schema.BuiltinOptions.Conv2DOptions


def root_behind_the_end(content):
    return struct.pack("<I", 0x7FFFFFF0) + content[4:]


def table_before_the_start(content):
    """The first table looks for its fields before the file."""
    (root,) = struct.unpack_from("<I", content)
    return content[:root] + struct.pack("<i", 2**30) + content[root + 4 :]


def unknown_field(content):
    """The first table has a field more than anybody knows."""
    fields = struct.pack("<HH", 44, 8) + bytes(38) + struct.pack("<H", 4)
    content += bytes(-len(content) % 4) + fields + struct.pack("<ii", len(fields), 0)
    return struct.pack("<I", len(content) - 8) + content[4:]


LITERT = {
    "operator_of_a_library": changed_model(operator_of(custom_code("Mine"))),
    "operator_of_tensorflow": changed_model(operator_of(custom_code("FlexReadFile"))),
    "calls_a_graph": changed_model(operator_of(built_in(schema.BuiltinOperator.CALL))),
    "another_graph": changed_model(second_graph),
    "keeps_a_state": changed_model(variable),
    "weights_outside": changed_model(outside),
    "tensor_without_values": changed_model(more_than_it_holds),
    "endless_tensor": changed_model(endless),
    "tensor_that_is_not_there": changed_model(no_such_tensor),
    "reads_unwritten_memory": changed_model(reads_unwritten),
    "divides_by_zero": changed_model(stride_of_zero),
    "options_of_another": changed_model(other_options),
    "root_behind_the_end": changed_bytes(root_behind_the_end),
    "fields_before_the_start": changed_bytes(table_before_the_start),
    "field_of_a_later_version": changed_bytes(unknown_field),
}
