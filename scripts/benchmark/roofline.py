"""Compares a training step with the time of its products alone.

    python scripts/benchmark/roofline.py [WORKLOAD …]

Needs PyTorch beside the package: `pip install '.[bench]'`. Counts the matrix
products and convolutions in the graph of a step, and runs each of them alone, at its
own shape, in each library: PyTorch (MKL and oneDNN), TensorFlow without oneDNN, and
TensorFlow with oneDNN. The roofline of a step is the sum of the best times. Steps of
`fit` with oneDNN are timed before and after the products. Writes
docs/results/roofline.json and the chart docs/images/roofline.png.
"""

import argparse
import dataclasses
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import products
from charts import bar_panels
from processes import Loop, environment
from recording import record
from workloads import WORKLOADS

LIBRARIES = {"pytorch": False, "tensorflow": False, "onednn": True}
SQUARE = products.Product("matmul", "forward", *[(2048, 2048)] * 3)
TURNS = 8
WHOLE = "a whole step of fit"
FLOORS = ("at the rate of 2048³", "best library at each")


def costs_of(library, chosen):
    """Returns the milliseconds of each product in a library."""
    worker = Path(__file__).with_name("rates.py")
    done = subprocess.run(
        [sys.executable, str(worker), library],
        input=json.dumps([dataclasses.asdict(product) for product in chosen]),
        env=environment(onednn=LIBRARIES[library]),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def measure(workload):
    """Measures the products and steps of `fit` within a few minutes of each other."""
    counts = products.of_step(WORKLOADS[workload])
    chosen = list(counts)
    loop = Loop("worker.py", "keras_gan_fit", workload, onednn=True)
    try:
        steps = step_times(loop, workload)[1:]  # the first turn traces
        costs = {library: costs_of(library, [*chosen, SQUARE]) for library in LIBRARIES}
        steps += step_times(loop, workload)
    finally:
        loop.close()
    rows = [
        {
            **dataclasses.asdict(product),
            "count": counts[product],
            "gflop": round(product.operations / 1e9, 4),
            "ms": {library: costs[library][place] for library in LIBRARIES},
        }
        for place, product in enumerate(chosen)
    ]
    square = min(each[-1] for each in costs.values())
    found = summary(rows) | {
        "step_ms": round(float(np.median(steps)), 2),
        "peak_gflop_per_second": round(SQUARE.operations / square / 1e6, 1),
    }
    return found | shares(found) | {"products": rows}


def step_times(loop, workload):
    """Returns the milliseconds of a step of `fit`, one value per turn."""
    steps = WORKLOADS[workload].steps
    return [1e3 * loop.train(steps) / steps for _ in range(TURNS)]


def shares(found):
    """Returns the time of a step at the peak rate, and the shares that it reaches."""
    peak = 1e3 * found["gflop"] / found["peak_gflop_per_second"]
    return {
        "peak_ms": round(peak, 2),
        "share_of_best": round(found["ms"]["best"] / found["step_ms"], 3),
        "share_of_peak": round(peak / found["step_ms"], 3),
    }


def summary(rows):
    """Adds up the products of a step, by role and by library."""
    gflop = sum(row["count"] * row["gflop"] for row in rows)
    totals = {
        library: sum(row["count"] * row["ms"][library] for row in rows)
        for library in LIBRARIES
    }
    totals["best"] = sum(row["count"] * min(row["ms"].values()) for row in rows)
    roles = defaultdict(lambda: {"gflop": 0.0, "best_ms": 0.0})
    for row in rows:
        role = roles[row["role"]]
        role["gflop"] += row["count"] * row["gflop"]
        role["best_ms"] += row["count"] * min(row["ms"].values())
    return {
        "gflop": round(gflop, 3),
        "roles": {
            role: {name: round(value, 3) for name, value in values.items()}
            for role, values in roles.items()
        },
        "ms": {name: round(total, 2) for name, total in totals.items()},
        "gflop_per_second": {
            name: round(1e3 * gflop / total, 1) for name, total in totals.items()
        },
    }


def draw(results):
    panels = {}
    for workload, row in results.items():
        bars = {
            FLOORS[0]: row["peak_ms"],
            FLOORS[1]: row["ms"]["best"],
            "PyTorch's products": row["ms"]["pytorch"],
            "oneDNN's in TensorFlow": row["ms"]["onednn"],
            WHOLE: row["step_ms"],
        }
        title = f"{workload}: {row['gflop']:.3g} GFLOP"
        panels[title] = {name: (ms, f"{ms:.4g} ms") for name, ms in bars.items()}
    highlighted = {WHOLE: "tab:blue", **dict.fromkeys(FLOORS, "tab:green")}
    bar_panels("roofline", panels, height=2.6, highlighted=highlighted)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD")
    for workload in parser.parse_args().workloads or WORKLOADS:
        found = measure(workload)
        print(workload, {key: found[key] for key in found if key != "products"})
        results = record("roofline", {workload: found})
    draw({name: results[name] for name in WORKLOADS if name in results})


if __name__ == "__main__":
    main()
