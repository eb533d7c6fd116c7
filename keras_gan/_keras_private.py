"""Reads private attributes of Keras and TensorFlow, as no other module here does.

tests/test_keras_private.py fails if a release changes one of them.
"""

from __future__ import annotations

import contextlib
import math
import operator
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

_LIMITING = threading.RLock()
# Keras's own function, and one entry for each replica that has replaced it.
_computing_moments: list[Any] = []
_GLOBAL_GENERATOR = "global_seed_generator"


def uses_onednn() -> bool:
    """Returns whether TensorFlow computes with the operations of oneDNN."""
    from tensorflow.python.util import _pywrap_util_port

    return _pywrap_util_port.IsMklEnabled()


def set_patience(
    cluster: tf.train.ClusterSpec, start_seconds: float, silence_seconds: float
) -> None:
    """Sets how long workers wait for each other; call it before their strategy.

    Args:
        cluster: The tasks of all workers.
        start_seconds: The time in which all must have come; otherwise the strategy
            raises an error of TensorFlow's that names the missing tasks.
        silence_seconds: The time without a heartbeat after which a worker is lost. A
            worker sends one each half of it, and waits as long for the answer.
    """
    from tensorflow.compiler.xla.tsl.protobuf import coordination_config_pb2
    from tensorflow.python.distribute import multi_worker_util
    from tensorflow.python.eager import context as contexts

    config: Any = coordination_config_pb2
    jobs = [
        config.CoordinatedJob(name=job, num_tasks=len(tasks))
        for job, tasks in cluster.as_dict().items()
        if job in ("chief", "worker")
    ]
    context: Any = contexts.context()
    context.configure_coordination_service(
        service_type="standalone",
        service_leader=multi_worker_util.coordination_leader(cluster),
        cluster_register_timeout_in_ms=int(1e3 * start_seconds),
        heartbeat_timeout_in_ms=int(1e3 * silence_seconds),
        coordinated_jobs=jobs,
    )
    # Without this, worker 0 would wait for the others without end.
    context.coordination_service.cluster_register_with_barrier = True


def abort_exchanges(message: str) -> None:
    """Lets the sums over workers of this process fail, those under way and all later.

    Args:
        message: A part of the error's message.
    """
    import tensorflow as tf
    from tensorflow.python.eager import context as contexts

    context: Any = contexts.context()
    context.abort_collective_ops(tf.errors.UNAVAILABLE, message)


