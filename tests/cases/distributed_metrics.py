"""The streaming twins under a strategy: each replica counts what it is handed."""

import numpy as np
import tensorflow as tf

from cases.streaming_metrics import CASES, assert_equal, position_of

GLOBAL_BATCH = 20


def states_under(strategy):
    """Returns the state of each twin, of this process's replicas merged, by case."""
    options = tf.data.Options()
    policies = tf.data.experimental.AutoShardPolicy
    options.experimental_distribute.auto_shard_policy = policies.DATA
    states = {}
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
        states[name] = first.state()
    return states


def assert_equal_to_one_shot(workers):
    """Merges the states of all workers, and compares with the functions."""
    for name, case in CASES.items():
        merged = case.make()
        parts = [type(merged).from_state(states[name]) for states in workers]
        for part in parts:
            merged.merge(part)
        counts = [part.count for part in parts]
        assert sum(counts) == len(case.rows)
        assert min(counts) >= len(case.rows) // len(workers) - 20
        assert_equal(case.value(merged), case.one_shot())
