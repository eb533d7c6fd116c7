"""Measures the growth of the cost of a training step, one quantity at a time.

    python scripts/benchmark/growth.py [--rounds 7] [SWEEP ...]

The sweeps are batch, width, image_size, k, replicas and data_size. Each sweep runs in a
process of its own. There, `fit` trains the DCGAN of `digits` at every point of the
sweep in turns: in every round each point does some steps. The figures are medians over
the rounds. A law such as `milliseconds a step = a + b·x` is fitted to each sweep.
Writes docs/results/growth.json, where results of other sweeps stay, and the chart
docs/images/growth.png.
"""

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as `keras-gan train` does

import numpy as np
from processes import turns
from recording import IMAGES_FOLDER, law, law_at, law_text, read, record, rounded
from workloads import WORKLOADS

TURN_SECONDS = 0.5
BATCH = 64


@dataclasses.dataclass(frozen=True)
class Point:
    """The training at one point of a sweep.

    Attributes:
        batch: The number of images of one update of the discriminator, on all replicas.
        width: The number of filters of the generator's first feature map.
        side: The height and width of the images.
        k: The number of updates of the discriminator per update of the generator.
        replicas: The number of logical CPU devices that share a batch.
        stored: The number of images in memory; None for as many as a turn needs.
    """

    batch: int = BATCH
    width: int = 48
    side: int = 28
    k: int = 1
    replicas: int = 1
    stored: int | None = None

    @property
    def images_a_step(self):
        return self.batch * self.k

    def workload(self):
        return dataclasses.replace(
            WORKLOADS["dcgan"],
            image_shape=(self.side, self.side, 1),
            batch_size=self.batch,
            discriminator_steps=self.k,
            options={
                "generator_filters": self.width,
                "discriminator_filters": self.width // 2,
            },
        )


@dataclasses.dataclass(frozen=True)
class Sweep:
    """The values of one quantity; everything else is as in `digits`.

    Attributes:
        field: The field of `Point` that holds the quantity.
        values: The values of the field.
        label: The name of the quantity in the chart.
        variable: The name of x in the law.
        powers: The powers of x in the law of the milliseconds a step.
        x: Computes x from a value of the field.
        common: Other fields in which all points differ from `digits`.
    """

    field: str
    values: tuple[int, ...]
    label: str
    variable: str
    powers: tuple[int, ...] = (0, 1)
    x: Callable[[int], float] = float
    common: dict[str, int] = dataclasses.field(default_factory=dict)


SWEEPS = {
    "batch": Sweep("batch", (1, 4, 16, 64, 256, 1024), "batch size", "images"),
    "width": Sweep(
        "width",
        (12, 24, 48, 96, 192),
        "filters of the generator's first map",
        "w",
        powers=(0, 1, 2),
    ),
    "image_size": Sweep(
        "side",
        (16, 28, 48, 64, 96, 128),
        "image side (batch 16)",
        "kilopixels",
        x=lambda side: side * side / 1000,
        common={"batch": 16},
    ),
    "k": Sweep("k", (1, 2, 3, 5, 8), "discriminator steps k", "k"),
    "replicas": Sweep("replicas", (1, 2, 4), "replicas on two cores", "replicas"),
    "data_size": Sweep(
        "stored",
        (1_000, 10_000, 100_000, 1_000_000),
        "images in memory",
        "million",
        x=lambda images: images / 1e6,
    ),
}


class Training:
    """Trains at one point of a sweep, some steps at a time."""

    def __init__(self, point, devices):
        import tensorflow as tf
        from keras_loops import compiled_gan

        from keras_gan import data

        self.point = point
        self.strategy = tf.distribute.get_strategy()
        if point.replicas > 1:
            # Without this, two strategies in a process use the same group keys.
            tf.distribute.MirroredStrategy._collective_key_base = 1000 * point.replicas
            self.strategy = tf.distribute.MirroredStrategy(devices[: point.replicas])
        with self.strategy.scope():
            self.gan = compiled_gan(point.workload())
        self.steps = 3
        self.batches = None
        self.load = data.load
        for _ in range(2):  # the first call traces
            self.turn()
        self.steps = int(np.clip(TURN_SECONDS / self.turn()[0], 3, 100))

    def turn(self):
        """Returns the seconds of a step, and of beginning a pass over the data."""
        clock = step_clock()
        self.gan.fit(
            self.dataset(),
            steps_per_epoch=self.steps + 1,
            epochs=1,
            verbose=0,
            callbacks=[clock],
        )
        step = (clock.times[-1] - clock.times[1]) / self.steps
        return step, clock.times[1] - clock.times[0] - step

    def dataset(self):
        """Returns the data; makes new data if a turn needs more."""
        needed = self.point.images_a_step * (self.steps + 1)
        count = self.point.stored or needed
        if self.batches is None or (not self.point.stored and count > self.count):
            random = np.random.default_rng(0)
            shape = (count, self.point.side, self.point.side, 1)
            images = random.integers(0, 256, shape, np.uint8)
            size = self.point.images_a_step
            self.batches = self.load(images, batch_size=size)
            self.count = count
        return self.batches


