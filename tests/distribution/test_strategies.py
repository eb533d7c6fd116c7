"""Strategies by name, and several in one process."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import dense_gan
from harness.replicas import one_device

from keras_gan._checks import InputError
from keras_gan.distribution.collective_keys import use_own_keys
from keras_gan.distribution.strategies import open_strategy


@pytest.mark.parametrize(
    "text", ["", "{", "{}", '{"cluster": {}, "task": {"type": "worker"}}']
)
def test_a_missing_or_broken_tf_config_is_named(text, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(InputError, match="environment variable TF_CONFIG"):
        open_strategy("multi-worker")


def made_under(strategy, units):
    keras.utils.set_random_seed(0)
    with strategy.scope():
        gan = dense_gan(units=[units])
        gan.compile("sgd", "sgd")
    return gan


def fit(gan):
    images = np.linspace(-1, 1, 64, dtype=np.float32).reshape(16, 2, 2, 1)
    return gan.fit(images, batch_size=4, verbose=0).history["d_loss"]


def test_several_strategies_of_one_process_train_like_one_device():
    """Networks of other sizes have other sums over replicas."""
    devices = ["CPU:0", "CPU:1"]
    first = made_under(tf.distribute.MirroredStrategy(devices), 3)
    second = made_under(tf.distribute.MirroredStrategy(devices), 5)
    alone = made_under(one_device(), 3)
    for gan in (first, second, alone):
        fit(gan)
    assert fit(first) == pytest.approx(fit(alone), abs=1e-5)  # goes on beside it
    for one, other in zip(first.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_strategy_gets_keys_once_and_keeps_the_reduction_that_it_was_given():
    reduction = tf.distribute.ReductionToOneDevice()
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"], reduction)
    use_own_keys(strategy)
    sums = strategy.extended._collective_ops
    use_own_keys(strategy)
    assert strategy.extended._cross_device_ops is reduction
    assert strategy.extended._collective_ops is sums
    plain = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    use_own_keys(plain)
    assert plain.extended._cross_device_ops is plain.extended._collective_ops
    keys = {each.extended._collective_key_base for each in (plain, strategy)}
    assert len(keys) == 2
    use_own_keys(tf.distribute.get_strategy())
