"""The lists of what may be in a file name what the frameworks have, and no more."""

from __future__ import annotations

import importlib
import inspect

import keras
import onnx
import pytest
import tensorflow as tf
from ai_edge_litert import schema_py_generated
from google.protobuf.descriptor import FieldDescriptor
from keras.src.saving.keras_saveable import KerasSaveable
from tensorflow.core.protobuf import saved_model_pb2

from keras_gan.safety.allowed import (
    keras_content,
    litert_content,
    onnx_content,
    saved_model_content,
    tensorflow_operators,
)

# Names of the schemas that the libraries call otherwise.
ONNX_NAMES = {
    "Opset": "OperatorSetIdProto",
    "Property": "StringStringEntryProto",
    "MainGraph": "GraphProto",
    "Weights": "TensorProto",
    "Tensor": "TensorProto",
    "Sparse": "SparseTensorProto",
    "Value": "ValueInfoProto",
    "Elements": "Sequence",
    "TensorType": "Tensor",
    "Shape": "TensorShapeProto",
}
TENSORFLOW_NAMES = {
    "MetaGraph": "MetaGraphDef",
    "MetaInfo": "MetaInfoDef",
    "Graph": "GraphDef",
    "Library": "FunctionDefLibrary",
    "Function": "FunctionDef",
    "Signature": "OpDef",
    "Node": "NodeDef",
    "AttributeEntry": "AttrEntry",
    "Attribute": "AttrValue",
    "Attributes": "ListValue",
    "Call": "NameAttrList",
    "Tensor": "TensorProto",
    "Shape": "TensorShapeProto",
    "Dimension": "Dim",
    "Saver": "SaverDef",
    "SignatureEntry": "SignatureDefEntry",
    "TensorEntry": "InputsEntry",
    "ObjectGraph": "SavedObjectGraph",
    "FunctionEntry": "ConcreteFunctionsEntry",
    "Object": "SavedObject",
    "Callable": "SavedFunction",
    "BareFunction": "SavedBareConcreteFunction",
    "Variable": "SavedVariable",
}


def named(module, name):
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("module", keras_content.CLASSES)
def test_each_class_of_keras_is_one_that_keras_loads_and_no_function(module):
    for name in keras_content.CLASSES[module]:
        found = named(module, name)
        assert inspect.isclass(found), name
        assert issubclass(found, KerasSaveable) or hasattr(found, "from_config"), name


@pytest.mark.parametrize("module", keras_content.FUNCTIONS)
def test_each_function_of_keras_computes_numbers(module):
    modules = (module,)
    if module == "builtins":
        modules = ("keras.activations", "keras.losses", "keras.metrics")
    for name in keras_content.FUNCTIONS[module]:
        found = [getattr(importlib.import_module(m), name, None) for m in modules]
        assert any(map(inspect.isfunction, found)), name
        assert name not in ("get", "serialize", "deserialize")


def test_what_people_know_to_be_left_out_is_left_out():
    listed = {name for names in keras_content.CLASSES.values() for name in names}
    assert not listed & set(keras_content.REASONS)
    # What Keras adds to its layers is refused until somebody has looked at it.
    layers = {n for n in dir(keras.layers) if inspect.isclass(getattr(keras.layers, n))}
    aliases = {n for n in layers if getattr(keras.layers, n).__name__ != n}
    rest = layers - aliases - keras_content.CLASSES["keras.layers"]
    abstract = {"Layer", "Wrapper", "InputSpec"}
    assert rest == abstract | (set(keras_content.REASONS) & layers)


def test_each_operator_is_known_to_its_framework():
    for name in tensorflow_operators.TENSOR_OPERATORS:
        assert hasattr(tf.raw_ops, name) or name in dir(tf.raw_ops), name
    of_onnx = {(s.domain, s.name) for s in onnx.defs.get_all_schemas_with_history()}
    added = {("", "SimplifiedLayerNormalization")}  # by ONNX Runtime
    for domain in ("", "ai.onnx.ml"):
        names = {(domain, name) for name in onnx_content.OPERATORS[domain]}
        assert names <= of_onnx | added


def messages_below(descriptor, found):
    """The messages that a message may hold, by name."""
    if descriptor.full_name not in {d.full_name for d in found}:
        found.append(descriptor)
        for field in descriptor.fields:
            if field.message_type:
                messages_below(field.message_type, found)
    return found


@pytest.mark.parametrize(
    ("schema", "root", "names"),
    [
        (onnx_content.MESSAGES, onnx.ModelProto, ONNX_NAMES),
        (saved_model_content.MESSAGES, saved_model_pb2.SavedModel, TENSORFLOW_NAMES),
    ],
)
def test_each_field_of_a_schema_is_one_of_the_library(schema, root, names):
    known = {}
    for descriptor in messages_below(root.DESCRIPTOR, []):
        for field in descriptor.fields:
            known.setdefault(descriptor.name, {}).setdefault(field.number, []).append(
                field
            )
    for message, fields in schema.items():
        wanted = names.get(message, message)
        entry = known.get(wanted) or known[f"{wanted}Proto"]
        for tag, field in fields.items():
            same = [f for f in entry[tag >> 3] if f.name == field.name]
            assert same, (message, field)
            is_message = same[0].type == FieldDescriptor.TYPE_MESSAGE
            if field.kind in schema:
                assert is_message, (message, field)
            elif field.kind in ("int", "number", "text", "numbers"):
                assert not is_message, (message, field)


LITERT_NAMES = {"Quantization": "QuantizationParameters", "Signature": "SignatureDef"}
# What the builder of a flat buffer calls each kind of field.
SLOTS = {
    "bool": "PrependBoolSlot",
    "byte": "PrependInt8Slot",
    "ubyte": "PrependUint8Slot",
    "int": "PrependInt32Slot",
    "uint": "PrependUint32Slot",
    "float": "PrependFloat32Slot",
}


class Slots:
    """Notes by which method, and in which place, a field is written."""

    def __getattr__(self, method):
        return lambda place, *_: self.__dict__.update(noted=(method, place))


def test_each_operator_and_option_is_one_of_litert():
    numbers = vars(schema_py_generated.BuiltinOperator)
    kinds = vars(schema_py_generated.BuiltinOptions)
    for number, operator in litert_content.OPERATORS.items():
        assert numbers[operator.name] == number
        if operator.options != "None":
            assert kinds[f"{operator.options}Options"] == operator.options_type
            assert operator.options in litert_content.TABLES
    assert len(litert_content.OPERATORS) > 80


def test_each_field_of_a_table_is_one_of_litert():
    options = {operator.options for operator in litert_content.OPERATORS.values()}
    for name, fields in litert_content.TABLES.items():
        table = f"{name}Options" if name in options else LITERT_NAMES.get(name, name)
        for place, field in fields.items():
            camel = "".join(map(str.capitalize, field.name.split("_")))
            slots = Slots()
            getattr(schema_py_generated, f"{table}Add{camel}")(slots, 0)
            method = SLOTS.get(field.kind, "PrependUOffsetTRelativeSlot")
            if field.is_vector:
                method = "PrependUOffsetTRelativeSlot"
            if field.kind != "refused":
                assert slots.noted == (method, place), (table, field)
            assert slots.noted[1] == place, (table, field)
