"""Projects the measurements of workers.py to a cluster, and draws its charts.

Over N workers, small messages, and all of two workers, go whole from each to each
around a ring, in N-1 hops; larger ones are summed on the way, in 2·(N-1) hops of n/N
bytes. A hop takes a latency α, and the time of its bytes at the rate B of the link:

    T(n) = (N-1)·(α + n/B)                  of at most 256 KiB, or if N = 2
    T(n) = 2·(N-1)·α + 2·(N-1)/N · n/B      of more

With two workers the measured latency of a sum is α: that of TensorFlow's gRPC, without
a wire. The projection takes the messages of a step one after another, and nothing to be
computed meanwhile.
"""

import numpy as np
from recording import IMAGES_FOLDER, law_at

GATHERED_BYTES = 2**18  # as in keras_gan/distribution/exchange.py
WORKERS = (2, 4, 8, 16, 32, 64)
GIGABITS = (10, 100)
# Seconds of a hop if devices exchange arrays directly: an assumption.
QUICK_HOP = 50e-6
# Milliseconds of a step of one worker. `dcgan` was measured on two cores, `sngan` is an
# assumption for an accelerator.
STEP_MS = {"dcgan": 33, "sngan": 300}


def seconds_of(messages, hop, workers, bytes_per_second):
    """Returns the seconds of all messages of a step, sent one after another."""
    return sum(
        message_seconds(size, hop, workers, bytes_per_second) for size in messages
    )


def message_seconds(size, hop, workers, bytes_per_second):
    """Returns the seconds of one message, by the laws above."""
    hops = workers - 1
    if workers == 2 or size <= GATHERED_BYTES:
        return hops * (hop + size / bytes_per_second)
    return 2 * hops * hop + 2 * hops / workers * size / bytes_per_second


def project(messages, latency):
    """Returns the milliseconds of waiting, by network, kind of cluster and workers."""
    return {
        name: {
            "step_ms": STEP_MS[name],
            "messages": len(sizes),
            "message_bytes": sum(sizes),
            "message_bytes_of_networks": [size for size in sizes if size > 2**16],
            "overhead_ms": {
                f"{1e3 * hop:.2g} ms a hop, {gigabits} Gbit/s": {
                    str(workers): 1e3
                    * seconds_of(sizes, hop, workers, gigabits * 1e9 / 8)
                    for workers in WORKERS
                }
                for hop in (latency, QUICK_HOP)
                for gigabits in GIGABITS
            },
        }
        for name, sizes in messages.items()
    }


def draw(results):
    if "all_reduce" in results:
        draw_all_reduce(results["all_reduce"])
    if "project" in results:
        draw_projection(results["project"])


def draw_all_reduce(measured):
    import matplotlib.pyplot as plt

    sizes = np.array([int(size) for size in measured["seconds"]])
    coefficients = (measured["latency_seconds"], 1 / measured["bytes_per_second"])
    figure, axis = plt.subplots(figsize=(5, 3.2))
    axis.plot(sizes, 1e3 * np.array(list(measured["seconds"].values())), "o")
    fine = np.geomspace(sizes[0], sizes[-1])
    axis.plot(fine, 1e3 * law_at(fine, coefficients, (0, 1)), color="0.6")
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    axis.set_xticks(sizes, [label(size) for size in sizes], fontsize=8)
    axis.set_xlabel("message")
    axis.set_ylabel("ms an all-reduce")
    rate = measured["bytes_per_second"] / 1e9
    axis.set_title(
        f"{1e3 * coefficients[0]:.2g} ms + n / ({rate:.2g} GB/s)", fontsize=10
    )
    axis.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(IMAGES_FOLDER / "all_reduce.png", dpi=110)


def label(size):
    return f"{size // 2**20} MiB" if size >= 2**20 else f"{size // 2**10} KiB"


def draw_projection(projected):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(projected), figsize=(9, 3.2), sharey=True)
    for axis, (name, network) in zip(axes, projected.items(), strict=True):
        for number, (cluster, by_workers) in enumerate(network["overhead_ms"].items()):
            overheads = np.array(list(by_workers.values()))
            axis.plot(
                WORKERS,
                100 * network["step_ms"] / (network["step_ms"] + overheads),
                ("--", "-")[number % 2],
                color=f"C{number // 2}",
                label=cluster,
            )
        axis.set_xscale("log", base=2)
        axis.set_xticks(WORKERS, [str(workers) for workers in WORKERS])
        axis.set_ylim(0, 102)
        title = (
            f"{name}: {network['messages']} messages, {network['step_ms']} ms a step"
        )
        axis.set_title(title, fontsize=10)
        axis.set_xlabel("workers, each with the whole batch")
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("% of N times the speed")
    axes[-1].legend(fontsize=8, loc="lower left")
    figure.tight_layout()
    figure.savefig(IMAGES_FOLDER / "cluster.png", dpi=110)
