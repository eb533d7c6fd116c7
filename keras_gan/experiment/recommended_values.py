"""Chooses the values of a recipe for given pictures, each with its reason."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from keras_gan import architectures
from keras_gan._checks import counted
from keras_gan.data import DataSheet
from keras_gan.data.data_sheet import shape_in_words

# On two cores a step with pictures of this side takes a tenth of a second.
_LARGEST_SIDE = 64
_SIDES = (64, 56, 48, 40, 32, 28, 24, 20, 16, 14, 12, 10, 8)
_BATCH_SIZE = 32
# A generator learns a class of fewer pictures by heart.
_FEWEST_IN_CLASS = 50
# The factor of γ = factor · pixels / batch: 1 for a batch of 32 pictures of 64×64.
_GAMMA_FACTOR = 1 / 128
_PENALTY_EVERY = 16
_GENERATOR_RATE = 2e-3
# The share of the steps in which rates fall, and the last rate as a share of the first.
_FALLING, _LAST_RATE = 0.6, 0.02
# The most epochs of a training: each ends with figures, samples and a saved GAN.
_EPOCHS = 25


class Choice(NamedTuple):
    """Values of a recipe that belong together, and the reason for them.

    Attributes:
        topic: A word for the values.
        values: The values by field.
        reason: The values in words and the reason for them, in one line.
    """

    topic: str
    values: dict[str, Any]
    reason: str


def choices_for(sheet: DataSheet, given: dict[str, Any]) -> list[Choice]:
    """Returns the choices for pictures, but for the length and the rates.

    Args:
        sheet: Describes the pictures.
        given: Fields of the recipe that the user has set.
    """
    size, batch = choose_size(sheet), choose_batch(sheet)
    chosen = given.get("image_size") or size.values["image_size"]
    height, width = image_size_of(chosen, sheet)
    batch_size = given.get("batch_size") or batch.values["batch_size"]
    return [
        size,
        choose_channels(sheet),
        choose_labels(sheet),
        choose_networks(height, width),
        batch,
        choose_penalty(height * width, batch_size),
        choose_augmentation(sheet),
    ]


def choose_size(sheet: DataSheet) -> Choice:
    """Chooses the size to train at: that of the pictures, or a smaller one."""
    (low, tall, high), (narrow, wide, broad) = sheet.heights, sheet.widths
    one_size = sheet.has_one_size
    fits = one_size and architectures.is_doubled(tall, wide)
    if fits and max(tall, wide) <= 2 * min(tall, wide) <= 2 * _LARGEST_SIDE:
        reason = f"{shape_in_words(tall, wide)}, as they are"
        return Choice("size", {"image_size": None}, reason)
    side = next((side for side in _SIDES if side <= min(tall, wide)), _SIDES[-1])
    size = _like(tall, wide, side) if one_size else (side, side)
    resize = "pad" if sheet.has_alpha else "crop"
    how = resized(resize, sheet)
    stored = f"pictures {low} to {high} high and {narrow} to {broad} wide"
    if one_size:
        stored = shape_in_words(tall, wide)
    value = side if size == (side, side) else size
    return Choice(
        "size",
        {"image_size": value, "resize": resize},
        f"{size[0]}×{size[1]} from {stored}, {how}; larger pictures take hours on "
        "a CPU",
    )


def resized(resize: str, sheet: DataSheet) -> str:
    """Returns in words how pictures get another shape, "padded with white" for "pad".

    Args:
        resize: The way, as in `data.load`.
        sheet: Describes the pictures.
    """
    if resize == "pad":
        return f"padded with {'transparency' if sheet.has_alpha else 'white'}"
    return {"crop": "cropped in the middle", "stretch": "stretched"}[resize]


def choose_channels(sheet: DataSheet) -> Choice:
    """Chooses the channels that the pictures have, and alpha where it is used."""
    if sheet.has_alpha:
        channels = 4 if sheet.channels >= 3 else 2
        reason = f"{channels} channels, the last for the transparency of the pictures"
        return Choice("colours", {"channels": channels}, reason)
    names = {1: "grey", 3: "red, green and blue"}
    told = names.get(sheet.channels, f"all {sheet.channels} channels of the data")
    channels = sheet.channels if sheet.channels in names else None
    return Choice("colours", {"channels": channels}, told)


def choose_labels(sheet: DataSheet) -> Choice:
    """Chooses a conditional GAN where every class has enough pictures."""
    counts = sheet.class_counts
    if not counts:
        return Choice("classes", {"labels": False}, "none in the data")
    fewest = min(counts.values())
    if len(counts) < 2 or fewest < _FEWEST_IN_CLASS:
        reason = (
            f"left out: the smallest of {len(counts)} has "
            f"{counted(fewest, 'picture')}, "
            f"and labels pay off from {_FEWEST_IN_CLASS} in each"
        )
        return Choice("classes", {"labels": False}, reason)
    reason = f"{len(counts)}, of {fewest} pictures or more, to be asked for by label"
    return Choice("classes", {"labels": True}, reason)


def choose_networks(height: int, width: int) -> Choice:
    """Chooses the lean family, which grows with the size of the pictures."""
    doublings = architectures.count_doublings(height, width)
    base = f"{height >> doublings}×{width >> doublings}"
    return Choice(
        "networks",
        {"architecture": "lean_dcgan", "latent_dim": 100, "ema_decay": 0.998},
        f"lean_dcgan, grown from {base} by {counted(doublings, 'doubling')}, lean "
        "enough for a CPU; samples come from a moving average of the generator",
    )


def choose_batch(sheet: DataSheet) -> Choice:
    """Chooses the batch size: 32, or what a small folder has."""
    trained = max(1, math.floor(sheet.num_examples * 0.9))
    size = min(_BATCH_SIZE, 2 ** int(math.log2(trained)))
    reason = (
        f"{counted(size, 'picture')} a step: more steps in the time than larger batches"
    )
    return Choice("batch", {"batch_size": size}, reason)


def choose_optimizers(steps: int) -> Choice:
    """Chooses Adam for both networks, slower for the discriminator.

    The rates fall along a cosine for the last 60 % of the steps: the figures then
    improve to the end, where at constant rates they stay for the last third.

    Args:
        steps: The steps of the whole training.
    """
    constant = round((1 - _FALLING) * steps)

    def adam(rate: float) -> dict[str, Any]:
        schedule = {
            "name": "CosineDecay",
            # A "warm-up" from the rate to the same rate is a constant.
            "initial_learning_rate": rate,
            "warmup_target": rate,
            "warmup_steps": constant,
            "decay_steps": max(1, steps - constant),
            "alpha": _LAST_RATE,
        }
        return {
            "name": "adam",
            "learning_rate": schedule,
            "beta_1": 0.0,
            "beta_2": 0.99,
        }

    return Choice(
        "rates",
        {
            "loss": "non_saturating",
            "generator_optimizer": adam(_GENERATOR_RATE),
            "discriminator_optimizer": adam(_GENERATOR_RATE / 2),
        },
        f"Adam at {_GENERATOR_RATE:g} for the generator and half of it for the "
        f"discriminator, which would get ahead; both fall after step {constant:,}",
    )


def choose_penalty(pixels: int, batch_size: int) -> Choice:
    """Chooses γ of R1 by the field's rule: in proportion to pixels over batch.

    Source: the rule: Karras et al., "Training Generative Adversarial Networks with
    Limited Data", 2020, their code; the period: Karras et al., "Analyzing and Improving
    the Image Quality of StyleGAN", 2020.
    """
    gamma = float(f"{_GAMMA_FACTOR * pixels / batch_size:.2g}")
    penalty = {"name": "R1", "gamma": gamma, "every": _PENALTY_EVERY}
    return Choice(
        "penalty",
        {"penalties": (penalty,)},
        f"R1 with γ = {gamma:g}, in proportion to pixels over batch, in every "
        f"{_PENALTY_EVERY}th step, which saves a third of the time",
    )


def choose_augmentation(sheet: DataSheet) -> Choice:
    """Chooses what D sees changed, so that few pictures are not learned by heart."""
    colour = ["color"] if sheet.channels in (3, 4) else []
    policy = [*colour, "translation", "cutout"]
    return Choice(
        "changes",
        {"augment": {"name": "DiffAugment", "policy": policy}},
        f"DiffAugment ({', '.join(policy)}), or the discriminator would know "
        f"{counted(sheet.num_examples, 'picture')} by heart",
    )


def choose_length(
    steps: int,
    steps_per_pass: int,
    *,
    epochs: int = _EPOCHS,
    passes_per_epoch: int | None = None,
) -> Choice:
    """Chooses the epochs that take so many steps.

    Args:
        steps: The steps that the time allows.
        steps_per_pass: The steps of one pass over the data.
        epochs: The number of ends of epochs that the time allows.
        passes_per_epoch: The passes of an epoch; None chooses them.
    """
    passes = max(1.0, steps / steps_per_pass)
    per_epoch = passes_per_epoch or max(1, round(passes / min(epochs, _EPOCHS)))
    epochs = max(1, round(passes / per_epoch))
    total = epochs * per_epoch
    return Choice(
        "length",
        {"epochs": epochs, "passes_per_epoch": per_epoch},
        f"{counted(epochs, 'epoch')}, {counted(total * steps_per_pass, 'step')}, each "
        f"picture {counted(total, 'time')}, as the minutes allow on this machine",
    )


def image_size_of(size: Any, sheet: DataSheet) -> tuple[int, int]:
    """Returns the height and width of an `image_size`; None for the pictures' own."""
    if size is None:
        return sheet.heights[1], sheet.widths[1]
    return (size, size) if isinstance(size, int) else tuple(size)


def _like(height: int, width: int, side: int) -> tuple[int, int]:
    """Returns the size of that shorter side whose shape is nearest to the pictures'."""
    power = 2 ** architectures.count_doublings(side, side)
    longer = round(side * max(height, width) / min(height, width) / power) * power
    return (longer, side) if height > width else (side, longer)
