"""Order, batches, scaling and shapes: what `load` promises for every source."""

import numpy as np
import pytest
import tensorflow as tf
from cases.data_order import (
    NUMBERED,
    load_numbered,
    order_of_another_process,
    order_of_two_replicas,
)
from harness.processes import Started

from keras_gan import data
from keras_gan._checks import InputError
from keras_gan.data.batching import to_value_range
from keras_gan.data.epoch_order import epoch_order, from_position

ALL_BYTES = np.arange(256, dtype=np.uint8)


def order(dataset):
    """The numbers of the images, in the order of one pass."""
    return [int(value) for batch in dataset for value in batch[:, 0, 0, 0].numpy()]


@pytest.mark.parametrize(
    "value_range", [(-1, 1), (0, 1), (-0.5, 0.5), (0, 255), (-3, 1.7)]
)
def test_uint8_maps_to_the_range_linearly_and_never_leaves_it(value_range):
    low, high = value_range
    scaled = to_value_range(tf.constant(ALL_BYTES), value_range).numpy()
    expected = low + (high - low) * ALL_BYTES.astype(np.float64) / 255
    np.testing.assert_allclose(scaled, expected, rtol=0, atol=2e-7 * (high - low))
    assert scaled.dtype == np.float32
    assert scaled[0] == np.float32(low)
    assert scaled.max() <= np.float32(high)


@pytest.mark.parametrize("value_range", [(-1, 1), (0, 1), (0, 255)])
def test_255_maps_to_the_upper_bound_exactly(value_range):
    white = to_value_range(tf.constant([255], tf.uint8), value_range)
    assert float(white[0]) == value_range[1]


def test_without_shuffling_the_source_order_is_kept():
    assert order(load_numbered(shuffle=False)) == list(range(40))


def test_shuffling_shows_every_image_once_and_is_new_each_epoch():
    dataset = load_numbered(seed=3)
    epochs = [order(dataset) for _ in range(3)]
    assert all(sorted(epoch) == list(range(40)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in [*epochs, range(40)]}) == 4


def test_shuffling_reaches_over_the_whole_source():
    # Where a buffer of images is shuffled, the last cannot come first.
    dataset = load_numbered()
    firsts = [order(dataset)[0] for _ in range(30)]
    assert min(firsts) < 10
    assert max(firsts) >= 30


def test_every_image_is_as_likely_at_every_position_and_no_epoch_returns():
    draw = tf.function(lambda epoch: epoch_order(10, 0, epoch))
    orders = np.array([draw(epoch) for epoch in tf.range(600, dtype=tf.int64)])
    assert len(np.unique(orders, axis=0)) == 600
    # 600 draws of 10 images: 60 each, standard deviation sqrt(600 * 0.1 * 0.9) = 7.3.
    counts = [np.bincount(position, minlength=10) for position in orders.T]
    assert np.abs(np.array(counts) - 60).max() < 5 * 7.3


def test_all_bits_of_the_seed_count():
    epoch = tf.constant(0, tf.int64)
    orders = [epoch_order(40, seed, epoch) for seed in (0, 2**8, 2**32, 2**62)]
    assert len({tuple(order.numpy()) for order in orders}) == 4


def test_the_seed_decides_the_order():
    assert order(load_numbered(seed=1)) == order(load_numbered(seed=1))
    assert order(load_numbered(seed=1)) != order(load_numbered(seed=2))


@pytest.mark.parametrize("arguments", [{}, {"shuffle": False}])
def test_any_batch_of_any_epoch_is_reached_at_once(arguments):
    dataset = load_numbered(seed=3, **arguments)
    epochs = [order(dataset) for _ in range(4)]
    loaded = load_numbered(seed=3, **arguments)
    for dataset in (loaded, loaded.map(lambda images: images)):
        assert order(from_position(dataset, 2, 3)) == epochs[2][3 * 8 :]
        assert order(dataset) == epochs[3]
        assert order(from_position(dataset, 1, 0)) == epochs[1]
    unknown = tf.data.Dataset.from_tensor_slices(NUMBERED).batch(8)
    assert order(from_position(unknown, 7, 3)) == list(range(24, 40))


def test_batch_size_does_not_change_the_order():
    assert order(load_numbered(batch_size=5)) == order(load_numbered(batch_size=20))


def test_order_is_that_of_every_process_global_seed_and_strategy():
    dataset = load_numbered(seed=7)
    expected = [order(dataset), order(dataset)]
    assert order_of_two_replicas() == expected
    assert Started(order_of_another_process).result() == expected


def test_a_saved_iterator_goes_on_where_it_stopped(tmp_path):
    dataset = load_numbered()
    order(dataset)
    iterator = iter(dataset)
    next(iterator)
    path = tf.train.Checkpoint(iterator=iterator).save(str(tmp_path / "iterator"))
    expected = order(iterator)
    resumed = iter(load_numbered())
    tf.train.Checkpoint(iterator=resumed).restore(path)
    assert order(resumed) == expected


def test_labels_stay_with_their_images():
    dataset = load_numbered_pairs(labels=True)
    for images, labels in dataset:
        assert labels.dtype == tf.int32
        np.testing.assert_array_equal(images[:, 0, 0, 0], labels)


def load_numbered_pairs(**arguments):
    pair = (NUMBERED, np.arange(40))
    return data.load(pair, batch_size=8, value_range=(0, 255), **arguments)


def test_labels_are_left_out_unless_asked_for():
    assert load_numbered_pairs().element_spec == tf.TensorSpec((8, 3, 2, 1), tf.float32)


def test_shapes_are_static_and_the_batch_too_when_all_are_full():
    full = load_numbered_pairs(labels=True).element_spec
    assert full == (
        tf.TensorSpec((8, 3, 2, 1), tf.float32),
        tf.TensorSpec((8,), tf.int32),
    )
    ragged = load_numbered(drop_remainder=False).element_spec
    assert ragged == tf.TensorSpec((None, 3, 2, 1), tf.float32)


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize(
    ("drop_remainder", "sizes"), [(True, [16, 16]), (False, [16, 16, 8])]
)
def test_a_short_last_batch_is_dropped_or_kept(shuffle, drop_remainder, sizes):
    dataset = load_numbered(
        batch_size=16, shuffle=shuffle, drop_remainder=drop_remainder
    )
    assert [len(batch) for batch in dataset] == sizes
    assert int(dataset.cardinality()) == len(sizes)


def test_autotuning_is_off_and_the_order_deterministic():
    options = load_numbered().options()
    assert options.autotune.enabled is False
    assert options.deterministic is True


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batch_size": 0}, "`batch_size`"),
        ({"batch_size": 41}, "`batch_size=41` is more than the 40 images"),
        ({"seed": -1}, "`seed`"),
        ({"channels": 0}, "`channels` must be an integer >= 1"),
        ({"image_size": (4, 4, 1)}, "`image_size`"),
        ({"image_size": 0}, "`image_size`"),
        ({"labels": True}, "`labels=True`, but .* has no labels"),
        ({"value_range": (1, -1)}, "`value_range`"),
        ({"split": "test"}, "`split` must be one of 'train'"),
    ],
)
def test_wrong_arguments_are_refused_before_any_work(arguments, message):
    with pytest.raises(InputError, match=message):
        data.load(NUMBERED, **{"batch_size": 8, **arguments})


def test_more_than_there_is_can_be_asked_for_without_drop_remainder():
    dataset = load_numbered(batch_size=41, drop_remainder=False)
    assert [len(batch) for batch in dataset] == [40]
