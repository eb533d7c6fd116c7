"""Times a training step of the package beside other training loops.

    python scripts/benchmark/training.py [--rounds 9] [WORKLOAD …]

Needs PyTorch beside the package: `pip install '.[bench]'`. The loops of
scripts/benchmark/loops train the same networks on the same data, each in a process of
its own, in turns: in every round each loop does a few steps while the others wait. A
turn in which other programs work is done again, and nothing is recorded if they go on.
The figures are medians over the rounds: the milliseconds a step, and the ratio to the
package's `fit` in the same round. Writes docs/results/training.json and the chart
docs/images/training.png.
"""

import argparse
import json
import sys

import numpy as np
from charts import bar_panels
from processes import Loop, take_turns
from recording import read, record
from workloads import WORKLOADS

ONEDNN, SCRIPT = "+onednn", "+script"
OURS = "keras_gan_fit" + ONEDNN
# Loop: (its name in the chart, whether it does the work of Algorithm 1). Loops with
# oneDNN set TF_ENABLE_ONEDNN_OPTS, as `keras-gan train` does; a script leaves it to
# `import keras_gan`; the others compute without it.
LOOPS = {
    OURS: ("keras_gan", True),
    "keras_gan_fit" + SCRIPT: ("keras_gan in a script", True),
    "keras_gan_fit": ("keras_gan without oneDNN", True),
    "keras_example_fit" + ONEDNN: ("keras.io example", True),
    "keras_example_fit": ("keras.io example without oneDNN", True),
    "torch_eager": ("PyTorch eager", True),
    "torch_tuned": ("PyTorch tuned", True),
    "torch_compiled": ("PyTorch compiled", True),
    "torch_tuned_compiled": ("PyTorch tuned and compiled", True),
    "keras_gan_simultaneous" + ONEDNN: ("keras_gan simultaneous", False),
    "tensorflow_tutorial": ("TensorFlow tutorial without oneDNN", False),
}


def start_one(name, workload):
    function, _, suffix = name.partition("+")
    onednn = {"onednn": True, "script": None, "": False}[suffix]
    return Loop("worker.py", function, workload, onednn=onednn)


def start(names, workload):
    """Starts and warms up the loops; leaves out loops that cannot run here."""
    work, loops = WORKLOADS[workload], {}
    for name in names:
        if not LOOPS[name][1] and work.discriminator_steps > 1:
            continue
        try:
            loops[name] = start_one(name, workload)
            for _ in range(2):
                loops[name].train(work.steps)
        except RuntimeError as error:
            loops.pop(name, None)
            print(f"{workload}: {name}: {error}", file=sys.stderr)
    return loops


def measure(workload, names, rounds):
    """Returns each loop's milliseconds of a step, one per round."""
    return take_turns(start(names, workload), WORKLOADS[workload].steps, rounds)


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
    panels = {
        workload: {
            LOOPS[name][0]: (row["ratio"], f"{row['ms']:.4g} ms")
            for name, row in rows.items()
        }
        for workload, rows in results.items()
    }
    ours = [title for name, (title, _) in LOOPS.items() if "keras_gan" in name]
    bar_panels(
        "training",
        panels,
        height=3.4,
        highlighted=dict.fromkeys(ours, "tab:blue"),
        label="time a step, relative to keras_gan",
        repeated=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--loops", default=",".join(LOOPS))
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD")
    arguments = parser.parse_args()
    results = read("training")
    for workload in arguments.workloads or WORKLOADS:
        times = measure(workload, arguments.loops.split(","), arguments.rounds)
        results[workload] = summary(times)
        print(json.dumps({workload: results[workload]}), flush=True)
    record("training", results)
    draw({name: rows for name, rows in results.items() if name in WORKLOADS})


if __name__ == "__main__":
    main()
