"""What workers.py projects from its measurements, and its charts.

A ring all-reduce of n bytes over N workers is 2·(N-1) messages of n/N bytes that follow
one another; each takes a latency α, and its bytes over the rate B of the link:

    T(n) = 2·(N-1)·α + 2·(N-1)/N · n/B

With two workers the first term is 2·α, which the measured latency of an all-reduce is
taken for.
"""

import numpy as np
from recording import IMAGES_FOLDER, law_at

WORKERS = (2, 4, 8, 16, 32, 64)
GIGABITS = (10, 100)
STEP_SECONDS = (0.03, 0.3, 3.0)


def seconds_of(messages, latency, workers, bytes_per_second):
    """The seconds of all messages of a step, one after another."""
    hops = 2 * (workers - 1)
    a_message = hops * latency / 2
    volume = hops / workers * sum(messages)
    return len(messages) * a_message + volume / bytes_per_second


def project(messages, latency):
    """From the messages of each network to the milliseconds of each cluster."""
    return {
        name: {
            "messages": len(sizes),
            "message_bytes": sum(sizes),
            "gradient_messages": sum(size > 2**16 for size in sizes),
            "overhead_ms": {
                f"{gigabits} Gbit/s": {
                    str(workers): 1e3
                    * seconds_of(sizes, latency, workers, gigabits * 1e9 / 8)
                    for workers in WORKERS
                }
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
        for number, seconds in enumerate(STEP_SECONDS):
            for rate, style in zip(network["overhead_ms"], ("--", "-"), strict=True):
                overheads = np.array(list(network["overhead_ms"][rate].values()))
                share = seconds / (seconds + overheads / 1e3)
                axis.plot(
                    WORKERS,
                    100 * share,
                    style,
                    color=f"C{number}",
                    label=f"{1e3 * seconds:,.0f} ms, {rate}",
                )
        axis.set_xscale("log", base=2)
        axis.set_xticks(WORKERS, [str(workers) for workers in WORKERS])
        axis.set_ylim(0, 102)
        axis.set_title(f"{name}: {network['messages']} messages a step", fontsize=10)
        axis.set_xlabel("workers")
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("% of N times the speed")
    axes[-1].legend(title="step of one worker, link", fontsize=8, bbox_to_anchor=(1, 1))
    figure.tight_layout()
    figure.savefig(IMAGES_FOLDER / "cluster.png", dpi=110, bbox_inches="tight")
