"""AC-GAN: its equations, its gradients in training, and what it needs."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import losses
from keras_gan.losses.auxiliary_classifier import class_cross_entropy

SGD = keras.optimizers.SGD
RNG = np.random.default_rng(0)
CLASSES = 3
LABELS = np.array([0, 2, 1, 1, 2])


def softplus(x):
    return np.logaddexp(0, x)


def cross_entropy(logits, labels):
    """−E log P(C = c | x) in float64."""
    logits = np.float64(logits)
    log_sum = np.log(np.exp(logits - logits.max(1, keepdims=True)).sum(1))
    own = logits[np.arange(len(labels)), labels] - logits.max(1)
    return -(own - log_sum).mean()


def outputs():
    return RNG.normal(size=5), RNG.normal(size=(5, CLASSES))


def test_both_losses_are_the_papers():
    loss = losses.AuxiliaryClassifier("non_saturating", weight=0.7)
    (real, real_classes), (fake, fake_classes) = outputs(), outputs()
    entropies = [cross_entropy(a, LABELS) for a in (real_classes, fake_classes)]
    found = loss.discriminator_loss((real, real_classes), (fake, fake_classes), LABELS)
    expected = softplus(-real).mean() + softplus(fake).mean() + 0.7 * sum(entropies)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    found = loss.generator_loss((real, real_classes), (fake, fake_classes), LABELS)
    expected = softplus(-fake).mean() + 0.7 * entropies[1]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_cross_entropy_is_log_k_without_knowledge_and_stable_at_extremes():
    assert float(class_cross_entropy(tf.zeros((5, 7)), LABELS)) == pytest.approx(
        np.log(7)
    )
    right = 1e4 * np.eye(CLASSES, dtype=np.float32)
    assert float(class_cross_entropy(right, [0, 1, 2])) == 0.0
    assert float(class_cross_entropy(right, [1, 2, 0])) == pytest.approx(1e4)
    half = class_cross_entropy(tf.cast(right, tf.float16), [1, 2, 0])
    assert half.dtype == tf.float32
    assert float(half) == pytest.approx(1e4)


def test_shapes_that_do_not_fit_are_refused():
    for logits, labels in (((4, 3), (5,)), ((4,), (4,)), ((4, 3), (4, 1))):
        with pytest.raises(ValueError, match="`labels` one number for each row"):
            class_cross_entropy(tf.zeros(logits), tf.zeros(labels, tf.int32))


def test_it_passes_on_what_its_adversarial_loss_needs():
    for name in losses.names():
        inner, loss = losses.get(name), losses.AuxiliaryClassifier(name)
        for attribute in ("generator_needs_real_logits", "estimates_probability"):
            assert getattr(loss, attribute) == getattr(inner, attribute)
    with pytest.raises(ValueError, match="not another AuxiliaryClassifier"):
        losses.AuxiliaryClassifier(losses.AuxiliaryClassifier())
    with pytest.raises(ValueError, match="`weight` must be a positive"):
        losses.AuxiliaryClassifier(weight=0)


def linear_networks(class_count=CLASSES):
    """G(z, c) = z·A + E_c and D(x) = (x·b, x·W) on points: gradients by hand."""
    dense = keras.layers.Dense
    latents, labels = keras.Input((2,)), keras.Input((), dtype="int32")
    embedded = keras.layers.Embedding(CLASSES, 2)(labels)
    samples = keras.layers.Add()([dense(2, use_bias=False)(latents), embedded])
    points = keras.Input((2,))
    judged = [dense(1, use_bias=False)(points), dense(class_count)(points)]
    return keras.Model([latents, labels], samples), keras.Model(points, judged)


def gan_of(networks, num_classes=CLASSES):
    return keras_gan.GAN(*networks, num_classes=num_classes, value_range=None, seed=3)


def test_a_step_moves_both_networks_by_the_gradients_of_the_equations():
    gan = gan_of(linear_networks())
    gan.compile(SGD(0.3), SGD(0.3), losses.AuxiliaryClassifier(weight=2.0))
    embeddings, a_matrix = sorted(gan.generator.variables, key=lambda v: v.path)[::-1]
    if tuple(embeddings.shape) != (CLASSES, 2):
        embeddings, a_matrix = a_matrix, embeddings
    logit, classes = gan.discriminator.layers[1:]
    e, a = embeddings.numpy(), a_matrix.numpy()
    b, w = logit.kernel.numpy(), classes.kernel.numpy()
    bias = np.zeros(CLASSES)
    x, c = RNG.normal(size=(5, 2)), LABELS

    def noise(stream):
        key = tf.constant([gan.seed + stream * 2**32, 0], tf.int64)
        return gan.prior.noise(5, 2, key).numpy()

    def by_classes(points):
        p = np.exp(points @ w + bias)
        return 2.0 * (p / p.sum(1, keepdims=True) - np.eye(CLASSES)[c]) / 5

    def sigmoid(values):
        return 1 / (1 + np.exp(-values))

    fake = noise(0) @ a + e[c]
    by_logit = -sigmoid(-x @ b) / 5, sigmoid(fake @ b) / 5
    by_class = by_classes(x), by_classes(fake)
    b = b - 0.3 * (x.T @ by_logit[0] + fake.T @ by_logit[1])
    w = w - 0.3 * (x.T @ by_class[0] + fake.T @ by_class[1])
    bias = bias - 0.3 * (by_class[0] + by_class[1]).sum(0)
    z = noise(1)
    fake = z @ a + e[c]
    by_fake = -sigmoid(-fake @ b) / 5 @ b.T + by_classes(fake) @ w.T
    gan.fit(x.astype(np.float32), c, batch_size=5, shuffle=False, verbose=0)
    np.testing.assert_allclose(logit.kernel.numpy(), b, atol=2e-6)
    np.testing.assert_allclose(classes.kernel.numpy(), w, atol=2e-6)
    np.testing.assert_allclose(classes.bias.numpy(), bias, atol=2e-6)
    np.testing.assert_allclose(a_matrix.numpy(), a - 0.3 * z.T @ by_fake, atol=2e-6)
    moved = e.copy()
    np.subtract.at(moved, c, 0.3 * by_fake)
    np.testing.assert_allclose(embeddings.numpy(), moved, atol=2e-6)


def test_it_learns_to_make_the_class_that_it_is_asked_for():
    rng = np.random.default_rng(0)
    centres = np.array([[3.0, 0.0], [-3.0, 2.0], [0.0, -3.0]])
    labels = np.arange(600) % CLASSES
    points = (centres[labels] + rng.normal(0, 0.3, (600, 2))).astype(np.float32)
    gan = gan_of(linear_networks())
    gan.compile(SGD(0.05), SGD(0.05), losses.AuxiliaryClassifier())
    history = gan.fit(points, labels, batch_size=30, epochs=10, verbose=0).history
    assert set(history) == {"d_loss", "g_loss", "d_real", "d_fake"}
    samples = gan.sample(300, seed=0, labels=labels[:300])
    distances = np.linalg.norm(samples[:, None] - centres, axis=2)
    assert (distances.argmin(1) == labels[:300]).mean() > 0.9


@pytest.mark.parametrize("loss", losses.names())
def test_every_adversarial_loss_goes_with_it_compiled_with_penalties(loss):
    gan = gan_of(linear_networks())
    gan.compile(
        "sgd",
        "sgd",
        losses.AuxiliaryClassifier(loss),
        penalties=[losses.penalties.R1(1.0), losses.penalties.GradientPenalty()],
        jit_compile=loss == "hinge",
        run_eagerly=loss != "hinge",
    )
    points = RNG.normal(size=(12, 2)).astype(np.float32)
    labels = np.arange(12) % CLASSES
    logs = gan.fit(points, labels, batch_size=6, verbose=0).history
    assert all(np.isfinite(values).all() for values in logs.values())
    assert np.isfinite(gan.evaluate(points, labels, verbose=0)).all()


def test_every_mismatch_is_refused_with_what_to_do():
    def compiled(gan, loss):
        gan.compile("sgd", "sgd", loss)

    plain = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    points, labels = keras.Input((2,)), keras.Input((), dtype="int32")
    embedded = keras.layers.Embedding(CLASSES, 2)(labels)
    logits = keras.layers.Dense(1)(keras.layers.Add()([points, embedded]))
    conditional = keras.Model([points, labels], logits)
    told = keras.Model([points, labels], [logits, keras.layers.Dense(CLASSES)(points)])
    generator, classifier = linear_networks()
    unconditional = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    loss = losses.AuxiliaryClassifier()
    for call, message in (
        (
            lambda: compiled(gan_of((generator, classifier)), "hinge"),
            "class logits, which the loss Hinge does not use",
        ),
        (
            lambda: compiled(gan_of((generator, conditional)), loss),
            r"returns \[logits, class_logits\].*this one returns logits alone",
        ),
        (
            lambda: compiled(gan_of((unconditional, plain), None), loss),
            "needs labels; give the GAN `num_classes=`",
        ),
        (lambda: gan_of((unconditional, classifier), None), "needs a GAN with `num_cl"),
        (lambda: gan_of((generator, plain)), "for `losses.AuxiliaryClassifier`"),
        (lambda: gan_of((generator, told)), "takes labels and returns class logits"),
        (
            lambda: gan_of(linear_networks(class_count=4)),
            r"class logits of shape \(batch, 3\) for `num_classes=3`",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            call()
