"""Augmentations in training: their draws, their state, and where they are left out."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import dense_gan, linear_gan
from harness.marks import slow_but_for

from keras_gan import augmentation, training
from keras_gan.losses import penalties

SGD = keras.optimizers.SGD
IMAGES = np.random.default_rng(0).uniform(-1, 1, (32, 8, 8, 1)).astype(np.float32)


class Noting(augmentation.Augmentation):
    """Adds its only random number, and notes what it is handed."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def uniform_count(self, image_shape):
        return 1

    def transform(self, images, uniforms, step):
        self.seen.append((int(step), uniforms.numpy()[:, 0]))
        return images + tf.reshape(uniforms, (-1, 1, 1, 1))


def make_gan(seed=3, **arguments):
    """A smooth GAN on 8×8 images."""
    keras.utils.set_random_seed(0)
    gan = dense_gan((8, 8, 1), latent_dim=4, units=[16], seed=seed)
    gan.compile(SGD(0.1), SGD(0.1), **arguments)
    return gan


def draws(**arguments):
    augment = Noting()
    gan = make_gan(augment=augment, run_eagerly=True, **arguments)
    for _ in range(2):
        gan.train_on_batch(IMAGES)
    return augment.seen


def test_every_call_of_every_update_draws_numbers_of_its_own_and_repeats_them():
    penalty = [penalties.R1(1.0), penalties.GradientPenalty()]
    seen = draws(discriminator_steps=2, penalties=penalty)
    # Two updates of D see data, samples and a penalty's points twice; G's, samples.
    assert [step for step, _ in seen] == [0] * 9 + [1] * 9
    assert [len(u) for _, u in seen] == [16] * 18
    values = np.concatenate([u for _, u in seen])
    assert len(np.unique(values)) == len(values)
    again = draws(discriminator_steps=2, penalties=penalty)
    for (_, one), (_, other) in zip(seen, again, strict=True):
        np.testing.assert_array_equal(one, other)
    other_seed = draws(discriminator_steps=2, penalties=penalty, seed=4)
    assert not np.isin(other_seed[0][1], values).any()


def test_an_examples_numbers_depend_on_its_place_and_not_on_the_batch():
    whole = draws()[0][1]
    augment = Noting()
    gan = make_gan(augment=augment, run_eagerly=True)
    gan.train_on_batch(IMAGES[:10])
    np.testing.assert_array_equal(augment.seen[0][1], whole[:10])


@pytest.mark.filterwarnings("ignore:This GAN cannot be saved")
def test_evaluation_shows_images_as_they_are():
    plain, noted = make_gan(), Noting()
    augmented = make_gan(augment=noted, run_eagerly=True)
    figures = [gan.evaluate(IMAGES, verbose=0) for gan in (plain, augmented)]
    assert figures[0] == pytest.approx(figures[1], abs=1e-6)
    assert noted.seen == []
    flips = keras.layers.RandomFlip(seed=1)
    flipped = make_gan(augment=flips).evaluate(IMAGES, verbose=0)
    assert flipped == pytest.approx(figures[0], abs=1e-6)
    darker = make_gan(augment=lambda images: images / 2)
    by_hand = make_gan().evaluate(IMAGES / 2, verbose=0)
    # d_real: a plain callable is part of what D is.
    assert darker.evaluate(IMAGES, verbose=0)[2] == pytest.approx(by_hand[2], abs=1e-6)


