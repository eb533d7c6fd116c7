"""Every combination of switches trains the same, or `compile` says why it cannot."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import dense_gan
from harness.marks import slow_but_for
from tensorflow.python.framework import config

from keras_gan import losses, priors
from keras_gan.losses import penalties

SGD = keras.optimizers.SGD
IMAGES = np.random.default_rng(0).uniform(-1, 1, (160, 6)).astype(np.float32)
EVERY_PENALTY = [
    kind
    for kind in vars(penalties).values()
    if isinstance(kind, type) and kind is not penalties.Penalty
]
OBJECTIVES = {
    **{name: (name, ()) for name in losses.names()},
    **{kind.__name__: ("non_saturating", (kind(1.0),)) for kind in EVERY_PENALTY},
}
QUICK = ("relativistic_average",)


def trained_weights(loss="non_saturating", *, optimizer=SGD, settings=(), **switches):
    keras.utils.set_random_seed(0)
    gan = dense_gan((6,), units=[8], seed=3)
    optimizers = [optimizer(0.05, 0.5, **dict(settings)) for _ in range(2)]
    gan.compile(*optimizers, loss, **switches)
    gan.fit(IMAGES, batch_size=8, shuffle=False, verbose=0)
    assert int(gan.step) == 20
    return gan.get_weights()


def assert_close(weights, others, tolerance):
    for one, other in zip(weights, others, strict=True):
        np.testing.assert_allclose(one, other, atol=tolerance)


@pytest.mark.parametrize("objective", slow_but_for(QUICK, list(OBJECTIVES)))
def test_jit_trains_like_eager_to_1e_4(objective):
    loss, terms = OBJECTIVES[objective]
    compiled = trained_weights(loss, penalties=terms, jit_compile=True)
    eager = trained_weights(loss, penalties=terms, run_eagerly=True)
    assert_close(compiled, eager, 1e-4)


@pytest.mark.slow
def test_jit_goes_with_every_other_switch():
    settings = {
        "clipnorm": 0.1,
        "gradient_accumulation_steps": 2,
        "use_ema": True,
        "ema_overwrite_frequency": 3,
    }
    options = {"discriminator_steps": 2, "ema_decay": 0.9}

    def scaled(*arguments, **settings):
        return keras.optimizers.LossScaleOptimizer(SGD(*arguments, **settings))

    arguments = {"optimizer": scaled, "settings": settings, **options}
    compiled = trained_weights(jit_compile=True, steps_per_execution=5, **arguments)
    eager = trained_weights(run_eagerly=True, steps_per_execution=3, **arguments)
    assert_close(compiled, eager, 1e-4)


@pytest.mark.parametrize("prior", ["normal", "uniform", "sphere"])
def test_noise_is_the_same_where_xla_compiles(prior):
    def draw(key):
        return priors.get(prior).noise(9, 5, key)

    for key in ([3, 0], [7 + 2**34, 2**40]):
        key = tf.constant(key, tf.int64)
        compiled = tf.function(draw, jit_compile=True)(key)
        np.testing.assert_allclose(compiled, draw(key), atol=1e-6)


def test_auto_leaves_the_choice_to_keras(monkeypatch):
    gan = dense_gan((6,), units=[8])
    gan.compile("sgd", "sgd")
    assert gan.jit_compile is False  # Keras compiles nothing for CPUs
    assert gan.get_compile_config()["jit_compile"] == "auto"
    gpu = tf.config.PhysicalDevice("/physical_device:GPU:0", "GPU")
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda *_: [gpu])
    gan.compile("sgd", "sgd")
    assert gan.jit_compile is True


class Unsupported(keras.layers.Layer):
    """A layer that says that XLA cannot compile it."""

    def __init__(self):
        super().__init__(name="unsupported")
        self.supports_jit = False

    def call(self, x):
        return x


NESTED = keras.optimizers.LossScaleOptimizer
REFUSALS = {
    "jit": ({"jit_compile": "yes"}, "`jit_compile` must be True, False or 'auto'"),
    "eager": ({"run_eagerly": "no"}, "`run_eagerly` must be True or False; got 'no'"),
    "steps": (
        {"steps_per_execution": 0},
        "`steps_per_execution` must be an integer >= 1; got 0",
    ),
    "jit and eager": (
        {"jit_compile": True, "run_eagerly": True},
        "`jit_compile=True` compiles .* choose one",
    ),
    "jit and a layer": (
        {"jit_compile": True, "augment": Unsupported()},
        r"the layer 'unsupported' \(Unsupported\), which XLA cannot compile; use",
    ),
    "average": (
        {"generator_optimizer": SGD(use_ema=True)},
        "`use_ema` of `generator_optimizer` would never .* use `ema_decay`",
    ),
    "average in a wrapper": (
        {"discriminator_optimizer": NESTED(SGD(use_ema=True))},
        "`use_ema` of `discriminator_optimizer`",
    ),
    "nested": (
        {"generator_optimizer": NESTED(NESTED(SGD()))},
        "`generator_optimizer` is a LossScaleOptimizer inside another",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_does_not_go_together_is_refused_in_one_sentence(case):
    wrong, message = REFUSALS[case]
    arguments = {"generator_optimizer": SGD(), "discriminator_optimizer": SGD()}
    with pytest.raises(ValueError, match=message) as error:
        dense_gan((6,), units=[8]).compile(**{**arguments, **wrong})
    assert "\n" not in str(error.value)


def test_jit_is_refused_while_ops_are_deterministic(monkeypatch):
    monkeypatch.setattr(config, "is_op_determinism_enabled", lambda: True)
    gan = dense_gan((6,), units=[8])
    with pytest.raises(ValueError, match="while TensorFlow's deterministic ops are on"):
        gan.compile("sgd", "sgd", jit_compile=True)
    gan.compile("sgd", "sgd")
    assert gan.jit_compile is False


@pytest.mark.slow
def test_jit_needs_batches_of_one_size_where_k_must_divide_them():
    def fit(drop_remainder, **settings):
        gan = dense_gan((6,), units=[8])
        gan.compile("sgd", "sgd", **settings)
        data = tf.data.Dataset.from_tensor_slices(IMAGES[:16])
        gan.fit(data.batch(8, drop_remainder), steps_per_epoch=1, verbose=0)

    with pytest.raises(ValueError, match=r"`discriminator_steps=2` all .* one size"):
        fit(False, jit_compile=True, discriminator_steps=2)
    fit(True, jit_compile=True, discriminator_steps=2)
    fit(False, jit_compile=True)
    fit(False, jit_compile=False, discriminator_steps=2)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_weights_of_half_precision_are_refused(dtype):
    gan = dense_gan(dtype=(dtype, dtype))
    with pytest.raises(ValueError, match=f"generator are {dtype}.* 'mixed_{dtype}'"):
        gan.compile("sgd", "sgd")


def test_an_optimizer_of_another_strategy_is_refused():
    with tf.distribute.OneDeviceStrategy("CPU:0").scope():
        gan = dense_gan((6,), units=[8])
        inside = SGD()
    with pytest.raises(ValueError, match="The `generator_optimizer` belongs to anoth"):
        gan.compile(generator_optimizer=SGD(), discriminator_optimizer=inside)
    gan.compile(
        generator_optimizer=inside, discriminator_optimizer="sgd", jit_compile=True
    )
    gan.fit(IMAGES[:32], verbose=0)
    assert int(inside.iterations) == 1
