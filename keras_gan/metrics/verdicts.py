"""Says in plain words what the discriminator's outputs and the test for copies show.

Each sentence states what its numbers support, and no more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from keras_gan._checks import counted

# The losses whose discriminator gives probabilities, by the name in a recipe.
_OF_PROBABILITIES = ("minimax", "non_saturating")
DISTANCES = (
    "Euclidean, over all values of the pixels scaled to [0, 1]; 0 is an equal image"
)
"""The meaning of a distance between a sample and a training image."""
# With fewer held-out examples the tail of their ratios is not extrapolated, and so no
# single sample can be less probable than 1/20.
FEWEST_FOR_TAIL = 20
FROM_TRAINED = (
    "begin with a trained pair: `pretrained=emoji` in the recipe, `--from emoji` on "
    "the command line"
)
# With fewer steps the samples of pictures are blots.
FEWEST_STEPS = 3000
# Below it a reader would call a result significant, so the sentence does not say that
# there is nothing; an honest generator gets such a sentence once in ten times.
_DOUBTFUL = 0.05
_NO_QUALITY = "Poor samples pass this test as good ones do."
# Smaller probabilities would depend on the model of the tail more than on the samples.
_SMALLEST_SHOWN = 1e-12


def discriminator_verdict(
    d_real: float | None,
    d_fake: float | None,
    *,
    loss: str | Mapping[str, Any] = "non_saturating",
) -> str:
    """Returns in one sentence how well a discriminator tells samples from data.

    If it is shown as many samples as data, and answers "data" with the probability
    D(x), it is right with probability (d_real + 1 − d_fake)/2 on average. By chance
    that is 1/2. The sentence gives it in tenths: a mean over batches that differs by
    less is not worth a word.

    The number is no proof of good samples. A weak discriminator cannot tell anything
    apart, and one that knows few training images by heart tells everything apart.

    Args:
        d_real: The mean of σ(D(x)) on data, in [0, 1]; None if it was not finite.
        d_fake: The mean of σ(D(G(z))) on samples, in [0, 1]; None likewise.
        loss: The loss of the training, as `Recipe.loss` holds it. Only "minimax" and
            "non_saturating" train D to give probabilities.

    Example:
        >>> discriminator_verdict(0.71, 0.29)
        'The discriminator tells samples from data: answering by its own probabilities \
it would be right 7 times out of 10, where guessing is right 5 times.'
    """
    if d_real is None or d_fake is None or not math.isfinite(d_real + d_fake):
        return "The discriminator's outputs are not finite, so they tell nothing."
    name = loss if isinstance(loss, str) else loss.get("name")
    if name == "AuxiliaryClassifier" and not isinstance(loss, str):
        name = loss.get("loss", "non_saturating")
    if name not in _OF_PROBABILITIES:
        return (
            f'With the loss "{name}" the outputs of the discriminator are no '
            "probabilities, so d_real and d_fake do not tell how often it is right."
        )
    return _in_tenths(min(10, max(0, math.floor(5 * (1 + d_real - d_fake) + 0.5))))


def _in_tenths(right: int) -> str:
    """Returns the sentence for a discriminator that is right so often out of 10."""
    by_answering = (
        f"answering by its own probabilities it would be right {right} times out of 10"
    )
    if right == 5:
        return (
            f"The discriminator does not tell samples from data: {by_answering}, as by "
            "guessing. Either the samples are like the data or it is weak."
        )
    if right < 5:
        return (
            "The discriminator takes samples for data more readily than data: "
            f"{by_answering}, less than by guessing."
        )
    nearly = "nearly always " if right == 10 else ""
    return (
        f"The discriminator {nearly}tells samples from data: {by_answering}, where "
        "guessing is right 5 times."
    )


def length_verdict(steps: int, *, architecture: str | None) -> str | None:
    """Returns a sentence about a training that is too short for pictures, else None.

    Args:
        steps: The steps that were trained, from random weights.
        architecture: The architecture in the recipe; only of "lean_dcgan", which is
            recommended for pictures, it is known when shapes are seen.
    """
    if architecture != "lean_dcgan" or steps >= FEWEST_STEPS:
        return None
    return (
        f"{counted(steps, 'step')} give blots: shapes begin after some "
        f"{FEWEST_STEPS:,}. Train for longer, or {FROM_TRAINED}."
    )


def copies_verdict(
    p_value: float,
    copy_p_value: float,
    *,
    suspects: int,
    count: int,
    held_out: int,
    level: float,
) -> str:
    """Returns the finding of `memorization_test` in a sentence or two.

    There are two tests, so each has half of the level. A large p-value proves nothing:
    the sentence says that there is no sign of copying, not that there are no copies.

    Args:
        p_value: The probability that the samples as a whole are this near.
        copy_p_value: The probability that the nearest few are this near.
        suspects: The number of samples that are suspected to be copies.
        count: The number of samples.
        held_out: The number of held-out examples.
        level: The probability of accusing an honest generator.
    """
    found = []
    if copy_p_value < level / 2:
        found.append(
            f"{suspects} of {counted(count, 'sample')} "
            f"{'is' if suspects == 1 else 'are'} "
            f"too near to one training image to be new ({_shown(copy_p_value)})"
        )
    if p_value < level / 2:
        found.append(
            "as a whole the samples are nearer to the training images than held-out "
            f"images are ({_shown(p_value)})"
        )
    if found:
        return f"Signs of copying: {', and '.join(found)}."
    if min(p_value, copy_p_value) < _DOUBTFUL:
        said = (
            "No clear sign of copying, but samples this near to the training images "
            f"are rare by chance ({_shown(p_value)} for all of them, "
            f"{_shown(copy_p_value)} for the nearest few; signs are below "
            f"{level / 2:g})."
        )
    elif p_value > 1 - level / 2:
        said = (
            "No sign of copying: the samples are farther from the training images than "
            f"held-out images are. {_NO_QUALITY}"
        )
    else:
        said = (
            "No sign of copying: the samples are no nearer to the training images than "
            f"held-out images are ({_shown(p_value)}). {_NO_QUALITY}"
        )
    if held_out < FEWEST_FOR_TAIL and 1 / (held_out + 1) >= level / 2:
        said += (
            f" With {counted(held_out, 'held-out image')} the test cannot find single "
            f"copies; it needs at least {FEWEST_FOR_TAIL}."
        )
    return said


def _shown(p_value: float) -> str:
    """Returns a probability as text, with two digits."""
    if p_value < _SMALLEST_SHOWN:
        return f"p < {_SMALLEST_SHOWN:g}"
    return f"p = {p_value:.2g}"
