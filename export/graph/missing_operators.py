"""Teaches tf2onnx the operators of TensorFlow that it does not know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import helper


def handlers() -> dict[str, tuple[Callable[..., None], list[Any]]]:
    """Returns tf2onnx's `custom_op_handlers`."""
    writers = {
        "Bucketize": _bucketize,
        "Conv3D": _conv_3d,
        "Erfc": _erfc,
        "Expm1": _expm1,
        "Log1p": _log1p,
    }
    return {operator: (writer, []) for operator, writer in writers.items()}


def _bucketize(ctx: Any, node: Any, name: str, _: Any) -> None:
    """Writes the place among boundaries as the number of those not above x."""
    boundaries = node.get_attr("boundaries").floats
    writer = _Writer(ctx, node, name)
    x = writer.cast(node.input[0], np.float32)
    total = writer.number(0)
    for boundary in boundaries:
        bound = writer.number(boundary, np.float32)
        above = writer.add("GreaterOrEqual", [x, bound], np.bool_)
        total = writer.add("Add", [total, writer.cast(above, np.int32)])
    writer.finish("Identity", [total])


def _conv_3d(ctx: Any, node: Any, name: str, _: Any) -> None:
    """Adds the number of groups, which tf2onnx forgets in three dimensions."""
    from tf2onnx.onnx_opset.nn import ConvOp

    place = 1 if node.get_attr("data_format").s == b"NCDHW" else -1
    channels = ctx.get_shape(node.input[0])[place]
    channels_of_group = ctx.get_shape(node.input[1])[-2]
    ConvOp.version_11(ctx, node)
    node.set_attr("group", channels // channels_of_group)


def _erfc(ctx: Any, node: Any, name: str, _: Any) -> None:
    """Writes erfc x as 1 - erf x, exact to the last digits of 1."""
    writer = _Writer(ctx, node, name)
    writer.finish("Sub", [writer.number(1.0), writer.add("Erf", [node.input[0]])])


def _expm1(ctx: Any, node: Any, name: str, _: Any) -> None:
    """Writes exp x - 1 as tanh(x/2)·(exp x + 1), which cancels no digits near 0."""
    writer = _Writer(ctx, node, name)
    half = writer.add("Mul", [node.input[0], writer.number(0.5)])
    exponential = writer.add("Exp", [node.input[0]])
    sum_ = writer.add("Add", [exponential, writer.number(1.0)])
    writer.finish("Mul", [writer.add("Tanh", [half]), sum_])


def _log1p(ctx: Any, node: Any, name: str, _: Any) -> None:
    writer = _Writer(ctx, node, name)
    writer.finish("Log", [writer.add("Add", [node.input[0], writer.number(1.0)])])


class _Writer:
    """Adds the operators that replace a node."""

    def __init__(self, ctx: Any, node: Any, name: str) -> None:
        from tf2onnx import utils

        self._ctx = ctx
        self._name = name
        self._output = node.output[0]
        self._shape = ctx.get_shape(self._output)
        self._dtype = helper.tensor_dtype_to_np_dtype(ctx.get_dtype(self._output))
        self._new_name = utils.make_name
        ctx.remove_node(name)

    def number(self, value: float, dtype: Any = None) -> str:
        array = np.array(value, dtype or self._dtype)
        return self._ctx.make_const(self._new_name(self._name), array).output[0]

    def add(self, operator: str, inputs: list[str], dtype: Any = None) -> str:
        name = self._new_name(self._name)
        return self._make(operator, inputs, name, dtype).output[0]

    def cast(self, value: str, dtype: Any) -> str:
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        name = self._new_name(self._name)
        return self._make("Cast", [value], name, dtype, attr={"to": kind}).output[0]

    def finish(self, operator: str, inputs: list[str]) -> None:
        """Adds the operator whose output takes the place of the node's."""
        self._make(operator, inputs, self._name, outputs=[self._output])

    def _make(
        self,
        operator: str,
        inputs: list[str],
        name: str,
        dtype: Any = None,
        **arguments: Any,
    ) -> Any:
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype or self._dtype))
        return self._ctx.make_node(
            operator,
            inputs,
            name=name,
            shapes=[self._shape],
            dtypes=[kind],
            **arguments,
        )
