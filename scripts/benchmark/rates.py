"""Times matrix products and convolutions alone, in one library.

    python scripts/benchmark/rates.py LIBRARY < products

Reads the products from `roofline.py`: a JSON list of the fields of `products.Product`.
Prints the milliseconds of each product on two threads, with operands that come from
memory, not from a cache. For PyTorch, takes the faster of its two layouts of images.
"""

import json
import sys
import time

import numpy as np
from products import Product

SECONDS, FEWEST, MOST = 0.6, 7, 40
# The copies of the operands together exceed the caches.
BYTES, COPIES = 64e6, 4


def operands(product):
    """Returns the two arrays to multiply."""
    random = np.random.default_rng(0)
    shapes = {
        "matmul": (product.images, product.kernel),
        "convolution": (product.images, product.kernel),
        "input gradient": (product.result, product.kernel),
        "kernel gradient": (product.images, product.result),
    }[product.kind]
    return [random.standard_normal(shape, np.float32) for shape in shapes]


def tensorflow_call(product):
    """Returns TensorFlow's array constructor, and functions that multiply pairs."""
    import tensorflow as tf

    raw, (left, right) = tf.raw_ops, product.transposed
    common = {"strides": [1, product.stride, product.stride, 1], **_padding(product)}
    call = {
        "matmul": lambda a, b: raw.MatMul(
            a=a, b=b, transpose_a=left, transpose_b=right
        ),
        "convolution": lambda a, b: raw.Conv2D(input=a, filter=b, **common),
        "input gradient": lambda a, b: raw.Conv2DBackpropInput(
            input_sizes=product.images, filter=b, out_backprop=a, **common
        ),
        "kernel gradient": lambda a, b: raw.Conv2DBackpropFilter(
            input=a, filter_sizes=product.kernel, out_backprop=b, **common
        ),
    }[product.kind]
    ways = [call]
    if product.kind in ("matmul", "convolution") and product.role == "forward":
        # With a bias, oneDNN uses other and faster kernels.
        bias = tf.zeros(product.kernel[-1])
        ways.append(lambda a, b: raw.BiasAdd(value=call(a, b), bias=bias))
    return tf.constant, [_in_turn(way) for way in ways]


def _padding(product):
    """Returns the padding as a name if possible: oneDNN takes no explicit padding."""
    size, length = product.images[1], product.result[1]
    total = max((length - 1) * product.stride + product.kernel[0] - size, 0)
    if not any(product.padding):
        return {"padding": "VALID"}
    if product.padding == (total // 2, total - total // 2):
        return {"padding": "SAME"}
    sides = [0, 0, *product.padding, *product.padding, 0, 0]
    return {"padding": "EXPLICIT", "explicit_paddings": sides}


def _in_turn(call):
    """Multiplies all pairs one after another in one graph, to save calls of a graph."""
    import tensorflow as tf

    def every(sets):
        results = []
        for kept in sets:
            with tf.control_dependencies(results[-1:]):
                results.append(call(*kept))
        return results

    return tf.function(every, autograph=False)


def torch_call(product):
    """Returns PyTorch's array constructor, and a function for each memory layout."""
    import torch

    torch.set_num_threads(2)
    torch.set_grad_enabled(False)
    if product.kind == "matmul":
        left, right = product.transposed

        def multiply(a, b):
            return (a.T if left else a) @ (b.T if right else b)

        return torch.from_numpy, [_Each(multiply)]
    if product.padding[0] != product.padding[1]:
        raise ValueError(f"PyTorch pads evenly: {product}")

    def keep(array):
        order = (0, 3, 1, 2)
        if array.shape == tuple(product.kernel):
            order = (3, 2, 0, 1)
        return torch.from_numpy(array).permute(order)

    layouts = (torch.contiguous_format, torch.channels_last)
    return keep, [_convolution(product, layout) for layout in layouts]


def _convolution(product, layout):
    import torch

    places = [product.stride] * 2, [product.padding[0]] * 2, [1, 1], False, [0, 0], 1
    backward = torch.ops.aten.convolution_backward
    height, width, inputs, outputs = product.kernel
    # PyTorch reads only the shapes of these two: they are what a gradient is for.
    kernel = torch.empty(outputs, inputs, height, width).to(memory_format=layout)
    batch, rows, columns, _ = product.images
    images = torch.empty(batch, inputs, rows, columns).to(memory_format=layout)
    calls = {
        "convolution": lambda a, b: torch.ops.aten.convolution(a, b, None, *places),
        "input gradient": lambda a, b: backward(
            a, images, b, None, *places, [True, False, False]
        ),
        "kernel gradient": lambda a, b: backward(
            b, a, kernel, None, *places, [False, True, False]
        ),
    }
    return _Each(calls[product.kind], layout)


class _Each:
    """Calls a function with each of several pairs of arrays in a memory layout."""

    def __init__(self, call, layout=None):
        self.call = call
        self.layout = layout

    def __call__(self, sets):
        for kept in sets:
            self.call(*kept)


def milliseconds(product, library):
    """Returns the median milliseconds of a product, in the fastest layout."""
    arrays = operands(product)
    keep, calls = library(product)
    bytes_of_copy = sum(array.nbytes for array in arrays)
    copies = COPIES if bytes_of_copy * COPIES < 4 * BYTES else 1
    return min(_median(call, keep, arrays, copies) for call in calls)


def _median(call, keep, arrays, copies):
    layout = getattr(call, "layout", None)
    sets = []
    for _ in range(copies):
        kept = [keep(array.copy()) for array in arrays]
        if layout is not None:
            kept = [array.to(memory_format=layout, copy=True) for array in kept]
        sets.append(kept)
    times, began = [], time.perf_counter()
    while len(times) < FEWEST + 2 or (
        len(times) < MOST and time.perf_counter() - began < SECONDS
    ):
        started = time.perf_counter()
        call(sets)
        times.append(time.perf_counter() - started)
    return 1e3 * float(np.median(times[2:])) / copies


def main():
    library = torch_call if sys.argv[1] == "pytorch" else tensorflow_call
    products = [Product.of(fields) for fields in json.load(sys.stdin)]
    json.dump([round(milliseconds(p, library), 4) for p in products], sys.stdout)


if __name__ == "__main__":
    main()
