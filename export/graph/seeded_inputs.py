"""Gives an ONNX graph seeds as inputs: computes the latents by Philox, in operators."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper

from keras_gan import priors
from keras_gan.export.generator_spec import GeneratorSpec

MINIMUM_OPSET = 18
"""The first opset with BitwiseXor, which Philox needs."""

_WORD = 0xFFFFFFFF


def from_seeds(model: onnx.ModelProto, spec: GeneratorSpec) -> onnx.ModelProto:
    """Returns `model` with the inputs `seed` and `truncation` instead of `z`.

    The code that computes latents in NumPy is run on symbols, which write operators
    into the graph. Products of 32-bit words fit uint64, and logarithms are computed in
    float64, so that the graph's latents equal those of `Prior.latents` within 1e-6.
    """
    sampler = _sampler(spec, model.ir_version)
    sampler = compose.add_prefix(
        sampler, "sampler/", rename_inputs=False, rename_outputs=False
    )
    merged = onnx.ModelProto()
    merged.CopyFrom(model)
    graph = merged.graph
    nodes = [*sampler.graph.node, *graph.node]
    inputs = {tensor.name: tensor for tensor in (*sampler.graph.input, *graph.input)}
    del graph.node[:], graph.input[:]
    graph.node.extend(nodes)
    graph.initializer.extend(sampler.graph.initializer)
    order = [name for name in ("seed", "label", "truncation") if name in inputs]
    graph.input.extend(inputs[name] for name in order)
    return merged


class _Symbol:
    """A tensor of a graph that is being written; arithmetic on it adds operators."""

    def __init__(self, graph: _Graph, name: str, dtype: Any, columns: int = 0) -> None:
        self.graph = graph
        self.name = name
        self.dtype = dtype
        self.columns = columns

    @property
    def shape(self) -> tuple[None, int]:
        return (None, self.columns)

    def __mul__(self, other: Any) -> _Symbol:
        return self.graph.binary("Mul", self, other)

    def __rmul__(self, other: Any) -> _Symbol:
        return self.graph.binary("Mul", other, self)

    def __add__(self, other: Any) -> _Symbol:
        return self.graph.binary("Add", self, other)

    def __sub__(self, other: Any) -> _Symbol:
        return self.graph.binary("Sub", self, other)

    def __truediv__(self, other: Any) -> _Symbol:
        return self.graph.binary("Div", self, other)

    def __getitem__(self, key: tuple[slice, slice]) -> _Symbol:
        _, columns = key
        start, stop, step = columns.indices(self.columns)
        bounds = [self.graph.constant([v], np.int64) for v in (start, stop, 1, step)]
        result = self.graph.node("Slice", [self, *bounds], self.dtype)
        result.columns = len(range(start, stop, step))
        return result


class _Graph:
    """Collects the operators and constants of a graph that is being written."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def node(
        self, operator: str, inputs: list[_Symbol], dtype: Any, **attributes: Any
    ) -> _Symbol:
        name = f"{operator}_{len(self.nodes)}"
        names = [symbol.name for symbol in inputs]
        self.nodes.append(helper.make_node(operator, names, [name], name, **attributes))
        columns = max(symbol.columns for symbol in inputs)
        return _Symbol(self, name, dtype, columns)

    def constant(self, value: Any, dtype: Any) -> _Symbol:
        name = f"constant_{len(self.initializers)}"
        array = np.array(value, dtype)
        self.initializers.append(numpy_helper.from_array(array, name))
        return _Symbol(self, name, dtype)

    def binary(self, operator: str, left: Any, right: Any) -> _Symbol:
        dtype = left.dtype if isinstance(left, _Symbol) else right.dtype
        symbols = [
            value if isinstance(value, _Symbol) else self.constant(value, dtype)
            for value in (left, right)
        ]
        return self.node(operator, symbols, dtype)

    def cast(self, symbol: _Symbol, dtype: Any) -> _Symbol:
        if symbol.dtype is dtype:
            return symbol
        element = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        return self.node("Cast", [symbol], dtype, to=element)

    def stack(self, symbols: list[_Symbol], axis: int) -> _Symbol:
        last = self.constant([axis], np.int64)
        dtype = symbols[0].dtype
        widened = [self.node("Unsqueeze", [s, last], dtype) for s in symbols]
        return self.node("Concat", widened, dtype, axis=axis)

    def reshape(self, symbol: _Symbol, shape: tuple[int, ...]) -> _Symbol:
        target = self.constant(shape, np.int64)
        result = self.node("Reshape", [symbol, target], symbol.dtype)
        result.columns = shape[-1] if len(shape) > 1 else 0
        return result

    def sum(self, symbol: _Symbol, axis: int, keepdims: bool) -> _Symbol:
        axes = self.constant([axis], np.int64)
        return self.node("ReduceSum", [symbol, axes], symbol.dtype, keepdims=keepdims)

    def operations(self) -> SimpleNamespace:
        """Returns the operations of `priors.philox.NUMPY`, for symbols."""

        def unary(operator: str) -> Any:
            return lambda symbol: self.node(operator, [symbol], symbol.dtype)

        def xor(left: _Symbol, right: _Symbol) -> _Symbol:
            return self.binary("BitwiseXor", left, right)

        def shift(symbol: _Symbol, bits: int) -> _Symbol:
            amount = self.constant(bits, np.uint64)
            inputs = [symbol, amount]
            return self.node("BitShift", inputs, np.uint64, direction="RIGHT")

        return SimpleNamespace(
            uint64=lambda symbol: self.cast(symbol, np.uint64),
            float64=lambda symbol: self.cast(symbol, np.float64),
            shift=shift,
            low=lambda symbol: self.binary("BitwiseAnd", symbol, _WORD),
            constant=lambda value: self.constant(value, np.uint64),
            full_like=lambda symbol, fill: symbol * 0 + fill,
            xor=xor,
            log=unary("Log"),
            sqrt=unary("Sqrt"),
            cos=unary("Cos"),
            sin=unary("Sin"),
            stack=self.stack,
            reshape=self.reshape,
            sum=self.sum,
        )


def _sampler(spec: GeneratorSpec, ir_version: int) -> onnx.ModelProto:
    """Returns the graph that maps `seed` and `truncation` to `z`."""
    graph = _Graph()
    seed = _Symbol(graph, "seed", np.int64)
    z = priors.get(spec.prior).latents_in(graph.operations(), seed, spec.latent_dim)
    factors = graph.cast(_Symbol(graph, "truncation", np.float32), np.float64)
    z = z * graph.node("Unsqueeze", [factors, graph.constant([1], np.int64)], z.dtype)
    element = TensorProto.FLOAT
    graph.nodes.append(helper.make_node("Cast", [z.name], ["z"], "z", to=element))
    tensor = helper.make_tensor_value_info
    proto = helper.make_graph(
        graph.nodes,
        "sampler",
        [
            tensor("seed", TensorProto.INT64, ["batch"]),
            tensor("truncation", element, ["batch"]),
        ],
        [tensor("z", element, ["batch", spec.latent_dim])],
        graph.initializers,
    )
    opsets = [helper.make_opsetid("", MINIMUM_OPSET)]
    return helper.make_model(proto, opset_imports=opsets, ir_version=ir_version)
