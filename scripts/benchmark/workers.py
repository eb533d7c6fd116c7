"""Measures the cost of a second worker, and projects it to a cluster.

    python scripts/benchmark/workers.py [--rounds 7] [all_reduce | step | project ...]

- `all_reduce`: two worker processes on this machine, under
  `MultiWorkerMirroredStrategy`, sum arrays of 4 KiB to 64 MiB as a step does. The law
  `a + n/b` is fitted to the times.
- `step`: times a training step of two workers, each with half of the batch, in turns
  with two independent processes that train on batches of that size. Each process has a
  core of its own.
- `link`: times a step of two workers whose connections pass a relay that holds all
  bytes for 5 ms each way, in turns with two whose relay holds them for no time.
- `project`: computes the efficiency of N workers on given network links from both, for
  the messages of the DCGAN of `digits` and of SNGAN's networks.

Writes docs/results/workers.json, where results of other parts stay, and the charts
docs/images/all_reduce.png and docs/images/cluster.png.
"""

import argparse
import dataclasses
import json
import os
import socket
import subprocess
import sys
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
from relay import Relay
from workloads import WORKLOADS

SIZES = [4 * 2**10 * 4**power for power in range(8)]  # 4 KiB to 64 MiB
REPEATS = 8
STEPS = {"mlp": 8, "dcgan": 16}
ROUND_TRIP = 0.01  # seconds


def pin(core):
    """Binds this process to one core; call before TensorFlow counts the cores."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[core % len(cores)]})


def sum_arrays(rounds):
    """Runs in a worker: sums arrays; prints the seconds of an all-reduce by size."""
    import tensorflow as tf

    from keras_gan.distribution.exchange import sum_over_replicas
    from keras_gan.distribution.strategies import open_strategy

    strategy = open_strategy("multi-worker")

    @tf.function
    def sums(array):
        def replica(array):
            array = tf.identity(array)  # on the replica's device
            for _ in range(REPEATS):  # each sum waits for the one before
                (array,) = sum_over_replicas([array])
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


def messages_of_step(gan, images):
    """Returns the bytes of each message that a replica sends in a training step."""
    import tensorflow as tf

    def step(images):
        return gan.distribute_strategy.run(gan.train_step, args=(images,))

    graph = tf.function(step).get_concrete_function(images).graph
    sums = [op for op in graph.get_operations() if op.type.startswith("Collective")]
    sent = [op.inputs[0] for op in sums if op.device == sums[0].device]
    return [tensor.shape.num_elements() * tensor.dtype.size for tensor in sent]


def train(kind, workload):
    """Runs in a worker: trains on request, together with the other worker or alone."""
    from keras_loops import Steps, compiled_gan
    from pacer import Pacer

    from keras_gan.distribution.strategies import open_strategy

    strategy = open_strategy("multi-worker" if kind == "together" else "none")
    work = WORKLOADS[workload]
    if kind == "apart":
        work = dataclasses.replace(work, batch_size=work.batch_size // 2)
    with strategy.scope():
        gan = compiled_gan(work)
    gan.fit(
        work.images(),
        batch_size=work.batch_size * work.discriminator_steps,
        epochs=10**6,
        verbose=0,
        callbacks=[Steps(Pacer())],
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
    """A pair of processes that train at the same time.

    Args:
        kind: "together" or "apart".
        workload: A name in `WORKLOADS`.
        delay: Seconds that bytes between them take each way; None for no relay.
    """

    def __init__(self, kind, workload, delay=None):
        given = list(environments(2))
        self.relays = []
        if delay is not None:
            given, self.relays = relayed(given, delay)
        self.members = [
            Paced(own_command("train", core, kind, workload), environment)
            for core, environment in enumerate(given)
        ]
        for member in self.members:
            member.answer()
        parts = [*self.members, *self.relays]
        self.processes = [part.process for part in parts]

    def train(self, steps):
        """Does a number of steps in both; returns the seconds until both are done."""
        for member in self.members:
            member.begin(steps)
        return max(member.answer() for member in self.members)

    def close(self):
        for member in [*self.members, *self.relays]:
            member.close()


def relayed(given, delay):
    """Lets each worker reach the other through a relay of its own.

    Returns:
        The environments of the workers, and the relays.
    """
    configs = [json.loads(each["TF_CONFIG"]) for each in given]
    addresses = configs[0]["cluster"]["worker"]
    relays = [Relay(address, delay) for address in addresses]
    for own, config in enumerate(configs):
        config["cluster"]["worker"] = [
            address if place == own else relays[place].address
            for place, address in enumerate(addresses)
        ]
    texts = map(json.dumps, configs)
    changed = [e | {"TF_CONFIG": text} for e, text in zip(given, texts, strict=True)]
    return changed, relays


def measure_step(workload, rounds, line):
    """Times a step of two workers, together and apart, beside the fitted law."""
    steps, messages = STEPS[workload], messages_of(workload)
    pairs = {kind: Pair(kind, workload) for kind in ("together", "apart")}
    for pair in pairs.values():
        pair.train(steps)
    times = take_turns(pairs, steps, rounds)
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


def measure_link(workload, rounds):
    """Times a step of two workers on a link of a round trip, and on one of none."""
    steps = STEPS[workload]
    pairs = {"link": Pair("together", workload, ROUND_TRIP / 2)}
    pairs["none"] = Pair("together", workload, 0.0)
    for pair in pairs.values():
        pair.train(steps)
    times = take_turns(pairs, steps, rounds)
    link, none = (np.array(times[kind]) for kind in ("link", "none"))
    waited = float(np.median(link - none))
    round_trip = 1e3 * (round_trip_over(ROUND_TRIP / 2) - round_trip_over(0.0))
    return {
        "round_trip_ms": round_trip,
        "step_ms": float(np.median(link)),
        "waited_ms": waited,
        "round_trips": waited / round_trip,
    }


def round_trip_over(delay):
    """Returns the seconds until a byte comes back through a relay of this delay."""
    seconds = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        relay = Relay(f"127.0.0.1:{server.getsockname()[1]}", delay)
        host, port = relay.address.split(":")
        with socket.create_connection((host, int(port))) as near:
            far, _ = server.accept()
            for _ in range(50):
                started = time.perf_counter()
                near.sendall(b".")
                far.sendall(far.recv(1))
                near.recv(1)
                seconds.append(time.perf_counter() - started)
            far.close()
        relay.close()
    return float(np.median(seconds))


def print_messages(workload):
    """Prints the bytes of a step's messages on two replicas."""
    import tensorflow as tf
    from keras_loops import compiled_gan

    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0],
        [tf.config.LogicalDeviceConfiguration()] * 2,
    )
    devices = [device.name for device in tf.config.list_logical_devices("CPU")]
    work = WORKLOADS[workload]
    if workload == "sngan":  # at the width of the paper
        work = dataclasses.replace(work, batch_size=2, options={})
    with tf.distribute.MirroredStrategy(devices).scope():
        gan = compiled_gan(work)
    size = work.batch_size * work.discriminator_steps
    print(json.dumps(messages_of_step(gan, work.images()[:size])))


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
PARTS = ("all_reduce", "step", "link", "project")


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
    if "link" in parts:
        found = {name: measure_link(name, arguments.rounds) for name in STEPS}
        record("workers", {"link": rounded(found)})
    if "project" in parts:
        messages = {name: messages_of(name) for name in ("dcgan", "sngan")}
        latency = line["latency_seconds"]
        record("workers", {"project": rounded(cluster.project(messages, latency))})
    results = read("workers")
    print(json.dumps(results))
    cluster.draw(results)


if __name__ == "__main__":
    main()
