"""A packed discriminator judges consecutive examples together, and trains so."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan.layers import PackedDiscriminator
from keras_gan.losses import penalties

SGD = keras.optimizers.SGD
RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(-1, 1, (16, 4, 3, 2)).astype(np.float32)


def dense(shape):
    """A small smooth network that takes inputs of that shape."""
    layers = keras.layers
    return keras.Sequential(
        [keras.Input(shape), layers.Flatten(), layers.Dense(8, "silu"), layers.Dense(1)]
    )


def make_gan(discriminator, **arguments):
    generator = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(24), keras.layers.Reshape((4, 3, 2))]
    )
    gan = keras_gan.GAN(generator, discriminator, value_range=None, seed=1)
    gan.compile(SGD(0.1), SGD(0.1), **arguments)
    return gan


@pytest.mark.parametrize("pack", [1, 2, 4])
def test_logits_are_those_of_the_network_on_examples_side_by_side(pack):
    inner = dense((4, 3, 2 * pack))
    packed = PackedDiscriminator(inner, pack)
    beside = [IMAGES[start::pack] for start in range(pack)]
    expected = inner(np.concatenate(beside, axis=-1))
    assert expected.shape == (16 // pack, 1)
    np.testing.assert_array_equal(packed(IMAGES), expected)


def test_points_are_packed_one_behind_the_other():
    inner = dense((6,))
    points = RNG.normal(size=(8, 3)).astype(np.float32)
    found = PackedDiscriminator(inner, 2)(points)
    np.testing.assert_array_equal(found, inner(points.reshape(4, 6)))


def test_penalties_are_of_the_gradient_by_a_whole_pack():
    weights = RNG.normal(size=(48, 1)).astype(np.float32)
    inner = keras.Sequential(
        [keras.Input((4, 3, 4)), keras.layers.Flatten(), keras.layers.Dense(1)]
    )
    inner.layers[-1].kernel.assign(weights)
    packed = PackedDiscriminator(inner, 2)
    squares = float((weights**2).sum())  # of every pack
    real, fake = tf.constant(IMAGES), tf.constant(IMAGES[::-1].copy())
    r1 = penalties.R1(0.5)(packed, real, fake)
    assert float(r1) == pytest.approx(0.25 * squares, rel=1e-5)
    r2 = penalties.R2(0.5)(packed, real, fake)
    assert float(r2) == pytest.approx(0.25 * squares, rel=1e-5)
    penalty = penalties.GradientPenalty(3.0)(packed, real, fake, uniform=tf.zeros(16))
    assert float(penalty) == pytest.approx(3 * (squares**0.5 - 1) ** 2, rel=1e-5)


def test_a_step_gives_g_a_latent_for_each_image_and_packs_one_epsilon(monkeypatch):
    seen = []

    class Noting(penalties.GradientPenalty):
        def __call__(self, discriminator, real, fake, *, uniform=None):
            seen.append((real.shape, fake.shape, uniform.numpy()))
            return super().__call__(discriminator, real, fake, uniform=uniform)

    gan = make_gan(
        PackedDiscriminator(dense((4, 3, 4)), 2),
        penalties=[Noting()],
        discriminator_steps=2,
        run_eagerly=True,
    )
    latents = []
    noise = gan.prior.noise
    monkeypatch.setattr(
        type(gan.prior),
        "noise",
        lambda _, rows, *rest: latents.append(int(rows)) or noise(rows, *rest),
    )
    gan.train_on_batch(IMAGES)
    assert latents == [8, 8, 8]
    assert [shape for shape, _, _ in seen] == [(8, 4, 3, 2)] * 2
    for _, _, uniform in seen:
        pairs = uniform.reshape(4, 2)
        np.testing.assert_array_equal(pairs[:, 0], pairs[:, 1])
        assert len(np.unique(pairs)) == 4


def test_packs_of_one_train_like_no_packs():
    states = []
    for wrap in (lambda inner: inner, lambda inner: PackedDiscriminator(inner, 1)):
        keras.utils.set_random_seed(0)
        gan = make_gan(wrap(dense((4, 3, 2))), penalties=[penalties.GradientPenalty()])
        gan.fit(IMAGES, batch_size=8, shuffle=False, verbose=0)
        states.append(gan.get_weights())
    for one, other in zip(*states, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_compiled_step_is_the_eager_one():
    states = []
    for arguments in ({"jit_compile": True}, {"run_eagerly": True}):
        keras.utils.set_random_seed(0)
        gan = make_gan(
            PackedDiscriminator(dense((4, 3, 4)), 2),
            penalties=[penalties.R1(1.0)],
            augment=keras_gan.augmentation.DiffAugment(("translation",)),
            **arguments,
        )
        gan.fit(IMAGES, batch_size=8, shuffle=False, verbose=0)
        states.append(gan.get_weights())
    for one, other in zip(*states, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_batches_that_cannot_be_packed_are_refused_before_any_step():
    gan = make_gan(PackedDiscriminator(dense((4, 3, 4)), 2), discriminator_steps=2)
    data = tf.data.Dataset.from_tensor_slices(IMAGES)
    message = r"`discriminator_steps=2` equal minibatches of packs of 2 .* of 4"
    for x, batch_size in ((IMAGES, 6), (IMAGES[:14], 8), (data.batch(6), None)):
        with pytest.raises(ValueError, match=message):
            gan.fit(x, batch_size=batch_size, verbose=0)
    with pytest.raises(ValueError, match="packs of 2"):
        gan.evaluate(IMAGES, batch_size=5, verbose=0)
    assert int(gan.step) == 0
    # The last batch of a dataset is seen when it comes.
    open_ended = tf.data.Dataset.from_tensor_slices(IMAGES[:14]).batch(8)
    with pytest.raises(
        ValueError,
        match=r"Batch 1 of the data \(the first is 0\): .*drop the remainder",
    ):
        gan.fit(open_ended, verbose=0)
    assert np.isfinite(gan.evaluate(IMAGES, batch_size=6, verbose=0)).all()


def test_networks_that_cannot_be_packed_are_refused():
    images, labels = keras.Input((4, 3, 4)), keras.Input((), dtype="int32")
    logits = keras.layers.Dense(1)(keras.layers.Flatten()(images))
    conditional = keras.Model([images, labels], logits)
    unbuilt = keras.Sequential([keras.layers.Dense(1)])
    for network, pack, message in (
        (dense((4, 3, 3)), 2, "whose last axis `pack=2` does not divide"),
        (dense((4, 3, 4)), 0, "`pack` must be an integer >= 1"),
        (conditional, 2, "without labels"),
        (unbuilt, 2, "model that is built"),
    ):
        with pytest.raises(ValueError, match=message):
            PackedDiscriminator(network, pack)
    with pytest.raises(ValueError, match=r"takes images of shape \(4, 3, 1\)"):
        make_gan(PackedDiscriminator(dense((4, 3, 2)), 2))
    generator, _ = keras_gan.architectures.build(
        "dcgan", image_shape=(8, 8, 1), latent_dim=2, num_classes=3
    )
    packed = PackedDiscriminator(dense((8, 8, 2)), 2)
    with pytest.raises(ValueError, match="takes no labels; use `num_classes=None`"):
        keras_gan.GAN(generator, packed, num_classes=3)


def test_the_docstrings_example_trains():
    build, pack = keras_gan.architectures.build, 2
    small = {"generator_filters": 4, "discriminator_filters": 2, "latent_dim": 2}
    generator, _ = build("dcgan", image_shape=(8, 8, 1), **small)
    _, inner = build("dcgan", image_shape=(8, 8, pack * 1), **small)
    gan = keras_gan.GAN(generator, PackedDiscriminator(inner, pack))
    gan.compile("adam", "adam", run_eagerly=True)
    logs = gan.train_on_batch(np.zeros((4, 8, 8, 1), np.float32))
    assert np.isfinite(logs).all()
