"""Trains small GANs, each with one fault, and draws what docs/troubleshooting.md shows.

    python scripts/draw_troubles.py [NAME ...]

Each picture is docs/images/trouble_NAME.webp: on the left the curve that the log shows,
on the right the samples at the end. All trainings together take some minutes on a CPU.
"""

import argparse
import io
import json
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from keras_gan import (
    GAN,
    architectures,
    callbacks,
    data,
    losses,
    plotting,
    priors,
)
from keras_gan.losses import penalties

IMAGES = Path(__file__).parents[1] / "docs/images"
BATCH, RECORDS = 64, 80
# Bytes of a picture.
LARGEST = 30_000
BLUE, ORANGE, GREY, INK = "#2a6fb0", "#d9731a", "#888888", "#333333"
OUTPUTS = {"d_real": ("d_real", BLUE), "d_fake": ("d_fake", ORANGE)}
LOSSES = {"d_loss": ("d_loss", BLUE), "g_loss": ("g_loss", ORANGE)}


@dataclass(frozen=True)
class Trouble:
    """One training with a fault.

    Attributes:
        epochs: Passes over `count` images of the bundled digits.
        count: How many of them.
        rates: The learning rates of the generator and of the discriminator.
        options: More arguments of `GAN.compile`.
        architecture: A name for `architectures.build`.
        optimizer: Makes an optimizer of a rate.
        images_range: The value range of the images; the GAN's is (-1, 1).
        lines: The figures that are drawn, with their names and colours.
        unseen: Whether D's answers on unseen images are drawn, too.
    """

    epochs: int
    count: int = 10_000
    rates: tuple[float, float] = (5e-4, 5e-4)
    options: dict[str, Any] = field(default_factory=dict)
    architecture: str = "dcgan"
    optimizer: Callable[[float], Any] = lambda rate: keras.optimizers.Adam(rate, 0.5)
    images_range: tuple[float, float] = (-1.0, 1.0)
    lines: dict[str, tuple[str, str]] = field(default_factory=lambda: OUTPUTS)
    unseen: bool = False


class LabelsTurned:
    """The usual loss, with data and samples exchanged by mistake."""

    def __init__(self) -> None:
        self.usual = losses.get("non_saturating")

    def discriminator_loss(self, real_logits: Any, fake_logits: Any) -> Any:
        return self.usual.discriminator_loss(fake_logits, real_logits)

    def generator_loss(self, real_logits: Any, fake_logits: Any) -> Any:
        return self.usual.generator_loss(real_logits, fake_logits)


R1 = {"penalties": (penalties.R1(1.0),)}
TROUBLES = {
    "none": Trouble(4, options=R1),
    "discriminator_wins": Trouble(
        150, count=256, rates=(2e-4, 1e-3), architecture="mlp", unseen=True
    ),
    "discriminator_blind": Trouble(
        4, architecture="mlp", options={"penalties": (penalties.R1(1e5),)}
    ),
    "generator_alone": Trouble(4, rates=(5e-4, 1e-7), architecture="mlp"),
    "labels_turned": Trouble(2, architecture="mlp", options={"loss": LabelsTurned()}),
    "nan": Trouble(
        1,
        rates=(0.03, 0.03),
        optimizer=lambda rate: keras.optimizers.SGD(rate, 0.9),
        options={"loss": "wasserstein"},
        lines=LOSSES,
    ),
    "collapse": Trouble(
        6, rates=(1e-3, 1e-3), architecture="mlp", optimizer=keras.optimizers.Adam
    ),
    "value_range": Trouble(4, options=R1, images_range=(0.0, 1.0)),
}


