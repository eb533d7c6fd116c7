"""Takes every layer through two training calls on two logical CPU devices.

Run by test_layers_promises.py in a process of its own. Prints by layer, for each of the
replicas, what the second call found and the variables afterwards.
"""

import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf
from layers import LAYERS, inputs_of, make_model, step

from keras_gan.distribution.strategies import open_strategy

(CPU,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(
    CPU, [tf.config.LogicalDeviceConfiguration()] * 2
)
MIRRORED = open_strategy("mirrored")


def on_replicas(name):
    with MIRRORED.scope():
        model = make_model(name)

    def replica():
        context = tf.distribute.get_replica_context()
        # As batches are shared: each replica has a run of rows.
        rows = len(tf.nest.flatten(inputs_of(name))[0]) // 2
        start = context.replica_id_in_sync_group * rows
        part = tf.nest.map_structure(
            lambda array: tf.constant(array)[start : start + rows], inputs_of(name)
        )
        for _ in range(2):
            # Optimizers sum over replicas, too, so that each step ends together.
            found = context.all_reduce("SUM", step(model, part, parts=2))
        return found

    found = tf.function(lambda: MIRRORED.run(replica))()
    values = [found, *(variable.value for variable in model.variables)]
    by_value = [MIRRORED.experimental_local_results(value) for value in values]
    return [
        [value[replica].numpy().tolist() for value in by_value] for replica in (0, 1)
    ]


if __name__ == "__main__":
    print(json.dumps({name: on_replicas(name) for name in LAYERS}))