def layers_in(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """Returns the layer and all layers inside it, in attributes too."""
    return list(layer._flatten_layers())


def inner_layers(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """Returns the layers directly inside a layer, in the order of its computation.

    Those of a model in code of its own come in the order of their attributes.
    """
    return list(layer._flatten_layers(include_self=False, recursive=False))


def own_weights(layer: keras.layers.Layer) -> list[keras.Variable]:
    """Returns the weights of a layer without those of layers inside it."""
    return [*layer._trainable_variables, *layer._non_trainable_variables]


def has_automatic_name(layer: keras.layers.Layer) -> bool:
    """Returns whether a layer's name is one that Keras makes, such as "conv2d_17"."""
    from keras.src.utils.naming import to_snake_case

    stem = re.escape(to_snake_case(type(layer).__name__))
    return re.fullmatch(rf"{stem}(_\d+)?", layer.name) is not None


def seed_generators(layers: Iterable[keras.layers.Layer]) -> list[Any]:
    """Returns the seed generators of the layers and of all layers inside them.

    A random layer calls `next` of its seed generator for each draw.
    """
    found = {
        id(generator): generator
        for layer in layers
        for inner in layers_in(layer)
        for generator in inner._seed_generators
    }
    return list(found.values())


@contextlib.contextmanager
def global_seed_generator(generator: Any) -> Iterator[None]:
    """Lets random functions without a seed draw from `generator`, in this thread.

    Args:
        generator: An object whose `next(ordered)` returns the seed of a draw.
    """
    from keras.src.backend.common import global_state

    before = global_state.get_global_attribute(_GLOBAL_GENERATOR)
    global_state.set_global_attribute(_GLOBAL_GENERATOR, generator)
    try:
        yield
    finally:
        global_state.set_global_attribute(_GLOBAL_GENERATOR, before)


def parts_of(network: keras.layers.Layer) -> list[Any]:
    """Returns the objects whose exchange changes what a network computes.

    These are its layers with their variables, activations and policies: `quantize`,
    `enable_lora` and an assignment to `layer.activation` exchange some of them.
    """
    parts = []
    for layer in layers_in(network):
        parts += [layer, getattr(layer, "activation", None), layer.dtype_policy]
        parts += [*layer._trainable_variables, *layer._non_trainable_variables]
    return parts


def are_same(parts: list[Any], others: list[Any]) -> bool:
    """Returns whether two results of `parts_of` hold the same objects."""
    return len(parts) == len(others) and all(map(operator.is_, parts, others))


def optimized_variables(optimizer: keras.optimizers.Optimizer) -> list[keras.Variable]:
    """Returns the variables that an optimizer was built for."""
    return list(optimizer._trainable_variables)


def index_of(optimizer: keras.optimizers.Optimizer, variable: keras.Variable) -> int:
    """Returns the place of a variable among the optimizer's, during an update too."""
    return optimizer._get_variable_index(variable)


def moments_of(
    adam: keras.optimizers.Adam, variable: keras.Variable
) -> tuple[keras.Variable, keras.Variable]:
    """Returns Adam's running means of a variable's gradient and squared gradient."""
    place = index_of(adam, variable)
    return adam._momentums[place], adam._velocities[place]


@contextlib.contextmanager
def summed_gradients(
    optimizer: keras.optimizers.Optimizer, replica_number: Callable[[], int]
) -> Iterator[None]:
    """Tells an optimizer that the gradients it gets are sums over the replicas.

    Otherwise it takes the sums itself.

    Args:
        optimizer: The optimizer.
        replica_number: Returns the number of the replica that calls it.
    """
    parts: Any = optimizer
    if not isinstance(parts._all_reduce_sum_gradients, _UnlessSummed):
        parts._all_reduce_sum_gradients = _UnlessSummed(optimizer, replica_number)
    replicas, replica = parts._all_reduce_sum_gradients.replicas, replica_number()
    replicas.append(replica)
    try:
        yield
    finally:
        replicas.remove(replica)


@contextlib.contextmanager
def synchronized_moments(moments: Callable[..., Any]) -> Iterator[None]:
    """Lets Keras's layers take their statistics over the replicas by `moments`.

    Keras sends three messages for them, and two for their gradients.

    Args:
        moments: From features and axes to their mean and variance, with these axes.
    """
    import tensorflow as tf
    from keras.src.backend.tensorflow import nn

    def computed(x: Any, axes: Any, keepdims: bool) -> Any:
        found = moments(x, axes)
        return found if keepdims else tuple(tf.squeeze(each, axes) for each in found)

    # Replicas are traced in turn: the first to come and the last to go change it.
    with _LIMITING:
        if not _computing_moments:
            _computing_moments.append(nn._compute_moments_sync)
            nn._compute_moments_sync = computed
        _computing_moments.append(computed)
    try:
        yield
    finally:
        with _LIMITING:
            _computing_moments.pop()
            if len(_computing_moments) == 1:
                nn._compute_moments_sync = _computing_moments.pop()


class _UnlessSummed:
    """Sums the gradients of an optimizer over the replicas, where nobody has."""

    def __init__(self, optimizer: Any, replica_number: Callable[[], int]) -> None:
        self.replicas: list[int] = []
        self._original = optimizer._all_reduce_sum_gradients
        self._replica_number = replica_number

    def __call__(self, pairs: Any) -> Any:
        summed = self.replicas and self._replica_number() in self.replicas
        return pairs if summed else self._original(pairs)


def schedule_of(optimizer: keras.optimizers.Optimizer) -> Any:
    """Returns the schedule of an optimizer's learning rate; None for a number."""
    import keras

    rate = optimizer._learning_rate
    schedules = keras.optimizers.schedules
    return rate if isinstance(rate, schedules.LearningRateSchedule) else None


def gradients_seen(optimizer: keras.optimizers.Optimizer) -> Any:
    """Returns the count of gradients, which Keras's learning-rate schedules follow.

    With gradient accumulation it grows at every step, not only at every update.
    """
    return optimizer._iterations


def last_operation(tensor: Any) -> Any:
    """Returns the layer or operation that made a symbolic tensor; None for others."""
    history = getattr(tensor, "_keras_history", None)
    return None if history is None else history.operation


def inputs_of_last_operation(tensor: Any) -> list[Any]:
    """Returns the symbolic tensors from which a symbolic tensor was made."""
    history = tensor._keras_history
    return list(history.operation._inbound_nodes[history.node_index].input_tensors)


def losses_of_call(network: keras.layers.Layer) -> list[Any]:
    """Returns the losses that layers added in the last call of a network.

    These are those of `add_loss` and of activity regularizers, without those of
    weights. Keras forgets them at the next call.
    """
    return [loss for layer in layers_in(network) for loss in layer._get_own_losses()]


def losses_of_weights(network: keras.layers.Layer) -> list[Any]:
    """Returns the losses of the regularizers of a network's weights."""
    return list(network._get_regularization_losses())


@contextlib.contextmanager
def at_most_variables(numbers: int) -> Iterator[None]:
    """Limits the numbers of all variables that this thread makes, before it makes them.

    Raises:
        ValueError: If the variables would hold more than `numbers`.
    """
    import keras

    made, thread = 0, threading.get_ident()
    original = keras.Variable._validate_shape

    def validate(variable: keras.Variable, shape: Any) -> Any:
        nonlocal made
        shape = original(variable, shape)
        made += math.prod(shape) if threading.get_ident() == thread else 0
        if made > numbers:
            raise ValueError(f"its layers claim more than {numbers} numbers")
        return shape

    with _LIMITING:
        keras.Variable._validate_shape = validate
        try:
            yield
        finally:
            keras.Variable._validate_shape = original
