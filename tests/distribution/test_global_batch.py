"""Means over the batch are over the global batch, and so are the gradients."""

from inspect import isclass

from cases import global_batch
from harness.replicas import two_replicas

from keras_gan.losses import penalties


def test_every_public_penalty_is_tried():
    public = {name for name, value in vars(penalties).items() if isclass(value)}
    assert set(global_batch.PENALTIES) == public - {"Penalty"}


def test_two_replicas_have_the_values_and_gradients_of_one():
    replicas = global_batch.over_replicas(two_replicas())
    assert len(replicas) == 2
    global_batch.assert_equal_to_one_device(replicas)
