"""Opens a distribution strategy by name: none, mirrored or multi-worker."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from keras_gan._checks import InputError, check_choice

if TYPE_CHECKING:
    import tensorflow as tf

NAMES = ("none", "mirrored", "multi-worker")
_EXAMPLE = (
    '{"cluster": {"worker": ["host1:12345", "host2:12345"]}, '
    '"task": {"type": "worker", "index": 0}}'
)


def open_strategy(name: str) -> tf.distribute.Strategy:
    """Returns the strategy of that name; call it before anything else of TensorFlow.

    Args:
        name: "none" for one device, "mirrored" for all GPUs of this machine (or all
            logical CPU devices, where there is no GPU), "multi-worker" for the machines
            that TF_CONFIG names.

    Raises:
        ValueError: If there is none of that name, or the machines are not known.
    """
    check_choice("strategy", name, NAMES)
    import tensorflow as tf

    if name == "none":
        return tf.distribute.get_strategy()
    if name == "mirrored":
        gpus = tf.config.list_logical_devices("GPU")
        devices = gpus or tf.config.list_logical_devices("CPU")
        return tf.distribute.MirroredStrategy([device.name for device in devices])
    return tf.distribute.MultiWorkerMirroredStrategy(cluster_resolver=_resolver())


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
