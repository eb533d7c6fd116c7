"""Measures the cost of a second worker, and projects it to a cluster.

    python scripts/benchmark/workers.py [--rounds 7] [all_reduce | step | project ...]

- `all_reduce`: two worker processes on this machine, under
  `MultiWorkerMirroredStrategy`, sum arrays of 4 KiB to 64 MiB. The law `a + n/b` is
  fitted to the times.
- `step`: times a training step of two workers, each with half of the batch, in turns
  with two independent processes that train on batches of that size. Each process has a
  core of its own.
- `project`: computes the efficiency of N workers on given network links from both, for
  the messages of the DCGAN of `digits` and of SNGAN's networks.

Writes docs/results/workers.json, where results of other parts stay, and the charts
docs/images/all_reduce.png and docs/images/cluster.png.
"""

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as `keras-gan train` does

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
import cluster
from launch_local_workers import environments
from processes import Paced, take_turns
from recording import law, read, record, rounded
from workloads import WORKLOADS

SIZES = [4 * 2**10 * 4**power for power in range(8)]  # 4 KiB to 64 MiB
REPEATS = 8
STEPS = {"mlp": 8, "dcgan": 16}


def pin(core):
    """Binds this process to one core; call before TensorFlow counts the cores."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[core % len(cores)]})


def sum_arrays(rounds):
    """Runs in a worker: sums arrays; prints the seconds of an all-reduce by size."""
    import tensorflow as tf

    from keras_gan.distribution.strategies import open_strategy

    strategy = open_strategy("multi-worker")

    @tf.function
    def sums(array):
        def replica(array):
            context = tf.distribute.get_replica_context()
            array = tf.identity(array)  # on the replica's device
            for _ in range(REPEATS):  # each sum waits for the one before
                array = context.all_reduce(tf.distribute.ReduceOp.SUM, array)
            return array[0]

        return strategy.run(replica, (array,))

    arrays = {size: tf.zeros(size // 4) for size in SIZES}
    times = {size: [] for size in SIZES}
    for number in range(rounds + 2):
        for size, array in arrays.items():
            started = time.perf_counter()
            sums(array).numpy()
            if number >= 2:
                times[size].append((time.perf_counter() - started) / REPEATS)
    print(json.dumps({size: np.median(each) for size, each in times.items()}))


def record_messages(messages):
    """Records device and bytes of each all-reduce that is traced from now on."""
    from tensorflow.python.ops import collective_ops

    traced = collective_ops.all_reduce_v2

    def noted(tensor, *arguments, **options):
        size = tensor.shape.num_elements() * tensor.dtype.size
        messages.append((tensor.device, size))
        return traced(tensor, *arguments, **options)

    collective_ops.all_reduce_v2 = noted


def of_first_device(messages):
    """Returns the bytes of each all-reduce of the first device."""
    return [size for device, size in messages if device == messages[0][0]]


def train(kind, workload, file):
    """Runs in a worker: trains on request, together with the other worker or alone."""
    from keras_loops import Steps, compiled_gan
    from pacer import Pacer

    from keras_gan.distribution.strategies import open_strategy

    pacer, messages = Pacer(), []
    strategy = open_strategy("multi-worker" if kind == "together" else "none")
    record_messages(messages)
    work = WORKLOADS[workload]
    if kind == "apart":
        work = dataclasses.replace(work, batch_size=work.batch_size // 2)
    with strategy.scope():
        gan = compiled_gan(work)

    class Messages(Steps):
        def on_train_begin(self, logs=None):
            messages.clear()  # these compared the arguments of the workers
            super().on_train_begin(logs)

        def on_train_batch_end(self, batch, logs=None):
            if batch == 0 and messages:
                Path(file).write_text(json.dumps(of_first_device(messages)))
            super().on_train_batch_end(batch, logs)

    images = work.images()
    size = work.batch_size * work.discriminator_steps
    gan.fit(
        images, batch_size=size, epochs=10**6, verbose=0, callbacks=[Messages(pacer)]
    )


def own_command(*arguments):
    return [sys.executable, __file__, "--here", *map(str, arguments)]


def measure_all_reduce(rounds):
    processes = [
        subprocess.Popen(
            own_command("sum_arrays", core, rounds),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for core, environment in enumerate(environments(2))
    ]
    lines = [process.communicate()[0] for process in processes]
    if any(process.returncode for process in processes):
        raise RuntimeError("a worker failed")
    seconds = [json.loads(line.splitlines()[-1]) for line in lines]
    measured = {
        size: float(np.mean([one[str(size)] for one in seconds])) for size in SIZES
    }
    latency, per_byte = law(SIZES, list(measured.values()), (0, 1))
    return {
        "seconds": measured,
        "latency_seconds": latency,
        "bytes_per_second": 1 / per_byte,
    }


class Pair:
    """A pair of processes that train at the same time."""

    def __init__(self, kind, workload, file):
        self.members = [
            Paced(own_command("train", core, kind, workload, file), environment)
            for core, environment in enumerate(environments(2))
        ]
        for member in self.members:
            member.answer()

    def train(self, steps):
        """Does a number of steps in both; returns the seconds until both are done."""
        for member in self.members:
            member.begin(steps)
        return max(member.answer() for member in self.members)

    def close(self):
        for member in self.members:
            member.close()


def measure_step(workload, rounds, line):
    """Times a step of two workers, together and apart, beside the fitted law."""
    steps = STEPS[workload]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "messages.json"
        pairs = {kind: Pair(kind, workload, file) for kind in ("together", "apart")}
        for pair in pairs.values():
            pair.train(steps)
        times = take_turns(pairs, steps, rounds)
        messages = json.loads(file.read_text())
    together, apart = (np.array(times[kind]) for kind in ("together", "apart"))
    predicted = len(messages) * line["latency_seconds"]
    predicted += sum(messages) / line["bytes_per_second"]
    return {
        "together_ms": float(np.median(together)),
        "apart_ms": float(np.median(apart)),
        "overhead_ms": float(np.median(together - apart)),
        "ratio": float(np.median(together / apart)),
        "messages": len(messages),
        "message_bytes": sum(messages),
        "predicted_overhead_ms": 1e3 * predicted,
    }


def print_messages(workload):
    """Prints the bytes of a step's messages at full width, on two replicas."""
    import tensorflow as tf
    from keras_loops import compiled_gan

    messages = []
    record_messages(messages)
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0],
        [tf.config.LogicalDeviceConfiguration()] * 2,
    )
    devices = [device.name for device in tf.config.list_logical_devices("CPU")]
    work = dataclasses.replace(WORKLOADS[workload], batch_size=2, options={})
    with tf.distribute.MirroredStrategy(devices).scope():
        gan = compiled_gan(work)
    size = work.batch_size * work.discriminator_steps
    gan.fit(work.images()[:size], batch_size=size, verbose=0)
    print(json.dumps(of_first_device(messages)))


