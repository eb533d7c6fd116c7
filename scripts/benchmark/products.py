"""Reads the matrix products and convolutions of a training step from its graph."""

from collections import Counter
from dataclasses import dataclass

CONVOLUTIONS = {
    "Conv2D": "convolution",
    "Conv2DBackpropInput": "input gradient",
    "Conv2DBackpropFilter": "kernel gradient",
}
# Smaller products are left out: the call takes longer than the multiplication.
SMALLEST = 1e6


@dataclass(frozen=True)
class Product:
    """A matrix product, a convolution, or one of a convolution's two gradients.

    A transposed convolution counts as the input gradient of a convolution; its own
    input gradient counts as a convolution.

    Attributes:
        kind: "matmul", or a value of `CONVOLUTIONS`.
        role: "forward", "input gradient" or "kernel gradient": its part in training.
        images: For a matrix product, the shape of the left matrix in memory; for a
            convolution, the shape `(B, H, W, C)` of its input.
        kernel: For a matrix product, the shape of the right matrix in memory; for a
            convolution, `(height, width, inputs, outputs)`.
        result: For a matrix product, the shape of the result; for a convolution, the
            shape `(B, H, W, C)` of its output.
        transposed: Whether the left and the right matrix are transposed.
        stride: The stride of a convolution.
        padding: The number of zeros before and after each row and column.
    """

    kind: str
    role: str
    images: tuple[int, ...]
    kernel: tuple[int, ...]
    result: tuple[int, ...]
    transposed: tuple[bool, bool] = (False, False)
    stride: int = 1
    padding: tuple[int, int] = (0, 0)

    @classmethod
    def of(cls, fields):
        """Returns the product with these fields, read from JSON."""
        return cls(
            **{
                name: tuple(value) if isinstance(value, list) else value
                for name, value in fields.items()
            }
        )

    @property
    def operations(self):
        """The number of multiplications and additions."""
        places = 2
        for size in self.result:
            places *= size
        if self.kind == "matmul":
            return places * self.images[0 if self.transposed[0] else 1]
        height, width, inputs, _ = self.kernel
        return places * height * width * inputs


def of_step(work):
    """Counts the large products of a step of `fit`."""
    import keras_loops
    import tensorflow as tf

    gan = keras_loops.compiled_gan(work)
    for optimizer, network in (
        (gan.generator_optimizer, gan.generator),
        (gan.discriminator_optimizer, gan.discriminator),
    ):
        optimizer.build(network.trainable_variables)
    images = work.batch_size * work.discriminator_steps, *work.image_shape
    step = tf.function(gan.train_step).get_concrete_function(tf.TensorSpec(images))
    found = Counter(_product(operation) for operation in _needed(step.graph))
    found.pop(None)
    return Counter({p: n for p, n in found.items() if p.operations >= SMALLEST})


def _needed(graph):
    """Returns the operations that results or updates need, in the graph's order."""
    pending = [tensor.op for tensor in graph.outputs] + list(graph.control_outputs)
    needed = set()
    while pending:
        operation = pending.pop()
        if operation not in needed:
            needed.add(operation)
            pending += [tensor.op for tensor in operation.inputs]
            pending += operation.control_inputs
    return [operation for operation in graph.get_operations() if operation in needed]


def _product(operation):
    """Returns the product that an operation computes, or None."""
    if "PartitionedCall" in operation.type or operation.type in ("While", "If"):
        raise ValueError(f"{operation.name} may hide products.")
    backward = "gradient_tape" in operation.name
    if operation.type == "MatMul":
        return _matmul(operation, backward)
    if operation.type not in CONVOLUTIONS:
        return None
    shapes = [_shape(tensor) for tensor in operation.inputs]
    output = _shape(operation.outputs[0])
    images, kernel, result = {
        "Conv2D": lambda: (shapes[0], shapes[1], output),
        "Conv2DBackpropInput": lambda: (output, shapes[1], shapes[2]),
        "Conv2DBackpropFilter": lambda: (shapes[0], output, shapes[2]),
    }[operation.type]()
    stride = operation.get_attr("strides")[1]
    role = "forward"
    if backward:
        is_kernel = operation.type == "Conv2DBackpropFilter"
        role = "kernel gradient" if is_kernel else "input gradient"
    return Product(
        CONVOLUTIONS[operation.type],
        role,
        images,
        kernel,
        result,
        stride=stride,
        padding=_padding(operation, images, kernel, result, stride),
    )


def _matmul(operation, backward):
    left, right = (_shape(tensor) for tensor in operation.inputs)
    transposed = tuple(operation.get_attr(f"transpose_{side}") for side in "ab")
    role = "forward"
    if backward:
        role = "kernel gradient" if transposed[0] else "input gradient"
    result = _shape(operation.outputs[0])
    return Product("matmul", role, left, right, result, transposed=transposed)


def _padding(operation, images, kernel, result, stride):
    padding = operation.get_attr("padding")
    if padding == b"EXPLICIT":
        return tuple(operation.get_attr("explicit_paddings")[2:4])
    total = max((result[1] - 1) * stride + kernel[0] - images[1], 0)
    return (total // 2, total - total // 2) if padding == b"SAME" else (0, 0)


def _shape(tensor):
    return tuple(tensor.shape.as_list())
