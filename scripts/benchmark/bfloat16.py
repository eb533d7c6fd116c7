"""Times a step of `fit` under Keras's mixed_bfloat16 beside one in float32.

    python scripts/benchmark/bfloat16.py [--rounds 7]

Trains `mlp` and `dcgan` with oneDNN, both policies in turns. Writes
docs/results/bfloat16.json, with the CPU's instructions for bfloat16.
"""

import argparse
from pathlib import Path

import numpy as np
from processes import Loop, take_turns
from recording import record
from workloads import WORKLOADS

LOOPS = {"float32": "keras_gan_fit", "mixed_bfloat16": "keras_gan_bfloat16"}
UNITS = {"avx512_bf16", "amx_bf16", "bf16"}


def units():
    """Returns the CPU's instructions for bfloat16; most CPUs before 2021 have none."""
    information = Path("/proc/cpuinfo").read_text()
    return sorted(UNITS & set(information.split()))


def measure(workload, rounds):
    loops = {
        policy: Loop("worker.py", name, workload, onednn=True)
        for policy, name in LOOPS.items()
    }
    steps = WORKLOADS[workload].steps
    for loop in loops.values():
        loop.train(steps)
    times = take_turns(loops, steps, rounds)
    single, half = (np.array(times[policy]) for policy in LOOPS)
    return {
        **{
            f"{policy}_ms": round(float(np.median(times[policy])), 2)
            for policy in LOOPS
        },
        "images_per_second_ratio": round(float(np.median(single / half)), 3),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    rows = {workload: measure(workload, rounds) for workload in ("mlp", "dcgan")}
    print(record("bfloat16", {"bfloat16_units": units(), **rows}))


if __name__ == "__main__":
    main()
