"""Chooses the values of a recipe for given pictures, each with its reason."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from keras_gan import architectures
from keras_gan.data import DataSheet

# On two cores a step with pictures of this side takes a tenth of a second.
_LARGEST_SIDE = 64
_SIDES = (64, 56, 48, 40, 32, 28, 24, 20, 16, 14, 12, 10, 8)
_BATCH_SIZE = 32
# A generator learns a class of fewer pictures by heart.
_FEWEST_IN_CLASS = 50
# The factor of γ = factor · pixels / batch, Karras et al. 2020, in their code.
_GAMMA_FACTOR = 0.0016
_PENALTY_EVERY = 16
# Epochs of a training: each ends with figures, samples and a saved GAN.
_EPOCHS = 25


class Choice(NamedTuple):
    """Values of a recipe by field, and the reason for them in one line."""

    values: dict[str, Any]
    reason: str


def choices_for(sheet: DataSheet, given: dict[str, Any]) -> list[Choice]:
    """Returns the choices for pictures, but for the length of the training.

    Args:
        sheet: Describes the pictures.
        given: Fields of the recipe that the user has set.
    """
    size = choose_size(sheet)
    height, width = _pair(given.get("image_size") or size.values.get("image_size"), sheet)
    batch = choose_batch(sheet)
    batch_size = given.get("batch_size") or batch.values["batch_size"]
    return [
        size,
        choose_channels(sheet),
        choose_labels(sheet),
        choose_networks(height, width),
        batch,
        choose_penalty(height * width, batch_size),
        choose_augmentation(sheet),
        choose_optimizers(),
        choose_held_out(sheet),
    ]


def choose_size(sheet: DataSheet) -> Choice:
    """Chooses the size to train at: that of the pictures, or a smaller one."""
    (low, tall, high), (narrow, wide, broad) = sheet.heights, sheet.widths
    one_size = low == high and narrow == broad
    fits = one_size and architectures.fits("lean_dcgan", (tall, wide))
    if fits and min(tall, wide) <= _LARGEST_SIDE and max(tall, wide) <= 2 * _LARGEST_SIDE:
        return Choice({"image_size": None}, f"{tall}×{wide}, as the pictures are")
    side = next((side for side in _SIDES if side <= min(tall, wide)), _SIDES[-1])
    size = _like(tall, wide, side) if one_size else (side, side)
    resize = "pad" if sheet.has_alpha else "crop"
    how = "padded with transparency" if sheet.has_alpha else "cropped in the middle"
    stored = f"{tall}×{wide}" if one_size else f"{low}×{narrow} to {high}×{broad}"
    value = side if size == (side, side) else size
    return Choice(
        {"image_size": value, "resize": resize},
        f"{size[0]}×{size[1]} of pictures of {stored}, {how}; larger ones take hours "
        "on a CPU",
    )


def choose_channels(sheet: DataSheet) -> Choice:
    """Chooses the channels that the pictures have, and alpha where it is used."""
    channels = sheet.channels
    if sheet.has_alpha:
        channels = 4 if sheet.channels >= 3 else 2
        return Choice({"channels": channels}, "with the transparency of the pictures")
    names = {1: "grey", 3: "colour"}
    told = names.get(channels, f"the {channels} of the data")
    return Choice({"channels": channels if channels in names else None}, told)


def choose_labels(sheet: DataSheet) -> Choice:
    """Chooses a conditional GAN where every class has enough pictures."""
    counts = sheet.class_counts
    if not counts:
        return Choice({"labels": False}, "the pictures have no classes")
    fewest = min(counts.values())
    if len(counts) < 2 or fewest < _FEWEST_IN_CLASS:
        return Choice(
            {"labels": False},
            f"{len(counts)} classes, of which the smallest has {fewest} pictures; "
            f"labels pay off from {_FEWEST_IN_CLASS} in each",
        )
    return Choice({"labels": True}, f"{len(counts)} classes of {fewest} pictures or more")


def choose_networks(height: int, width: int) -> Choice:
    """Chooses the lean family, which grows with the size of the pictures."""
    doublings = architectures.count_doublings(height, width)
    base = f"{height >> doublings}×{width >> doublings}"
    return Choice(
        {"architecture": "lean_dcgan", "latent_dim": 100, "ema_decay": 0.998},
        f"grown from {base} by {doublings} doublings, lean enough for a CPU; samples "
        "come from a moving average of the generator",
    )


def choose_batch(sheet: DataSheet) -> Choice:
    """Chooses the batch size: 32, or what a small folder has."""
    size = min(_BATCH_SIZE, 2 ** int(math.log2(max(1, sheet.num_examples * 0.9))))
    return Choice({"batch_size": size}, "more steps in the time than larger batches")


def choose_penalty(pixels: int, batch_size: int) -> Choice:
    """Chooses γ of R1 by the field's rule: in proportion to pixels over batch."""
    gamma = float(f"{_GAMMA_FACTOR * pixels / batch_size:.2g}")
    penalty = {"name": "R1", "gamma": gamma, "every": _PENALTY_EVERY}
    return Choice(
        {"penalties": (penalty,)},
        f"R1 with γ = {_GAMMA_FACTOR} · pixels / batch, in every {_PENALTY_EVERY}th "
        "step, which saves a third of the time",
    )


