"""Sentences on d_real, d_fake and copies say what their numbers support."""

import math

import numpy as np
import pytest

from keras_gan import losses, metrics
from keras_gan.metrics.verdicts import (
    copies_verdict,
    discriminator_verdict,
    length_verdict,
)


def test_the_sentence_counts_right_answers_as_a_simulation_does():
    random = np.random.default_rng(0)
    on_data, on_samples = random.beta(4, 2, 200_000), random.beta(2, 3, 200_000)
    says_data = random.random((2, 200_000)) < np.stack([on_data, on_samples])
    right = (says_data[0].mean() + 1 - says_data[1].mean()) / 2
    expected = f"would be right {round(10 * right)} times out of 10"
    assert expected in discriminator_verdict(on_data.mean(), on_samples.mean())


# On both sides of each limit, which are 0.45, 0.55 and 0.95 of right answers.
@pytest.mark.parametrize(
    ("d_real", "d_fake", "beginning", "times"),
    [
        (0.0, 1.0, "takes samples for data more readily than data", 0),
        (0.4, 0.5001, "takes samples for data more readily than data", 4),
        (0.4, 0.4999, "does not tell samples from data", 5),
        (0.5, 0.5, "does not tell samples from data", 5),
        (0.9, 0.9, "does not tell samples from data", 5),
        (0.5, 0.4001, "does not tell samples from data", 5),
        (0.5, 0.3999, "tells samples from data", 6),
        (0.71, 0.29, "tells samples from data", 7),
        (0.95, 0.0501, "tells samples from data", 9),
        (0.95, 0.0499, "nearly always tells samples from data", 10),
        (1.0, 0.0, "nearly always tells samples from data", 10),
    ],
)
def test_each_tenth_has_its_sentence(d_real, d_fake, beginning, times):
    said = discriminator_verdict(d_real, d_fake)
    assert said.startswith(f"The discriminator {beginning}: ")
    assert f" {times} times out of 10" in said


def test_a_training_too_short_for_pictures_is_told():
    said = length_verdict(462, architecture="lean_dcgan")
    assert said is not None
    assert "462 steps give blots" in said
    assert length_verdict(3000, architecture="lean_dcgan") is None
    assert length_verdict(462, architecture="mlp") is None


@pytest.mark.parametrize("d_real", [None, math.nan, math.inf])
def test_outputs_that_are_not_finite_tell_nothing(d_real):
    assert "not finite" in discriminator_verdict(d_real, 0.5)
    assert "not finite" in discriminator_verdict(0.5, d_real)


def test_only_losses_that_estimate_probabilities_are_judged_by_them():
    for name in losses.names():
        adversarial = losses.get(name)
        both = losses.AuxiliaryClassifier(name)
        described = {"name": "AuxiliaryClassifier", "loss": name}
        pairs = (adversarial, name), (adversarial, {"name": name}), (both, described)
        for loss, description in pairs:
            judged = "out of 10" in discriminator_verdict(0.9, 0.1, loss=description)
            assert judged == loss.estimates_probability, description
    assert "out of 10" in discriminator_verdict(
        0.9, 0.1, loss={"name": "AuxiliaryClassifier"}
    )


def _copies(p_value, copy_p_value=1.0, *, suspects=0, held_out=1000, level=0.01):
    return copies_verdict(
        p_value,
        copy_p_value,
        suspects=suspects,
        count=200,
        held_out=held_out,
        level=level,
    )


@pytest.mark.parametrize(
    ("p_value", "copy_p_value", "beginning"),
    [
        (0.00499, 1.0, "Signs of copying: as a whole the samples are nearer"),
        (0.43, 0.00499, "Signs of copying: 3 of 200 samples are too near"),
        (0.00501, 1.0, "No clear sign of copying"),
        (0.43, 0.0499, "No clear sign of copying"),
        (0.0499, 1.0, "No clear sign of copying"),
        (0.0501, 1.0, "No sign of copying: the samples are no nearer"),
        (0.43, 1.0, "No sign of copying: the samples are no nearer"),
        (0.9949, 1.0, "No sign of copying: the samples are no nearer"),
        (0.9951, 1.0, "No sign of copying: the samples are farther"),
    ],
)
def test_each_limit_of_the_test_for_copies_has_its_sentence(
    p_value, copy_p_value, beginning
):
    said = _copies(p_value, copy_p_value, suspects=3 if copy_p_value < 0.005 else 0)
    assert said.startswith(beginning)
    assert said.endswith("pass this test as good ones do.") == said.startswith(
        "No sign"
    )
    assert (f"p = {p_value:.2g}" in said) or "farther" in said or "3 of 200" in said


def test_one_suspect_is_said_in_the_singular():
    assert "1 of 200 samples is too near" in _copies(0.43, 0.001, suspects=1)
    assert "With 1 held-out image the test" in _copies(0.43, held_out=1)


def test_a_test_without_the_power_to_find_a_copy_says_so():
    random = np.random.default_rng(0)
    train = random.normal(size=(200, 6))
    copies = np.concatenate([random.normal(size=(99, 6)), train[:1]])
    for held_out, can in ((19, False), (20, True)):
        test = random.normal(size=(held_out, 6))
        found = metrics.memorization_test(copies, train, test)
        assert (99 in found.samples) == can
        assert ("cannot find single copies" in found.verdict) != can
    # One in ten honest generators may be accused: then 19 examples can be enough.
    assert "cannot" not in _copies(0.43, held_out=19, level=0.11)
