"""The most memory that a training process holds, by loop.

    python scripts/benchmark/step_memory.py [WORKLOAD …]

Each loop trains in a process of its own; its peak is the largest resident memory
(VmHWM) after some steps, libraries and data included. Writes
docs/results/step_memory.json and draws docs/images/step_memory.png.
"""

import argparse

from processes import Loop
from recording import IMAGES_FOLDER, record
from workloads import WORKLOADS

LOOPS = {
    "keras_gan_fit": "keras_gan",
    "keras_example_fit": "keras.io example",
    "torch_eager": "PyTorch eager",
}
STEPS = 3


def measure(workload):
    """MB by loop: with everything loaded and built, and at the most."""
    rows = {}
    for name in LOOPS:
        # With oneDNN, as `keras-gan train` runs; PyTorch does not look.
        loop = Loop("worker.py", name, workload, onednn=True)
        built = loop.peak_memory()
        loop.train(STEPS * WORKLOADS[workload].steps)
        rows[name] = {"built_mb": round(built), "peak_mb": round(loop.peak_memory())}
        loop.close()
    return rows


def draw(results):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(results), figsize=(4.2 * len(results), 2))
    for axis, (workload, rows) in zip(axes, results.items(), strict=True):
        peaks = [rows[name]["peak_mb"] for name in reversed(LOOPS)]
        titles = [LOOPS[name] for name in reversed(LOOPS)]
        bars = axis.barh(titles, peaks, color=["0.6", "0.6", "tab:blue"])
        axis.bar_label(bars, [f"{peak} MB" for peak in peaks], padding=2)
        axis.set_title(workload)
        axis.set_xlim(0, 1.35 * max(peaks))
        axis.spines[["top", "right"]].set_visible(False)
        if axis is not axes[0]:
            axis.set_yticklabels([])
    figure.tight_layout()
    figure.savefig(IMAGES_FOLDER / "step_memory.png", dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD")
    for workload in parser.parse_args().workloads or WORKLOADS:
        rows = measure(workload)
        print(workload, rows, flush=True)
        results = record("step_memory", {workload: rows})
    draw({name: results[name] for name in WORKLOADS if name in results})


if __name__ == "__main__":
    main()