def choose_augmentation(sheet: DataSheet) -> Choice:
    """Chooses what D sees changed, so that few pictures are not learned by heart."""
    policy = ["translation", "cutout"]
    if sheet.channels >= 3:
        policy = ["color", *policy]
    return Choice(
        {"augment": {"name": "DiffAugment", "policy": policy}},
        f"D would know {sheet.num_examples:,} pictures by heart",
    )


def choose_optimizers() -> Choice:
    """Chooses Adam for both networks, slower for the discriminator."""
    adam = {"name": "adam", "beta_1": 0.0, "beta_2": 0.99}
    return Choice(
        {
            "generator_optimizer": adam | {"learning_rate": 1e-3},
            "discriminator_optimizer": adam | {"learning_rate": 5e-4},
            "loss": "non_saturating",
        },
        "as lean pairs learn best in minutes",
    )


def choose_held_out(sheet: DataSheet) -> Choice:
    """Chooses a tenth that training does not see, for the copy test."""
    if sheet.num_examples < 20:
        return Choice({}, "too few pictures to keep any from training")
    return Choice(
        {"split": "train[~::10]", "test_split": "train[::10]"},
        "every tenth picture is kept from training, to tell copies from new pictures",
    )


def choose_length(steps: int, steps_per_pass: int) -> Choice:
    """Chooses the epochs that take so many steps.

    Args:
        steps: The steps that the time allows.
        steps_per_pass: The steps of one pass over the data.
    """
    passes = max(1.0, steps / steps_per_pass)
    per_epoch = max(1, round(passes / _EPOCHS))
    epochs = max(1, round(passes / per_epoch))
    return Choice(
        {"epochs": epochs, "passes_per_epoch": per_epoch},
        f"{epochs * per_epoch * steps_per_pass:,} steps, each picture "
        f"{epochs * per_epoch:,} times",
    )


def _like(height: int, width: int, side: int) -> tuple[int, int]:
    """Returns the size of that shorter side whose shape is nearest to the pictures'."""
    power = 2 ** architectures.count_doublings(side, side)
    longer = round(side * max(height, width) / min(height, width) / power) * power
    return (longer, side) if height > width else (side, longer)


def _pair(size: Any, sheet: DataSheet) -> tuple[int, int]:
    """Returns the height and width of an `image_size`; None for the pictures' own."""
    if size is None:
        return sheet.heights[1], sheet.widths[1]
    return (size, size) if isinstance(size, int) else tuple(size)
