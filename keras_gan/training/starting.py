"""Lets a training start from the weights of another, and freezes layers of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import keras

from keras_gan._checks import InputError, check_positive_int, counted
from keras_gan.training.gan import GAN
from keras_gan.training.layer_matching import Match, match_layers, outer_layers
from keras_gan.training.loading import load_gan

# The most misfits that a message tells.
_MOST_MISFITS = 3


def start_from(
    gan: GAN, pretrained: str | os.PathLike[str] | GAN, *, freeze: int = 0
) -> str:
    """Gives a GAN the weights of a trained one, wherever layers fit, before it trains.

    Layers correspond that have the same name, if the name was chosen; those that Keras
    has named (`conv2d_17`) by their order among layers of the same class, which in a
    generator is counted from the latents, in a discriminator from the logits. Further
    layers for larger images, embeddings of other classes, and whatever else has other
    shapes, keep their initial weights. Statistics of batch normalization and the
    vectors of spectral normalization come along. The generator takes the trained
    weights, not their moving average, because the discriminator knows the samples of
    these; a moving average starts anew, from them. Optimizers are not touched.

    Call it before `compile`, in the scope of the strategy, if there is one. A script
    that may resume by `callbacks.Checkpoint` calls it at each start, with the same
    arguments: `fit` then restores the checkpoint.

    Args:
        gan: The new GAN.
        pretrained: A `.keras` file of a GAN, such as `gan.keras` or `best.keras` in the
            folder of a run, which is examined first; or a GAN.
        freeze: How many of the discriminator's layers with weights are not trained,
            counted from the images in the order of `discriminator.summary()`. Batch
            statistics and vectors in these layers stay too. Saved GANs keep it.

    Returns:
        A line that tells how many layers start from the other GAN, and which do not.

    Raises:
        ValueError: If the file holds no GAN that can be loaded, fewer than half of the
            layers of either network fit, the images or latents are of another kind, the
            GAN was trained already, or a layer to freeze keeps its initial weights.

    Example:
        >>> gan = keras_gan.GAN(generator, discriminator)
        >>> training.start_from(gan, "runs/emoji/gan.keras", freeze=2)
        "5 of 5 layers of the generator and 3 of 4 of the discriminator start from ..."

    Source: Mo et al., "Freeze the discriminator: a simple baseline for fine-tuning
    GANs", 2020, §3.
    """
    if isinstance(pretrained, GAN):
        return take_weights(gan, pretrained, "the given GAN", freeze=freeze)
    if os.path.isdir(pretrained):
        raise InputError(
            f"`pretrained` '{pretrained}' is a folder; give the `.keras` file in it, "
            "such as 'gan.keras' of a run."
        )
    return take_weights(gan, load_gan(pretrained), f"'{pretrained}'", freeze=freeze)


def take_weights(gan: GAN, source: GAN, name: str, *, freeze: int = 0) -> str:
    """Gives a GAN the weights of another one that is called `name`: `start_from`."""
    check_positive_int("freeze", freeze, minimum=0)
    _check_new(gan, freeze)
    _check_kinds(gan, source, name)
    generator = match_layers(gan.generator, source.generator, from_output=False)
    discriminator = match_layers(
        gan.discriminator, source.discriminator, from_output=True
    )
    _check_half(name, generator=generator, discriminator=discriminator)
    _check_frozen(gan.discriminator, discriminator, freeze)
    frozen = freeze_layers(gan.discriminator, freeze)
    for match in (*generator, *discriminator):
        if match.source is not None:
            pairs = zip(match.layer.weights, match.source.weights, strict=True)
            for weight, value in pairs:
                weight.assign(keras.ops.convert_to_numpy(value))
    gan.restart_average()
    fresh = [m.layer.name for m in (*generator, *discriminator) if m.source is None]
    return (
        f"{_share(generator)} layers of the generator and {_share(discriminator)} of "
        f"the discriminator start from {name} (step {int(source.step)})"
        + (f"; fresh: {', '.join(fresh)}" if fresh else "")
        + (f"; frozen: {', '.join(frozen)}" if frozen else "")
    )


def freeze_layers(discriminator: keras.Model, count: int) -> list[str]:
    """Makes the first layers with weights not trainable, and returns their names.

    Raises:
        ValueError: If no layer would be left to train.
    """
    layers = outer_layers(discriminator)
    if count and count >= len(layers):
        raise InputError(
            f"`freeze={count}` leaves nothing of the discriminator to train: it has "
            f"{counted(len(layers), 'layer')} with weights. Freeze fewer."
        )
    for layer in layers[:count]:
        layer.trainable = False
    return [layer.name for layer in layers[:count]]


def _check_new(gan: GAN, freeze: int) -> None:
    if step := int(gan.step):
        raise InputError(
            f"The GAN has been trained for {counted(step, 'step')}, which other "
            "weights would "
            "undo; make a new one, and let it start from the others before `fit`."
        )
    if freeze and gan.compiled:
        raise InputError(
            "The GAN is compiled, with an optimizer for all layers; freeze some of "
            "them before `compile`."
        )


def _check_kinds(gan: GAN, source: GAN, name: str) -> None:
    """Refuses weights that would fit, but compute something else here."""
    for argument, have, found in (
        ("value_range", gan.value_range, source.value_range),
        ("prior", gan.prior.name, source.prior.name),
    ):
        if have != found:
            raise InputError(
                f"`{argument}` is {have!r} and that of {name} is {found!r}, for which "
                f"its weights were trained: give `{argument}={found!r}`."
            )


def _check_half(name: str, **networks: Sequence[Match]) -> None:
    """Refuses networks most of whose layers would start from nothing."""
    for network, matches in networks.items():
        missing = [match for match in matches if match.source is None]
        if 2 * len(missing) <= len(matches):
            continue
        shown = [
            f"'{match.layer.name}' {match.layer.differences(match.misfit)}"
            for match in missing[:_MOST_MISFITS]
        ]
        more = len(missing) - len(shown)
        raise InputError(
            f"Only {_share(matches)} layers of the {network} fit those of {name}: "
            f"{'; '.join(shown)}{f'; and {more} more' if more else ''}. Give the "
            "networks the `architecture`, `architecture_options` and `latent_dim` of "
            "the other training, or start from one with the same."
        )


def _check_frozen(
    discriminator: keras.Model, matches: Sequence[Match], freeze: int
) -> None:
    """Refuses to freeze layers that have learned nothing."""
    first = outer_layers(discriminator)[:freeze]
    for match in matches:
        outer: Any = match.layer.outer
        if match.source is None and any(outer is layer for layer in first):
            raise InputError(
                f"`freeze={freeze}` would keep the initial, random weights of "
                f"'{match.layer.name}', which has no counterpart of the same shapes; "
                f"give `freeze={first.index(outer)}`."
            )


def _share(matches: Sequence[Match]) -> str:
    found = sum(match.source is not None for match in matches)
    return f"{found} of {len(matches)}"