def messages_of(workload):
    done = subprocess.run(
        own_command("print_messages", 0, workload),
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


HERE = {
    "sum_arrays": lambda core, rounds: (pin(int(core)), sum_arrays(int(rounds))),
    "train": lambda core, *arguments: (pin(int(core)), train(*arguments)),
    "print_messages": lambda core, workload: print_messages(workload),
}
PARTS = ("all_reduce", "step", "project")


def main():
    if sys.argv[1:2] == ["--here"]:
        HERE[sys.argv[2]](*sys.argv[3:])
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("parts", nargs="*", metavar="PART")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"no such part: {unknown}; there are {', '.join(PARTS)}")
    parts = arguments.parts or PARTS
    if "all_reduce" in parts:
        found = measure_all_reduce(arguments.rounds)
        record("workers", {"all_reduce": rounded(found)})
    line = read("workers")["all_reduce"]
    if "step" in parts:
        found = {name: measure_step(name, arguments.rounds, line) for name in STEPS}
        record("workers", {"step": rounded(found)})
    if "project" in parts:
        messages = {name: messages_of(name) for name in ("dcgan", "sngan")}
        latency = line["latency_seconds"]
        record("workers", {"project": rounded(cluster.project(messages, latency))})
    results = read("workers")
    print(json.dumps(results))
    cluster.draw(results)


if __name__ == "__main__":
    main()
