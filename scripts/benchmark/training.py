"""Times a training step of the package beside what a user would otherwise write.

    python scripts/benchmark/training.py [--rounds 7] [WORKLOAD …]

Needs PyTorch beside the package: `pip install keras-gan[bench]`. The loops of
scripts/benchmark/loops train the same networks on the same data, each in a process of
its own, in turns: in every round each does a few steps while the others wait. The
figures are medians over the rounds, of milliseconds a step and of the ratio to the
package's `fit` in the same round. Writes docs/results/training.json and the chart
docs/images/training.png.
"""

import argparse
import json
import os
import platform
import sys
from pathlib import Path

import numpy as np

LOOPS_FOLDER = Path(__file__).with_name("loops")
sys.path.insert(0, str(LOOPS_FOLDER))
from paced import Paced  # noqa: E402 - of the folder beside this file
from workloads import WORKLOADS  # noqa: E402

RESULTS = Path("docs/results/training.json")
CHART = Path("docs/images/training.png")
ONEDNN = "+onednn"
OURS = "keras_gan_fit" + ONEDNN
# Loop: (what the chart calls it, whether it does the work of Algorithm 1). Those with
# oneDNN set TF_ENABLE_ONEDNN_OPTS, as `keras-gan train` does; the others run as
# TensorFlow comes.
LOOPS = {
    OURS: ("keras_gan, oneDNN", True),
    "keras_gan_fit": ("keras_gan", True),
    "keras_example_fit" + ONEDNN: ("keras.io example, oneDNN", True),
    "keras_example_fit": ("keras.io example", True),
    "torch_eager": ("PyTorch eager", True),
    "torch_compiled": ("PyTorch compiled", True),
    "keras_gan_simultaneous" + ONEDNN: ("keras_gan simultaneous, oneDNN", False),
    "tensorflow_tutorial": ("TensorFlow tutorial", False),
}


class Loop(Paced):
    """One of the loops over a workload."""

    def __init__(self, name, workload):
        function, _, onednn = name.partition("+")
        environment = dict(os.environ)
        if onednn:
            environment["TF_ENABLE_ONEDNN_OPTS"] = "1"
        script = str(LOOPS_FOLDER / "worker.py")
        super().__init__([sys.executable, script, function, workload], environment)
        self.answer()


def start(names, workload):
    """The loops that run here, warm."""
    work, loops = WORKLOADS[workload], {}
    for name in names:
        if not LOOPS[name][1] and work.discriminator_steps > 1:
            continue
        try:
            loops[name] = Loop(name, workload)
            for _ in range(2):
                loops[name].train(max(1, work.steps // 3))
        except RuntimeError as error:
            loops.pop(name, None)
            print(f"{workload}: {name}: {error}", file=sys.stderr)
    return loops


def measure(workload, names, rounds):
    """Milliseconds a step by loop, one for each round."""
    work = WORKLOADS[workload]
    loops = start(names, workload)
    times = {name: [] for name in loops}
    try:
        for number in range(rounds):
            # Backwards every other round, so that nobody always follows the same.
            for name in list(loops)[:: -1 if number % 2 else 1]:
                seconds = loops[name].train(work.steps)
                times[name].append(1e3 * seconds / work.steps)
    finally:
        for loop in loops.values():
            loop.close()
    return times


def summary(times):
    ours = np.array(times[OURS])
    return {
        name: {
            "ms": round(float(np.median(values)), 2),
            "ms_min": round(min(values), 2),
            "ms_max": round(max(values), 2),
            "ratio": round(float(np.median(np.array(values) / ours)), 3),
        }
        for name, values in times.items()
    }


def draw(results):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(results), figsize=(4.2 * len(results), 3.4))
    for axis, (workload, rows) in zip(
        np.atleast_1d(axes), results.items(), strict=True
    ):
        names = list(rows)[::-1]
        ratios = [rows[name]["ratio"] for name in names]
        colours = ["tab:blue" if "keras_gan" in name else "0.6" for name in names]
        bars = axis.barh([LOOPS[name][0] for name in names], ratios, color=colours)
        axis.bar_label(
            bars, [f"{rows[name]['ms']:.4g} ms" for name in names], padding=2
        )
        axis.set_title(workload)
        axis.set_xlabel("time a step, relative to keras_gan")
        axis.set_xlim(0, 1.35 * max(ratios))
        axis.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(CHART, dpi=110, bbox_inches="tight")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--loops", default=",".join(LOOPS))
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD")
    arguments = parser.parse_args()
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for workload in arguments.workloads or WORKLOADS:
        times = measure(workload, arguments.loops.split(","), arguments.rounds)
        results[workload] = summary(times)
        print(json.dumps({workload: results[workload]}), flush=True)
    results["machine"] = f"{os.cpu_count()} CPUs, {platform.machine()}"
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    del results["machine"]
    draw(results)


if __name__ == "__main__":
    main()
