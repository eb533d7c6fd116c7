"""What the products of a training step cost by themselves, beside the step.

    python scripts/benchmark/roofline.py [--again] [WORKLOAD …]

Needs PyTorch beside the package: `pip install keras-gan[bench]`. Counts the matrix
products and convolutions in the graph of a step, and lets each library run each of them
alone, at its own shape: PyTorch (MKL and oneDNN), TensorFlow as it comes, and
TensorFlow with oneDNN. The roofline of a step is the sum of the best times; the step's
own is that of docs/results/training.json. Writes docs/results/roofline.json, draws
docs/images/roofline.png.
"""

import argparse
import dataclasses
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import products
from charts import bar_panels
from processes import environment
from recording import read, record
from workloads import WORKLOADS

LIBRARIES = {"pytorch": False, "tensorflow": False, "onednn": True}
SQUARE = products.Product("matmul", "forward", *[(2048, 2048)] * 3)
OURS = "keras_gan_fit+onednn"
WHOLE = "a whole step of fit"
FLOORS = ("at the rate of 2048³", "best library at each")


def costs_of(library, chosen):
    """Milliseconds of each product."""
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
    counts = products.of_step(WORKLOADS[workload])
    chosen = list(counts)
    costs = {library: costs_of(library, chosen) for library in LIBRARIES}
    rows = [
        {
            **dataclasses.asdict(product),
            "count": counts[product],
            "gflop": round(product.operations / 1e9, 4),
            "ms": {library: costs[library][place] for library in LIBRARIES},
        }
        for place, product in enumerate(chosen)
    ]
    return {**summary(rows), "products": rows}


def summary(rows):
    """Sums over the products of a step."""
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


def with_steps(results):
    """Adds the steps' times, and the shares of them that the rooflines are.

    Returns:
        The workloads whose step has been timed: beside other loops, or else by
        step_profile.py.
    """
    steps, profiles = read("training"), read("profile")
    timed = {}
    for workload in WORKLOADS:
        if workload in profiles:
            timed[workload] = profiles[workload]["onednn"]["ms"]
        if OURS in steps.get(workload, {}):
            timed[workload] = steps[workload][OURS]["ms"]
    for workload in timed.keys() & results.keys():
        row = results[workload]
        row["step_ms"] = timed[workload]
        row["peak_ms"] = round(1e3 * row["gflop"] / results["peak_gflop_per_second"], 2)
        row["share_of_best"] = round(row["ms"]["best"] / row["step_ms"], 3)
        row["share_of_peak"] = round(row["peak_ms"] / row["step_ms"], 3)
    return [workload for workload in timed if workload in results]


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
    parser.add_argument("--again", action="store_true", help="draw, measure nothing")
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD")
    arguments = parser.parse_args()
    results = read("roofline")
    if not arguments.again:
        costs = {library: costs_of(library, [SQUARE])[0] for library in LIBRARIES}
        peak = SQUARE.operations / min(costs.values()) / 1e6
        results["peak_gflop_per_second"] = round(peak, 1)
        for workload in arguments.workloads or WORKLOADS:
            results[workload] = measure(workload)
            print(workload, {key: results[workload][key] for key in ("gflop", "ms")})
    timed = with_steps(results)
    record("roofline", results)
    draw({name: results[name] for name in timed})


if __name__ == "__main__":
    main()
