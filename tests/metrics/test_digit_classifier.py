"""The bundled classifier of digits."""

import numpy as np
import pytest

from keras_gan import data, metrics
from keras_gan._checks import InputError
from keras_gan.metrics import digit_classifier


def real(source="mnist_10k", value_range=(-1.0, 1.0)):
    batches = data.load(
        source,
        split="test",
        batch_size=2000,
        labels=True,
        shuffle=False,
        value_range=value_range,
    )
    return next(batches.as_numpy_iterator())


def test_it_is_right_about_real_digits_it_never_saw():
    images, labels = real()
    classifier = metrics.DigitClassifier()
    # The first 2,000 of the 10,000 that its accuracy was measured on.
    accuracy = (classifier.classes(images) == labels).mean()
    assert classifier.test_accuracy >= 0.99
    assert accuracy == pytest.approx(classifier.test_accuracy, abs=0.006)


def test_probabilities_features_and_classes_agree():
    images, _ = real()
    classifier = metrics.DigitClassifier()
    probabilities = classifier.probabilities(images)
    assert probabilities.shape == (2000, 10)
    np.testing.assert_allclose(probabilities.sum(1), 1.0, atol=1e-5)
    np.testing.assert_array_equal(probabilities.argmax(1), classifier.classes(images))
    features = classifier.features(images)
    assert features.shape == (2000, 128)
    # Of batches of any size the answers are the same.
    np.testing.assert_allclose(classifier.features(images[:3]), features[:3], atol=1e-4)


def test_the_range_of_the_images_makes_no_difference():
    of_pixels = metrics.DigitClassifier((0.0, 255.0))
    np.testing.assert_allclose(
        of_pixels.probabilities(real(value_range=(0.0, 255.0))[0][:50]),
        metrics.DigitClassifier().probabilities(real()[0][:50]),
        atol=1e-5,
    )


def test_stacks_are_classified_by_channel():
    images, labels = real("stacked:mnist_10k")
    found = metrics.DigitClassifier().stacked_classes(images)
    # Three digits, each right for 99.3 % of these images.
    assert (found == labels).mean() > 0.97


@pytest.mark.parametrize("shape", [(2, 28, 28), (0, 28, 28, 1), (2, 32, 32, 1)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(InputError, match=r"`images` must have shape \(N, 28, 28, 1\)"):
        metrics.DigitClassifier().classes(np.zeros(shape))


def test_a_damaged_file_is_refused(tmp_path, monkeypatch):
    damaged = tmp_path / "digit_classifier.onnx"
    damaged.write_bytes(digit_classifier.PATH.read_bytes()[:-1])
    monkeypatch.setattr(digit_classifier, "PATH", damaged)
    with pytest.raises(InputError, match="missing or damaged; reinstall"):
        metrics.DigitClassifier()
