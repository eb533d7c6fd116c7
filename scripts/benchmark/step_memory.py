"""Measures the largest memory of a training process, by loop.

    python scripts/benchmark/step_memory.py [WORKLOAD …]

Each loop trains in a process of its own. The peak is the largest resident memory
(VmHWM) after some steps, libraries and data included. Writes
docs/results/step_memory.json and the chart docs/images/step_memory.png.
"""

import argparse

from charts import bar_panels
from processes import Loop
from recording import record
from workloads import WORKLOADS

LOOPS = {
    "keras_gan_fit": "keras_gan",
    "keras_example_fit": "keras.io example",
    "torch_eager": "PyTorch eager",
}
STEPS = 3


def measure(workload):
    """Returns the MB of each loop: with everything built, and at the peak."""
    rows = {}
    for name in LOOPS:
        # With oneDNN, as in `keras-gan train`; PyTorch ignores the setting.
        loop = Loop("worker.py", name, workload, onednn=True)
        built = loop.peak_memory()
        loop.train(STEPS * WORKLOADS[workload].steps)
        rows[name] = {"built_mb": round(built), "peak_mb": round(loop.peak_memory())}
        loop.close()
    return rows


def draw(results):
    panels = {
        workload: {
            title: (rows[name]["peak_mb"], f"{rows[name]['peak_mb']} MB")
            for name, title in LOOPS.items()
        }
        for workload, rows in results.items()
    }
    highlighted = {LOOPS["keras_gan_fit"]: "tab:blue"}
    bar_panels("step_memory", panels, height=2, highlighted=highlighted)


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
