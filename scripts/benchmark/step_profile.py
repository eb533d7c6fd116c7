"""Profiles a training step by operation.

    python scripts/benchmark/step_profile.py [WORKLOAD …]

Records some steps of `fit` of each workload with TensorFlow's profiler, with oneDNN and
without, each in a process of its own. Writes the milliseconds a step of each group of
operations, and of the kinds and nodes that take the most time, to
docs/results/profile.json, and the chart docs/images/profile.png.
"""

import argparse
import itertools
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict

import traces
from processes import environment
from recording import IMAGES_FOLDER, read, record
from workloads import WORKLOADS

WAYS = {"onednn": "oneDNN", "plain": "without oneDNN"}
CONVOLUTIONS = {
    ("Conv2D", False): "convolutions: forward",
    ("Conv2DBackpropInput", False): "convolutions: forward",
    ("Conv2D", True): "convolutions: input gradient",
    ("Conv2DBackpropInput", True): "convolutions: input gradient",
    ("Conv2DBackpropFilter", True): "convolutions: kernel gradient",
}
# The first pattern that matches "node:kind" gives the group of an operation.
PATTERNS = {
    r"(?!.*(MatVec|tensordot)).*:(Fused)?MatMul": "matrix products",
    r".*normalization.*": "normalization",
    r".*dropout.*|.*:(StatelessRandom.*|Sin|Cos|Log)": "random numbers",
    r".*(maxout|upsampl|pool).*|.*:(AvgPool.*|.*Relu.*|Tanh.*|Resize.*)": (
        "activations, resampling"
    ),
    r".*:(Resource.*|Assign.*)|(adam|sgd).*": "updates",
    r".*:(Iterator.*|Optional.*|GatherV2)|data": "data",
}
REST, NOTHING = "the rest", "between operations"
GROUPS = list(
    dict.fromkeys([*CONVOLUTIONS.values(), *PATTERNS.values(), REST, NOTHING])
)


def group_of(operation):
    """Returns the group of an operation; None stands for time without operations."""
    if operation is None:
        return NOTHING
    kind = re.sub("^Fused(?=Conv)|WithBias$", "", operation.kind)
    convolution = CONVOLUTIONS.get((kind, "gradient_tape" in operation.node))
    if convolution:
        return convolution
    name = f"{operation.node}:{operation.kind}"
    fitting = (group for form, group in PATTERNS.items() if re.fullmatch(form, name))
    return next(fitting, REST)


class Recorder:
    """A pacer that lets a loop warm up, and then profiles some of its steps."""

    def __init__(self, folder, warm, steps):
        self.folder = folder
        self.warm = warm
        self.last = warm + steps
        self.done = 0

    def begin(self):
        """Does nothing: this pacer has no other loop to wait for."""

    def step(self, steps=1):
        import tensorflow as tf

        self.done += steps
        if self.done == self.warm:
            # Level 3 records short operations too.
            options = tf.profiler.experimental.ProfilerOptions(host_tracer_level=3)
            tf.profiler.experimental.start(self.folder, options=options)
        elif self.done == self.last:
            tf.profiler.experimental.stop()
            os._exit(0)  # in the middle of a training


def steps_of(work):
    """Returns the numbers of warm-up steps and of profiled steps, in whole epochs."""
    return (3, 4) if work.discriminator_steps > 1 else (2 * work.steps, work.steps)


def train(workload, folder):
    import keras_loops

    work = WORKLOADS[workload]
    keras_loops.keras_gan_fit(work, Recorder(folder, *steps_of(work)))


def profile(workload, *, onednn):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, __file__, workload, "--here", folder],
            env=environment(onednn=onednn),
            check=True,
        )
        spans = traces.spans_of(folder)
    return summary(spans, steps_of(WORKLOADS[workload])[1])


def summary(spans, steps):
    """Returns milliseconds a step by group, kind and node, and the calls by kind."""
    costs = {operation: cost / steps for operation, cost in traces.walls(spans).items()}
    calls = Counter(span.operation for span in spans)
    groups = dict.fromkeys(GROUPS, 0.0)
    kinds, counts = defaultdict(float), Counter()
    for operation, cost in costs.items():
        groups[group_of(operation)] += cost
        if operation is not None:
            kinds[operation.kind] += cost
            counts[operation.kind] += calls[operation] / steps
    costs.pop(None, None)
    return {
        "ms": round(sum(groups.values()), 2),
        "groups": {group: round(cost, 3) for group, cost in groups.items() if cost},
        "kinds": {
            kind: {"ms": round(cost, 3), "calls": round(counts[kind])}
            for kind, cost in most(kinds, 25)
        },
        "nodes": {
            f"{operation.node} {operation.shape}".strip(): round(cost, 3)
            for operation, cost in most(costs, 25)
        },
    }


def most(costs, number):
    ordered = sorted(costs.items(), key=lambda item: -item[1])
    return itertools.islice(ordered, number)


def draw(results):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(len(results), 1, figsize=(9, 1.5 * len(results) + 1.2))
    colours = plt.get_cmap("tab20").colors
    for axis, (workload, ways) in zip(axes, results.items(), strict=True):
        for way, title in reversed(WAYS.items()):
            start = 0.0
            for group, colour in zip(GROUPS, colours, strict=False):
                cost = ways[way]["groups"].get(group, 0.0)
                axis.barh(title, cost, left=start, color=colour, label=group)
                if cost > 0.05 * ways[way]["ms"]:
                    axis.text(
                        start + cost / 2,
                        title,
                        f"{cost:.0f}" if cost >= 100 else f"{cost:.3g}",
                        **CENTRED,
                    )
                start += cost
        axis.set_title(f"{workload}: ms a step", fontsize="medium", loc="left")
        axis.spines[["top", "right"]].set_visible(False)
    handles, labels = axes[0].get_legend_handles_labels()
    shown = dict(zip(labels, handles, strict=True))
    figure.tight_layout(rect=(0, 0.16, 1, 1))
    figure.legend(shown.values(), shown, ncols=3, loc="lower center", frameon=False)
    figure.savefig(IMAGES_FOLDER / "profile.png", dpi=110)


CENTRED = {"ha": "center", "va": "center", "fontsize": "small"}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD")
    parser.add_argument("--here", metavar="FOLDER")
    arguments = parser.parse_args()
    if arguments.here:
        train(*arguments.workloads, arguments.here)
    results = read("profile")
    for workload in arguments.workloads or WORKLOADS:
        results[workload] = {
            way: profile(workload, onednn=way == "onednn") for way in WAYS
        }
        print(workload, {way: results[workload][way]["groups"] for way in WAYS})
    record("profile", results)
    draw({name: results[name] for name in WORKLOADS if name in results})


if __name__ == "__main__":
    main()
