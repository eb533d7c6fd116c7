"""Optimizers' switches do on two replicas what they do on one, or are refused."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.marks import slow_but_for
from harness.replicas import largest_difference, on_each, one_device, two_replicas

import keras_gan
from keras_gan.training.optimizers.gradients import apply_gradients

IMAGES = np.random.default_rng(0).uniform(-1, 1, (400, 4, 3, 1)).astype(np.float32)
LABELS = np.arange(400) % 3
SGD = keras.optimizers.SGD
LossScale = keras.optimizers.LossScaleOptimizer


def networks(policy="float32"):
    """Two smooth conditional networks, whose embeddings have sparse gradients."""

    def label_features():
        label = keras.Input((), dtype="int32")
        return label, keras.layers.Embedding(3, 4, dtype=policy)(label)

    def dense(units, activation=None, **options):
        return keras.layers.Dense(units, activation, dtype=policy, **options)

    latent, images = keras.Input((4,)), keras.Input((4, 3, 1))
    label, features = label_features()
    x = keras.layers.Concatenate(dtype=policy)([latent, features])
    x = dense(12, "tanh")(dense(16, "silu")(x))
    x = keras.layers.Reshape((4, 3, 1), dtype=policy)(x)
    generator = keras.Model([latent, label], x)
    label, features = label_features()
    x = keras.layers.Flatten(dtype=policy)(images)
    x = keras.layers.Concatenate(dtype=policy)([x, features])
    x = dense(16, "silu", kernel_constraint=keras.constraints.MaxNorm(1.5))(x)
    return generator, keras.Model([images, label], dense(1)(x))


def make(strategy, make_optimizer, loss="non_saturating", policy="float32", **options):
    keras.utils.set_random_seed(0)
    with strategy.scope():
        gan = keras_gan.GAN(*networks(policy), num_classes=3, seed=3)
        gan.compile(make_optimizer(), make_optimizer(), loss, **options)
    return gan


def fit(gan, steps=20):
    data = (IMAGES[: 20 * steps], LABELS[: 20 * steps])
    dataset = tf.data.Dataset.from_tensor_slices(data).batch(20, drop_remainder=True)
    gan.fit(dataset, verbose=0)
    return gan


def weights(gan):
    networks = (gan.generator, gan.discriminator)
    return [v.numpy() for network in networks for v in network.trainable_variables]


def rising():
    """Returns SGD whose rate falls and whose momentum rises with the step."""
    schedules = keras.optimizers.schedules
    rate = schedules.ExponentialDecay(0.5, 10, 0.5)
    return keras_gan.training.MomentumSGD(
        rate, schedules.PolynomialDecay(0.0, 20, 0.9), global_clipnorm=0.05
    )


class Injected(keras_gan.losses.NonSaturating):
    """A loss with an infinite slope on the second replica while the flag is up."""

    def __init__(self, side):
        self.side, self.flag = side, tf.Variable(0.0)

    def slope(self, side, logits):
        context = tf.distribute.get_replica_context()
        here = context.replica_id_in_sync_group == 1
        hit = tf.logical_and(here & (side == self.side), self.flag > 0)
        return tf.where(hit, np.inf, 0.0) * tf.reduce_mean(logits)

    def discriminator_loss(self, real_logits, fake_logits):
        loss = super().discriminator_loss(real_logits, fake_logits)
        return loss + self.slope("discriminator", fake_logits)

    def generator_loss(self, real_logits, fake_logits):
        loss = super().generator_loss(real_logits, fake_logits)
        return loss + self.slope("generator", fake_logits)


# From nothing to an optimizer, and the steps per execution.
SWITCHES = {
    "clipnorm, weight decay": (
        lambda: SGD(0.5, 0.5, clipnorm=0.02, weight_decay=0.01),
        1,
    ),
    "global_clipnorm, schedules": (rising, 1),
    "clipvalue, loss scale, steps per execution": (
        lambda: LossScale(SGD(0.5, 0.5, clipvalue=0.005)),
        5,
    ),
}


@functools.cache
def unclipped():
    gan = make(one_device(), lambda: SGD(0.5, 0.5), discriminator_steps=2)
    return weights(fit(gan))


@pytest.mark.parametrize(
    "case",
    slow_but_for([], list(SWITCHES)),
)
def test_two_replicas_clip_and_schedule_like_one(case):
    make_optimizer, steps = SWITCHES[case]
    options = {"discriminator_steps": 2, "steps_per_execution": steps}
    one, two = (
        weights(fit(make(strategy, make_optimizer, **options)))
        for strategy in (one_device(), two_replicas())
    )
    assert largest_difference(one, unclipped()) > 0.05  # the settings matter
    assert largest_difference(one, two) <= 1e-5


@pytest.mark.filterwarnings("ignore:This GAN cannot be saved")
@pytest.mark.filterwarnings("ignore:A network computes in float16 on a CPU:UserWarning")
@pytest.mark.parametrize(
    "side", ["discriminator", pytest.param("generator", marks=pytest.mark.slow)]
)
def test_an_inf_on_one_replica_leaves_the_step_out_on_all(side):
    with two_replicas().scope():
        loss = Injected(side)
    gan = make(two_replicas(), lambda: SGD(0.1), loss, policy="mixed_float16")
    optimizer, network = getattr(gan, f"{side}_optimizer"), getattr(gan, side)
    found = []
    for flag in (0.0, 1.0, 0.0):
        loss.flag.assign(flag)
        fit(gan, steps=1)
        copies = [on_each(variable.value) for variable in network.variables]
        assert all(np.array_equal(first, second) for first, second in copies)
        scale, steps = optimizer.dynamic_scale, optimizer.iterations
        first = [one for one, _ in copies]
        found.append((float(scale.numpy()), int(steps.numpy()), first))
    (scale, steps, before), skipped, (later_scale, later_steps, after) = found
    assert skipped[:2] == (scale / 2, 1)
    assert (steps, later_steps, later_scale) == (1, 2, scale / 2)
    assert largest_difference(skipped[2], before) == 0
    for old, new in zip(before, after, strict=True):
        assert np.isfinite(new).all()
        assert np.abs(new - old).max() > 0


def test_clipping_does_not_hide_an_inf_on_one_replica():
    with two_replicas().scope():
        weight = keras.Variable([1.0, 2.0])
        optimizer = LossScale(SGD(0.1, clipvalue=0.1))
        optimizer.build([weight])

    def step():
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        gradient = [tf.where(tf.equal(replica, 1), np.inf, 1.0), 1.0]
        apply_gradients(optimizer, [tf.stack(gradient)], [weight])

    two_replicas().run(tf.function(step))
    assert weight.numpy().tolist() == [1.0, 2.0]
    assert optimizer.dynamic_scale.numpy() == 2.0**14


OUTSIDE = SGD()
REFUSALS = {
    "jit": (
        {"jit_compile": True},
        SGD,
        "`jit_compile=True` fails under a distribution strategy.*"
        "use `jit_compile='auto'`",
    ),
    "accumulation": (
        {},
        lambda: SGD(gradient_accumulation_steps=2),
        "`gradient_accumulation_steps` of `generator_optimizer`.*use a larger batch",
    ),
    "average": (
        {},
        lambda: SGD(use_ema=True, ema_overwrite_frequency=2),
        "`ema_overwrite_frequency` of `generator_optimizer`.*use `ema_decay`",
    ),
    "optimizer of another strategy": (
        {},
        lambda: OUTSIDE,
        "The `generator_optimizer` belongs to another",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_distributed_is_refused_at_compile(case):
    options, make_optimizer, message = REFUSALS[case]
    with pytest.raises(ValueError, match=message):
        make(two_replicas(), make_optimizer, **options)


def test_networks_of_another_strategy_are_refused_at_compile():
    made = networks()
    with two_replicas().scope():
        gan = keras_gan.GAN(*made, num_classes=3)
    with pytest.raises(
        ValueError, match="The generator belongs to another distribution strategy"
    ):
        gan.compile("sgd", "sgd")


def test_names_become_optimizers_of_the_strategy_wherever_compile_is_called():
    with two_replicas().scope():
        gan = keras_gan.GAN(*networks(), num_classes=3, seed=3)
    gan.compile(
        generator_optimizer="sgd", discriminator_optimizer="adam", ema_decay=0.9
    )
    fit(gan, steps=2)
    assert gan.discriminator_optimizer.iterations.numpy() == 2
    assert gan.jit_compile is False  # XLA stays off