def step_clock():
    import keras

    class Clock(keras.callbacks.Callback):
        """Records the time when training begins, and the time of each step's end."""

        def __init__(self):
            super().__init__()
            self.times = []

        def on_train_begin(self, logs=None):
            self.times.append(time.perf_counter())

        def on_train_batch_end(self, batch, logs=None):
            self.times.append(time.perf_counter())

    return Clock()


def measure(name, rounds):
    """Measures a sweep; prints its points and its law as one line of JSON."""
    import tensorflow as tf

    sweep = SWEEPS[name]
    points = [Point(**sweep.common | {sweep.field: v}) for v in sweep.values]
    replicas = max(point.replicas for point in points)
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0],
        [tf.config.LogicalDeviceConfiguration()] * replicas,
    )
    devices = [device.name for device in tf.config.list_logical_devices("CPU")]
    trainings = [Training(point, devices) for point in points]
    times = [[] for _ in points]
    for index in turns(range(len(points)), rounds):
        times[index].append(trainings[index].turn())
    rows = []
    for value, point, pairs in zip(sweep.values, points, times, strict=True):
        steps, starts = 1e3 * np.array(pairs).T
        rows.append(
            {
                sweep.field: value,
                "x": sweep.x(value),
                "ms": float(np.median(steps)),
                "ms_min": float(steps.min()),
                "ms_max": float(steps.max()),
                "ms_to_begin_a_pass": float(np.median(starts)),
                "images_a_step": point.images_a_step,
                "images_per_second": 1e3 * point.images_a_step / np.median(steps),
            }
        )
    coefficients = law(
        [row["x"] for row in rows], [row["ms"] for row in rows], sweep.powers
    )
    result = {"points": rows, "ms_law": coefficients, "powers": list(sweep.powers)}
    print(json.dumps(rounded(result)), flush=True)


def short(value):
    return f"{value / 1e6:g}M" if value >= 1e6 else f"{value:,.0f}"


def draw(results):
    import matplotlib.pyplot as plt

    shown = [name for name in SWEEPS if name in results]
    figure, grid = plt.subplots(2, 3, figsize=(11, 6), sharey=True)
    for axis in grid.ravel()[len(shown) :]:
        axis.remove()
    for axis, name in zip(grid.ravel(), shown, strict=False):
        draw_panel(axis, SWEEPS[name], results[name])
    ticks = (200, 500, 1000, 2000, 5000)
    for axis in grid[:, 0]:
        axis.set_ylabel("images a second")
        axis.set_yticks(ticks, [f"{tick:,}" for tick in ticks], fontsize=8)
    figure.tight_layout()
    figure.savefig(IMAGES_FOLDER / "growth.png", dpi=110, bbox_inches="tight")


def draw_panel(axis, sweep, result):
    """Draws the measured points of a sweep, and the curve of its law."""
    rows, law_of_ms = result["points"], (result["ms_law"], result["powers"])
    values = np.array([row[sweep.field] for row in rows], float)
    images = np.array([row["images_a_step"] for row in rows])
    low, middle, high = (
        1e3 * images / np.array([row[key] for row in rows])
        for key in ("ms_max", "ms", "ms_min")
    )
    axis.errorbar(
        values, middle, (middle - low, high - middle), fmt="o", color="tab:blue"
    )
    fine = np.geomspace(values[0], values[-1], 100)
    of_law = law_at([sweep.x(value) for value in fine], *law_of_ms)
    axis.plot(fine, 1e3 * np.interp(fine, values, images) / of_law, color="0.6")
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xticks(values, [short(value) for value in values], fontsize=8)
    axis.set_xmargin(0.1)
    axis.minorticks_off()
    axis.set_xlabel(sweep.label)
    axis.set_title(f"ms a step = {law_text(*law_of_ms, sweep.variable)}", fontsize=10)
    for value, number in zip(values, middle, strict=True):
        axis.annotate(
            f"{number:,.0f}",
            (value, number),
            (0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    axis.spines[["top", "right"]].set_visible(False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("sweeps", nargs="*", metavar="SWEEP")
    arguments = parser.parse_args()
    unknown = set(arguments.sweeps) - set(SWEEPS)
    if unknown:
        parser.error(f"no such sweep: {unknown}; there are {', '.join(SWEEPS)}")
    if arguments.here:
        measure(arguments.sweeps[0], arguments.rounds)
        return
    for name in arguments.sweeps or SWEEPS:
        command = [sys.executable, __file__, "--here", name]
        command += ["--rounds", str(arguments.rounds)]
        line = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True
        ).stdout.splitlines()[-1]
        print(f"{name}: {line}", flush=True)
        record("growth", {name: json.loads(line)})
    draw(read("growth"))


if __name__ == "__main__":
    main()
