"""Trains the bundled digit classifier on the whole of MNIST.

    python scripts/train_digit_classifier.py --data-dir MNIST

MNIST is a folder with the four IDX files, gzipped or plain. The training takes about
eight minutes on two CPU cores. Writes keras_gan/metrics/bundled/digit_classifier.onnx.
Prints its SHA-256 and its accuracy on the 10,000 test images, which must be >= 99 %.
The constants of `keras_gan.metrics.digit_classifier` hold both.
"""

import argparse
import hashlib
import sys
from pathlib import Path

import keras
import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
import tf2onnx

from keras_gan import data
from keras_gan.metrics import digit_classifier

BATCH_SIZE = 128
EPOCHS = 8


def build_classifier() -> keras.Model:
    """Returns a network of three convolutions, from images in [0, 1] to two outputs."""
    layers = keras.layers
    x = images = keras.Input(digit_classifier.IMAGE_SHAPE, name="images")
    x = layers.RandomTranslation(0.07, 0.07, "constant", fill_value=0.0)(x)
    for filters in (24, 48):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.BatchNormalization()(layers.MaxPooling2D()(x))
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.Dropout(0.4)(layers.Flatten()(x))
    features = layers.Dense(128, activation="relu", name="features")(x)
    x = layers.Dropout(0.4)(features)
    probabilities = layers.Dense(10, activation="softmax", name="probabilities")(x)
    return keras.Model(images, {"features": features, "probabilities": probabilities})


def export(classifier: keras.Model, path: Path) -> None:
    """Writes the trained network with its outputs, features and probabilities."""
    signature = tf.TensorSpec(
        (None, *digit_classifier.IMAGE_SHAPE), tf.float32, name="images"
    )

    @tf.function(input_signature=[signature])
    def judge(images):
        return classifier(images, training=False)

    model, _ = tf2onnx.convert.from_function(judge, [signature], opset=18)
    onnx.checker.check_model(model, full_check=True)
    path.parent.mkdir(exist_ok=True)
    onnx.save(model, path)


def test_accuracy(path: Path, test: tf.data.Dataset) -> float:
    """Returns the accuracy of the file in ONNX Runtime."""
    session = onnxruntime.InferenceSession(path)
    right = [
        session.run(["probabilities"], {"images": images})[0].argmax(1) == labels
        for images, labels in test.as_numpy_iterator()
    ]
    return float(np.concatenate(right).mean())


def main() -> None:
    """Trains the classifier, writes it and tests the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-dir", required=True, help="folder of MNIST's IDX files")
    parser.add_argument("--out", type=Path, default=digit_classifier.PATH)
    arguments = parser.parse_args()
    keras.utils.set_random_seed(0)
    train, test = (
        data.load(
            f"idx:{arguments.data_dir}",
            split=split,
            batch_size=BATCH_SIZE,
            labels=True,
            value_range=(0.0, 1.0),
            shuffle=split == "train",
            drop_remainder=split == "train",
        )
        for split in ("train", "test")
    )
    classifier = build_classifier()
    rate = keras.optimizers.schedules.CosineDecay(2e-3, EPOCHS * len(train))
    loss = {"probabilities": "sparse_categorical_crossentropy"}
    classifier.compile(keras.optimizers.Adam(rate), loss)
    named = train.map(lambda images, labels: (images, {"probabilities": labels}))
    classifier.fit(named, epochs=EPOCHS, shuffle=False, verbose=2)
    export(classifier, arguments.out)
    accuracy = test_accuracy(arguments.out, test)
    digest = hashlib.sha256(arguments.out.read_bytes()).hexdigest()
    print(f"{arguments.out}\nSHA-256 {digest}\ntest accuracy {accuracy:.4f}")
    if accuracy < 0.99:
        sys.exit("The classifier is below 99 %: do not judge by it.")


if __name__ == "__main__":
    main()
