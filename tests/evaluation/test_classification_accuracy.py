"""A classifier that saw only samples, tested on real digits."""

import numpy as np
import pytest

from keras_gan import data, evaluation


def digits(split, count, skip=0):
    batches = data.load("mnist_10k", split=split, batch_size=skip + count, labels=True)
    images, labels = next(batches.as_numpy_iterator())
    return images[skip:], labels[skip:]


class Drawer:
    """A conditional generator that draws from real digits, other than the training's.

    With `wrong` it draws without a look at the label.
    """

    num_classes, image_shape, value_range = 10, (28, 28, 1), (-1.0, 1.0)

    def __init__(self, pool, wrong=False):
        self.pool, self.wrong = pool, wrong

    def sample(self, n, *, seed, labels):
        rng = np.random.default_rng(seed)
        images, classes = self.pool
        if self.wrong:
            return images[rng.integers(len(images), size=n)]
        return images[[rng.choice(np.flatnonzero(classes == k)) for k in labels]]


TRAIN, HELD_OUT = digits("train", 300), digits("test", 200)
OTHERS = digits("train", 600, skip=300)


@pytest.mark.slow
def test_samples_like_the_data_teach_as_much_and_labels_by_chance_nothing():
    options = {"epochs": 4, "batch_size": 20}
    good = evaluation.classification_accuracy(
        Drawer(OTHERS), TRAIN, HELD_OUT, **options
    )
    bad = evaluation.classification_accuracy(
        Drawer(OTHERS, wrong=True), TRAIN, HELD_OUT, **options
    )
    assert good.real > 0.75
    assert good.fake == pytest.approx(good.real, abs=0.1)
    assert bad.fake < 0.3  # chance is 0.1
    assert bad.real == good.real  # the same seed, the same classifier


def test_samples_that_are_the_training_images_have_the_same_accuracy():
    class Copier(Drawer):
        def sample(self, n, *, seed, labels):
            return np.round((TRAIN[0] + 1) * 127.5).astype(np.uint8)

    found = evaluation.classification_accuracy(Copier(None), TRAIN, HELD_OUT, epochs=1)
    assert found.fake == found.real


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_classes": None}, "`generator` must draw images of classes"),
        ({"num_classes": 5}, r"one integer label in \[0, 5\)"),
        ({"image_shape": (8, 8, 1)}, r"`train` must hold images of the generator's"),
    ],
)
def test_a_generator_that_does_not_fit_is_refused(changes, message):
    drawer = Drawer(OTHERS)
    vars(drawer).update(changes)
    with pytest.raises(ValueError, match=message):
        evaluation.classification_accuracy(drawer, TRAIN, HELD_OUT)
