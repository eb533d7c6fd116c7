"""Feeds the streaming twins what a tf.distribute strategy hands to each replica.

    python distributed_metric_worker.py mirrored|multi-worker FOLDER

Every worker writes the state of each twin, its replicas' merged, to a file of its own.
"""

import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf
from streaming_metric_cases import CASES, position_of

from keras_gan.distribution.strategies import open_strategy

GLOBAL_BATCH = 20


def main(topology, folder):
    if topology == "mirrored":
        (cpu,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(
            cpu, [tf.config.LogicalDeviceConfiguration()] * 2
        )
    strategy = open_strategy(topology)
    assert strategy.num_replicas_in_sync == 2
    index = strategy.cluster_resolver.task_id if topology == "multi-worker" else 0
    options = tf.data.Options()
    policies = tf.data.experimental.AutoShardPolicy
    options.experimental_distribute.auto_shard_policy = policies.DATA
    for name, case in CASES.items():
        numbered = (np.arange(len(case.rows)), case.rows)
        dataset = tf.data.Dataset.from_tensor_slices(numbered).batch(GLOBAL_BATCH)
        batches = strategy.experimental_distribute_dataset(
            dataset.with_options(options)
        )
        twins = {}
        for batch in batches:
            shown = strategy.run(lambda numbers, rows: (numbers, rows), args=batch)
            replicas = zip(
                *map(strategy.experimental_local_results, shown), strict=True
            )
            for replica, (numbers, rows) in enumerate(replicas):
                twin = twins.setdefault(replica, case.make())
                if len(rows):
                    start = int(numbers[0])
                    twin.update(rows.numpy(), **position_of(twin, start))
        first, *others = twins.values()
        for other in others:
            first.merge(other)
        np.savez(folder / f"{name}-{index}.npz", **first.state())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