@pytest.mark.filterwarnings("ignore:This GAN cannot be saved")
def test_a_plain_callable_and_none_train_as_before():
    states = []
    for augment in (None, lambda images: images):
        gan = make_gan(augment=augment)
        gan.train_on_batch(IMAGES)
        states.append(gan.get_weights())
    for one, other in zip(*states, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "name",
    slow_but_for([], ["DiffAugment", "AdaptiveAugment", "InstanceNoise"]),
)
def test_compiled_steps_augment_like_eager_ones_and_the_augmentation_matters(name):
    make = {
        "AdaptiveAugment": lambda: augmentation.AdaptiveAugment(
            target=-0.99, ramp_images=64, interval=1
        ),
        "DiffAugment": augmentation.DiffAugment,
        "InstanceNoise": lambda: augmentation.InstanceNoise(0.5, decay_steps=9),
    }[name]
    states = []
    for arguments in (
        {"augment": make(), "jit_compile": True},
        {"augment": make(), "run_eagerly": True},
        {},
    ):
        gan = make_gan(**arguments)
        gan.fit(IMAGES, batch_size=8, shuffle=False, verbose=0)
        states.append(training.read_state(gan))
    compiled, eager, plain = states
    for key, value in eager.items():
        np.testing.assert_allclose(value, compiled[key], atol=1e-5, err_msg=key)
    key = "discriminator/0"
    assert np.abs(eager[key] - plain[key]).max() > 1e-4


@pytest.mark.slow
def test_bfloat16_networks_train_with_augmentation():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        gan = make_gan(augment=augmentation.DiffAugment(), penalties=[penalties.R1(1)])
    finally:
        keras.config.set_dtype_policy("float32")
    logs = gan.fit(IMAGES, batch_size=16, verbose=0).history
    assert all(np.isfinite(values).all() for values in logs.values())
    assert all(np.isfinite(weight).all() for weight in gan.get_weights())


def adaptive(**arguments):
    augment = augmentation.AdaptiveAugment(**arguments)
    augment.build((None, 8, 8, 1))
    return augment


def test_p_moves_by_the_papers_rule():
    """r_t over `interval` steps; ±1 · images / ramp_images; within [0, 1]."""
    rng = np.random.default_rng(0)
    augment = adaptive(target=0.1, ramp_images=100, interval=3)
    p, signs, logit_count, images = 0.0, 0.0, 0, 0
    moved = set()
    for step in range(1, 61):
        # Phases of a D that is sure of the data, and of one that is not.
        logits = rng.normal(1.0 if step < 30 else -0.5, 1.0, 8).astype(np.float32)
        augment.adapt(tf.constant(logits), 16)
        signs += np.sign(logits).sum()
        logit_count += 8
        images += 16
        if step % 3 == 0:
            moved.add(np.sign(signs / logit_count - 0.1))
            p = np.clip(p + np.sign(signs / logit_count - 0.1) * images / 100, 0, 1)
            signs, logit_count, images = 0.0, 0, 0
        assert float(augment.probability) == pytest.approx(p, abs=1e-6)
    assert moved == {-1.0, 1.0}


def test_half_a_million_images_take_p_from_0_to_1():
    augment = adaptive()
    for _ in range(4):
        augment.adapt(tf.fill(10_000, 1.0), 50_000)
    assert float(augment.probability) == pytest.approx(0.4)
    for _ in range(8):
        augment.adapt(tf.fill(10_000, 1.0), 50_000)
    assert float(augment.probability) == 1.0


@pytest.mark.slow
def test_training_tells_ada_what_d_makes_of_augmented_data():
    gan = make_gan(
        augment=augmentation.AdaptiveAugment(ramp_images=1000, interval=2),
        discriminator_steps=2,
        run_eagerly=True,
    )
    gan.discriminator.layers[-1].bias.assign([50.0])  # sure of everything
    for step, p in enumerate([0.0, 0.064, 0.064, 0.128], start=1):
        gan.train_on_batch(IMAGES)
        assert float(gan.augment.probability) == pytest.approx(p, abs=1e-6), step
    gan.discriminator.layers[-1].bias.assign([-50.0])
    for _ in range(2):
        gan.train_on_batch(IMAGES)
    assert float(gan.augment.probability) == pytest.approx(0.064, abs=1e-6)


def test_compile_refuses_an_augmentation_that_the_images_do_not_fit():
    gan = linear_gan()
    with pytest.raises(ValueError, match=r"these examples have the shape \(2,\)"):
        gan.compile("sgd", "sgd", augment=augmentation.DiffAugment())
    gan.compile("sgd", "sgd", augment=augmentation.InstanceNoise(0.1))
    gan.fit(np.zeros((8, 2), np.float32), verbose=0)