def train(trouble: Trouble, log: Path) -> GAN:
    """Trains as the trouble says, and logs the steps."""
    images = digits(f"train[:{trouble.count}]", trouble.count, trouble.images_range)
    keras.utils.set_random_seed(0)
    generator, discriminator = architectures.build(
        trouble.architecture, image_shape=(28, 28, 1), latent_dim=64
    )
    gan = GAN(generator, discriminator, seed=0)
    generator_optimizer, discriminator_optimizer = map(trouble.optimizer, trouble.rates)
    gan.compile(
        generator_optimizer=generator_optimizer,
        discriminator_optimizer=discriminator_optimizer,
        jit_compile=False,  # for so few steps it would take longer than it saves
        **trouble.options,
    )
    steps = trouble.epochs * (trouble.count // BATCH)
    watching: list[Any] = [callbacks.JSONLog(log, every=max(1, steps // RECORDS))]
    every = max(1, trouble.epochs // (RECORDS // 5))
    if trouble.unseen:
        watching.insert(0, Unseen(digits("test", 512), every))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the faults are meant
        gan.fit(
            images,
            batch_size=BATCH,
            epochs=trouble.epochs,
            callbacks=watching,
            verbose=0,
        )
    return gan


class Unseen(keras.callbacks.Callback):
    """Adds D's answers on images that it is not trained on to the log."""

    def __init__(self, images: np.ndarray, every: int) -> None:
        super().__init__()
        self.images, self.every = images, every

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if epoch % self.every == 0:
            found = self.model.evaluate(
                self.images, batch_size=BATCH, verbose=0, return_dict=True
            )
            logs["unseen"] = found["d_real"]


def digits(
    split: str, count: int, value_range: tuple[float, float] = (-1.0, 1.0)
) -> np.ndarray:
    """Returns the first digits of a part of the bundled data."""
    batches = data.load(
        "mnist_10k",
        split=split,
        batch_size=count,
        shuffle=False,
        value_range=value_range,
    )
    return next(batches.as_numpy_iterator())


def draw(trouble: Trouble, records: Sequence[dict[str, Any]], gan: GAN) -> Figure:
    """Draws the curve beside the samples of the end."""
    figure = Figure(figsize=(7.4, 2.7), layout="constrained", facecolor="white")
    axes, beside = figure.subplots(1, 2, width_ratios=(1.75, 1))
    draw_curves(axes, trouble, records)
    samples = gan.sample(seeds=priors.spawn_seeds(0, 16))
    grid = plotting.image_grid(samples, value_range=(-1, 1), columns=4, scale=2)
    beside.imshow(np.asarray(grid), cmap="gray", vmin=0, vmax=255)
    beside.set_title("samples at the end", color=INK, fontsize=10)
    beside.axis("off")
    return figure


def draw_curves(
    axes: Axes, trouble: Trouble, records: Sequence[dict[str, Any]]
) -> None:
    """Draws what the trouble shows in the log."""
    lines = dict(trouble.lines)
    if trouble.unseen:
        lines["unseen"] = ("d_real, unseen images", GREY)
    for name, (label, colour) in lines.items():
        having = [record for record in records if name in record]
        # Epochs that are too short for steps of their own have one record each.
        of_steps = [record for record in having if record["event"] == "step"]
        points = [
            (record["step"], record[name])
            for record in of_steps or having
            if record[name] is not None
        ]
        axes.plot(*zip(*points, strict=True), color=colour, label=label)
    if trouble.lines is LOSSES:
        axes.set_yscale("symlog", linthresh=100)
        axes.set_yticks([-1e15, -1e10, -1e5, 0, 1e5, 1e10, 1e15])
        axes.set_xlim(0, 2 * max(line.get_xdata()[-1] for line in axes.lines))
    else:
        axes.set_ylim(-0.02, 1.02)
        axes.axhline(0.5, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_xlabel("training step", color=INK)
    axes.tick_params(colors=INK, length=0)
    axes.grid(color="#e4e4e4", linewidth=0.8)
    axes.spines[:].set_visible(False)
    axes.legend(frameon=False, labelcolor=INK, loc="best")


def write(figure: Figure, path: Path) -> None:
    """Writes a figure as a WebP that is small enough for a page."""
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=150)
    picture = Image.open(png).convert("RGB")
    for quality in (80, 60, 40, 20):
        picture.save(path, quality=quality, method=6)
        if path.stat().st_size <= LARGEST:
            break


def main() -> None:
    """Trains and draws the troubles that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TROUBLES))
    parser.add_argument("--out", type=Path, default=IMAGES)
    arguments = parser.parse_args()
    for name in arguments.names or TROUBLES:
        with tempfile.TemporaryDirectory() as folder:
            gan = train(TROUBLES[name], Path(folder, "log.jsonl"))
            lines = Path(folder, "log.jsonl").read_text("utf-8").splitlines()
        path = arguments.out / f"trouble_{name}.webp"
        records = [json.loads(line) for line in lines]
        write(draw(TROUBLES[name], records, gan), path)
        print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
