"""Batches from any Python object train like arrays; a wrong batch is named."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import dense_gan

import keras_gan
from keras_gan.callbacks import Checkpoint

SHAPE = (2, 2, 1)
RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(-1, 1, (24, *SHAPE)).astype(np.float32)
LABELS = np.arange(24) % 3


def make_gan(**arguments):
    keras.utils.set_random_seed(0)
    gan = dense_gan(**arguments)
    gan.compile("sgd", "sgd", run_eagerly=True)
    return gan


def parts(array, size=8):
    return [array[start : start + size] for start in range(0, len(array), size)]


class Batches(keras.utils.PyDataset):
    """Cuts arrays into batches, and counts its epochs."""

    def __init__(self, arrays, size=8, **options):
        super().__init__(**options)
        self.arrays = arrays
        self.size = size
        self.begun = self.ended = 0

    def __len__(self):
        return -(-len(self.arrays[0]) // self.size)

    def __getitem__(self, number):
        batch = tuple(parts(array, self.size)[number] for array in self.arrays)
        return batch if len(batch) > 1 else batch[0]

    def on_epoch_begin(self):
        self.begun += 1

    def on_epoch_end(self):
        self.ended += 1


def weights_after(x, *, epochs=2, num_classes=None, **arguments):
    gan = make_gan(num_classes=num_classes)
    gan.fit(x, epochs=epochs, verbose=0, **arguments)
    return gan.get_weights()


def assert_equal(first, second):
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


class Loader:
    """An iterable that does not tell its length."""

    def __iter__(self):
        return iter(parts(IMAGES))


@pytest.mark.parametrize(
    "make",
    [
        lambda: parts(IMAGES),
        lambda: [(part,) for part in parts(IMAGES)],
        lambda: [{"image": part} for part in parts(IMAGES)],
        Loader,
    ],
    ids=["arrays", "tuples", "dicts", "iterable"],
)
def test_an_iterable_of_batches_trains_like_the_dataset_of_them(make):
    dataset = tf.data.Dataset.from_tensor_slices(IMAGES).batch(8)
    assert_equal(weights_after(make()), weights_after(dataset))


def test_batches_with_labels_train_a_conditional_gan():
    pairs = list(zip(parts(IMAGES), parts(LABELS), strict=True))
    dataset = tf.data.Dataset.from_tensor_slices((IMAGES, LABELS)).batch(8)
    expected = weights_after(dataset, num_classes=3)
    assert_equal(weights_after(pairs, num_classes=3), expected)
    unshuffled = Batches((IMAGES, LABELS))
    trained = weights_after(unshuffled, num_classes=3, shuffle=False)
    assert_equal(trained, expected)


def test_a_generator_serves_for_the_epochs_that_it_is_long_enough_for():
    dataset = tf.data.Dataset.from_tensor_slices(IMAGES).batch(8)
    expected = weights_after(dataset, epochs=3, steps_per_epoch=1)
    generator = (part for part in parts(IMAGES))
    assert_equal(weights_after(generator, epochs=3, steps_per_epoch=1), expected)
    with pytest.raises(ValueError, match="can be read only once"):
        weights_after((part for part in parts(IMAGES)), epochs=2)


def test_a_py_dataset_is_shuffled_by_the_seed_and_told_its_epochs():
    batches = Batches((IMAGES,), workers=2)
    trained = weights_after(batches, epochs=3)
    assert (batches.begun, batches.ended) == (3, 3)
    assert_equal(trained, weights_after(Batches((IMAGES,)), epochs=3))
    in_order = weights_after(Batches((IMAGES,)), epochs=3, shuffle=False)
    assert not all(map(np.array_equal, trained, in_order))


def test_a_training_on_a_py_dataset_resumes_to_the_bit(tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if int(self.model.step) == 5:
                raise MemoryError

    with pytest.raises(MemoryError):
        weights_after(
            Batches((IMAGES,)),
            epochs=3,
            callbacks=[Checkpoint(tmp_path, every_steps=1), Stop()],
        )
    resumed = weights_after(
        Batches((IMAGES,)), epochs=3, callbacks=[Checkpoint(tmp_path)]
    )
    assert_equal(resumed, weights_after(Batches((IMAGES,)), epochs=3))


def test_evaluate_and_validation_take_what_fit_takes():
    gan = make_gan()
    expected = gan.evaluate(IMAGES, batch_size=8, verbose=0)
    assert gan.evaluate(Batches((IMAGES,)), verbose=0) == expected
    assert gan.evaluate((part for part in parts(IMAGES)), verbose=0) == expected
    history = gan.fit(IMAGES, validation_data=Batches((IMAGES,)), verbose=0).history
    assert "val_d_loss" in history


UNFIT = {
    "size": (lambda: Batches((IMAGES,), size=5), "A batch of 5 images cannot be cut"),
    "type": (lambda: [(IMAGES[:8],), (IMAGES[:8] > 0,)], "Batch 1 .*bool"),
    "shape": (
        lambda: [(IMAGES[:8],), (IMAGES[:8, :1],)],
        r"Batch 1 .*shape \(B, 1, 2, 1\)",
    ),
    "labels": (lambda: [(IMAGES[:8],), (IMAGES[:8], LABELS[:8])], "Batch 1 .*int64"),
    "empty": (lambda: iter([]), "no batches"),
    "channels": (lambda: IMAGES.reshape(24, 1, 2, 2), "channels come first"),
    "whole arrays": (lambda: [np.zeros((9000, *SHAPE))] * 2, "by `np.concatenate`"),
    "labels alone": (lambda: [LABELS, LABELS, LABELS], "`x` must be an array"),
    "number": (lambda: 3, "`x` must be an array"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_batches_that_do_not_fit_are_named(case):
    x, sentence = UNFIT[case]
    gan = dense_gan()
    gan.compile("sgd", "sgd", discriminator_steps=2, run_eagerly=True)
    with pytest.raises(ValueError, match=sentence) as raised:
        gan.fit(x(), verbose=0)
    assert "\n" not in str(raised.value)


def test_what_the_users_own_code_raises_is_raised_as_it_was():
    def broken():
        yield IMAGES[:8]
        raise KeyError("picture 9")

    with pytest.raises(KeyError, match="picture 9"):
        make_gan().fit(broken(), verbose=0)


WRONG = {
    "NaN": (lambda x, y: x.__setitem__((20, 0), np.nan), "NaN or infinite .* row 4"),
    "infinite": (lambda x, y: x.__setitem__((20, 0), np.inf), "NaN or infinite"),
    "range": (lambda x, y: x.__setitem__((21, 0), 200), "outside .* first in row 5"),
    "label": (lambda x, y: y.__setitem__(22, 7), r"`labels` must be in 0\.\.2"),
    "negative label": (lambda x, y: y.__setitem__(22, -1), r"`labels` must be in 0"),
}


@pytest.mark.parametrize(
    ("case", "options"),
    [
        *((case, {"run_eagerly": True}) for case in WRONG),
        ("label", {"steps_per_execution": 3}),
        pytest.param(
            "NaN",
            {"steps_per_execution": 3, "jit_compile": True},
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_wrong_value_in_a_later_batch_stops_the_training_and_is_named(case, options):
    spoil, sentence = WRONG[case]
    images, labels = IMAGES.copy(), LABELS.copy()
    spoil(images, labels)
    dataset = tf.data.Dataset.from_tensor_slices((images, labels))
    dataset = dataset.batch(8, drop_remainder=True)
    gan = dense_gan(num_classes=3)
    gan.compile("sgd", "sgd", **options)
    with pytest.raises(
        ValueError, match=rf"^Batch 2 of the data \(the first is 0\): .*{sentence}"
    ) as raised:
        gan.fit(dataset, verbose=0)
    assert "\n" not in str(raised.value)
    assert int(gan.step) == 2
    with pytest.raises(ValueError, match=r"^Batch 2 of the data \(the first is 0\): "):
        gan.evaluate(dataset, verbose=0)


def test_a_wrong_row_of_a_table_in_a_later_batch_is_named():
    table = RNG.normal(size=(24, 3))
    table[17, 1] = np.nan
    gan = keras_gan.GAN(
        keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]),
        keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)]),
        value_range=None,
    )
    gan.compile("sgd", "sgd", run_eagerly=True)
    dataset = tf.data.Dataset.from_tensor_slices(table).batch(8)
    with pytest.raises(ValueError, match=r"^Batch 2 .*row 1;"):
        gan.fit(dataset, verbose=0)


def test_a_wrong_batch_is_named_where_two_replicas_train():
    devices = tf.config.list_logical_devices("CPU")
    strategy = tf.distribute.MirroredStrategy([device.name for device in devices[:2]])
    images = IMAGES.copy()
    images[20] = np.nan
    dataset = tf.data.Dataset.from_tensor_slices(images).batch(8, drop_remainder=True)
    with strategy.scope():
        gan = make_gan()
    with pytest.raises(
        ValueError, match=re.escape("Batch 2 of the data (the first is 0): There")
    ):
        gan.fit(dataset, verbose=0)


def test_a_dataset_of_unknown_shape_is_looked_at():
    shapes = [(8, *SHAPE), (8, *SHAPE), (8, 3, 2, 1)]

    def batches():
        yield from (np.zeros(shape, np.float32) for shape in shapes)

    dataset = tf.data.Dataset.from_generator(
        batches, output_signature=tf.TensorSpec(None, tf.float32)
    )
    with pytest.raises(ValueError, match=r"Batch 2 .*shape"):
        make_gan().fit(dataset, verbose=0)
