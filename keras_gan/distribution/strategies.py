"""Opens a distribution strategy by name: none, mirrored or multi-worker."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from keras_gan._checks import InputError, LostWorkerError, check_choice
from keras_gan._keras_private import set_patience
from keras_gan.distribution.patience import START, WORKER, seconds_of

if TYPE_CHECKING:
    import tensorflow as tf

NAMES = ("none", "mirrored", "multi-worker")
_EXAMPLE = (
    '{"cluster": {"worker": ["host1:12345", "host2:12345"]}, '
    '"task": {"type": "worker", "index": 0}}'
)


def open_strategy(name: str) -> tf.distribute.Strategy:
    """Returns the strategy of that name; call it before anything else of TensorFlow.

    Workers of "multi-worker" wait up to KERAS_GAN_START_TIMEOUT seconds (300) until all
    have come, and give one up from which nothing has come for KERAS_GAN_WORKER_TIMEOUT
    seconds (120). These variables of the environment must be the same in all workers.

    Args:
        name: "none" for one device, "mirrored" for all GPUs of this machine (or all
            logical CPU devices, where there is no GPU), "multi-worker" for the machines
            that TF_CONFIG names.

    Raises:
        ValueError: If there is none of that name, or the machines are not known.
        LostWorkerError: If a worker has not come.

    Example:
        >>> keras_gan.training.open_strategy("none").num_replicas_in_sync
        1
    """
    check_choice("strategy", name, NAMES)
    import tensorflow as tf

    if name == "none":
        return tf.distribute.get_strategy()
    if name == "mirrored":
        gpus = tf.config.list_logical_devices("GPU")
        devices = gpus or tf.config.list_logical_devices("CPU")
        return tf.distribute.MirroredStrategy([device.name for device in devices])
    resolver = _resolver()
    with _waiting_for_all(resolver):
        return tf.distribute.MultiWorkerMirroredStrategy(cluster_resolver=resolver)


@contextlib.contextmanager
def _waiting_for_all(
    resolver: tf.distribute.cluster_resolver.ClusterResolver,
) -> Iterator[None]:
    """Lets the strategy that is made inside wait for all workers, and not for ever."""
    import tensorflow as tf

    from keras_gan.distribution.cluster import describe, named_in, tasks_in
    from keras_gan.distribution.watch import AGAIN, LOSSES

    start = seconds_of(START)
    cluster = resolver.cluster_spec()
    tasks, own = tasks_in(cluster), (resolver.task_type, resolver.task_id)
    set_patience(cluster, start, seconds_of(WORKER))
    try:
        with _ended_by_ctrl_c():
            yield
    except tf.errors.UnknownError as error:
        if "Could not start gRPC server" not in error.message:
            raise
        raise InputError(
            f"This worker cannot listen at {tasks.get(own)}: another process does, "
            "perhaps a worker of an earlier start. End it, or give all workers "
            "another port in TF_CONFIG."
        ) from None
    except LOSSES as error:
        lost = named_in(error.message, tasks, own)
        raise LostWorkerError(
            f"{describe(lost, tasks) or 'A worker'} has not come within {start:g} s: "
            "it was not started, or the network does not let it through. "
            f"{AGAIN} `{START}` sets the time."
        ) from None


@contextlib.contextmanager
def _ended_by_ctrl_c() -> Iterator[None]:
    """Lets Ctrl-C end the process at once: TensorFlow waits without telling Python."""
    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not usual or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _resolver() -> tf.distribute.cluster_resolver.ClusterResolver:
    import tensorflow as tf

    text = os.environ.get("TF_CONFIG", "")
    try:
        config = json.loads(text)
        task = config["task"]
        config["cluster"][task["type"]][int(task["index"])]
    except (ValueError, LookupError, TypeError):
        raise InputError(
            "The strategy 'multi-worker' needs the environment variable TF_CONFIG, in "
            f"every worker with its own index, such as {_EXAMPLE}; it is "
            f"{text!r}. scripts/launch_local_workers.py sets it on one machine, and "
            "the folder examples shows how clusters do."
        ) from None
    return tf.distribute.cluster_resolver.TFConfigClusterResolver()
