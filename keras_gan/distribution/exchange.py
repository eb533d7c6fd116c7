"""Sums tensors over the replicas, all of one call in one message.

`ReplicaContext.all_reduce` sends one sum after the other, in the order of the program,
and a worker that is not the first asks it for permission before each. The sums here are
known by keys of their own: what does not depend on one another is sent at the same
time, and between two workers a sum takes a single round trip instead of two or three.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.distribution.collective_keys import group_key
from keras_gan.distribution.replicas import replica_number

# Above this size a ring of more than two workers, which sends each number twice, is
# faster than every worker's sending its whole to all.
_GATHERED_BYTES = 2**18
# Gradients of more bytes go in two messages: the first travels while the backward pass
# still computes the second. A third would save nothing.
_SPLIT_BYTES = 2**20
# Enough for the sums of one function, of which each takes a key.
_KEYS_OF_GRAPH = 2**13

_graph_numbers = itertools.count()
# The first key of a function that is traced, and the keys its replicas have taken.
_taken: weakref.WeakKeyDictionary[Any, tuple[int, dict[int, int]]] = (
    weakref.WeakKeyDictionary()
)


def sum_over_replicas(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Returns the sum of each tensor over all replicas; call it in a replica.

    It is differentiable: the gradient of a sum is the sum of its gradients.

    Args:
        tensors: Tensors, of the same shapes on every replica. Those of one type go in
            one message, or in two if they are large.
    """
    kinds: dict[tf.DType, list[int]] = {}
    for place, tensor in enumerate(tensors):
        kinds.setdefault(tensor.dtype, []).append(place)
    sums: list[Any] = [None] * len(tensors)
    for places in itertools.chain(*(_parts(tensors, each) for each in kinds.values())):
        flat = [tf.reshape(tensors[place], (-1,)) for place in places]
        total = _sum(flat[0] if len(flat) == 1 else tf.concat(flat, axis=0))
        pieces = tf.split(total, [_static(tf.size, part) for part in flat])
        for place, piece in zip(places, pieces, strict=True):
            sums[place] = tf.reshape(piece, _static(tf.shape, tensors[place]))
    return sums


def _parts(tensors: Sequence[Tensor], places: list[int]) -> list[list[int]]:
    """Divides the places of tensors into those of one message, by their bytes."""
    sizes = [tensors[place].shape.num_elements() for place in places]
    total = sum(size or 0 for size in sizes)
    if total * tensors[places[0]].dtype.size <= _SPLIT_BYTES:
        return [places]
    before = itertools.accumulate([0, *(size or 0 for size in sizes[:-1])])
    count = sum(2 * each < total for each in before)
    return [part for part in (places[:count], places[count:]) if part]


def _static(measure: Callable[[Tensor], Tensor], tensor: Tensor) -> Any:
    """Returns a tensor's `tf.size` or `tf.shape`, as a number where it is known."""
    measured = measure(tensor)
    known = tf.get_static_value(measured)
    return measured if known is None else known


@tf.custom_gradient
def _sum(flat: Tensor) -> Any:
    return _message(flat), _sum


def _message(flat: Tensor) -> Tensor:
    """Returns the sum of a vector over all replicas."""
    context: Any = tf.distribute.get_replica_context()
    strategy = context.strategy
    count, numbers = context.num_replicas_in_sync, flat.shape.num_elements()
    known = numbers is not None and flat.dtype != tf.bfloat16
    if tf.executing_eagerly() or not known or not _by_key(strategy):
        return context.all_reduce(tf.distribute.ReduceOp.SUM, flat)
    message = {
        "input": flat,
        "group_size": count,
        "group_key": group_key(strategy),
        "instance_key": _next_key(replica_number()),
    }
    # The later versions of both operations would wait for one another in a function.
    if count > 2 and numbers * flat.dtype.size > _GATHERED_BYTES:
        total = tf.raw_ops.CollectiveReduce(
            **message, merge_op="Add", final_op="Id", subdiv_offsets=[0]
        )
    else:
        gathered = tf.raw_ops.CollectiveGather(**message, shape=[count * numbers])
        total = tf.reduce_sum(tf.reshape(gathered, (count, numbers)), axis=0)
    totals = context.merge_call(_all_or_none, args=(total,))
    return totals[replica_number() % len(totals)]


def _all_or_none(strategy: tf.distribute.Strategy, total: Any) -> list[Tensor]:
    """Lets the replicas of this process take part in a message all, or none of them.

    TensorFlow leaves out what nobody reads. If only one replica's sum is read, as for a
    variable that follows the first, its message would wait for the others for ever.
    """
    totals = strategy.experimental_local_results(total)
    with tf.control_dependencies(totals):
        return [tf.identity(each) for each in totals]


def _by_key(strategy: tf.distribute.Strategy) -> bool:
    """Returns whether the replicas' sums may have keys of their own.

    Between CPUs they have. GPUs keep TensorFlow's order, which their library needs.
    """
    kinds = tf.distribute.MirroredStrategy, tf.distribute.MultiWorkerMirroredStrategy
    devices = strategy.extended.worker_devices
    return isinstance(strategy, kinds) and all(
        tf.DeviceSpec.from_string(device).device_type == "CPU" for device in devices
    )


def _next_key(replica: int) -> int:
    """Returns a key for the next sum, the same for this sum on every replica.

    All replicas trace the same functions in the same order. A function that is traced
    anew takes new keys, because the runtime remembers the shape of each.
    """
    graph = tf.compat.v1.get_default_graph()
    if graph not in _taken:
        _taken[graph] = next(_graph_numbers) * _KEYS_OF_GRAPH, {}
    first, taken = _taken[graph]
    taken[replica] = taken.get(replica, -1) + 1
    return first + taken[replica]
