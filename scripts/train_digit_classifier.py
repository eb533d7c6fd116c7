"""Trains a digit classifier on the whole of MNIST, to judge generated digits by.

    python scripts/train_digit_classifier.py --data-dir MNIST --out classifier.keras

MNIST is a folder with the four IDX files, gzipped or plain. About four minutes on two
CPU cores; prints the accuracy on the 10,000 test images, which must be >= 99 %.
"""

import argparse
import sys

import keras
import numpy as np

from keras_gan import data

BATCH_SIZE = 128
EPOCHS = 4


def build_classifier() -> keras.Model:
    """Three convolutions on images in [-1, 1], to ten probabilities."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.RandomTranslation(0.07, 0.07, "constant", fill_value=-1.0),
            layers.Conv2D(24, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Conv2D(48, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Flatten(),
            layers.Dropout(0.4),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.4),
            layers.Dense(10, activation="softmax"),
        ]
    )


def main() -> None:
    """Trains, tests and saves."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-dir", required=True, help="folder of MNIST's IDX files")
    parser.add_argument("--out", default="classifier.keras")
    arguments = parser.parse_args()
    keras.utils.set_random_seed(0)
    train, test = (
        data.load(
            f"idx:{arguments.data_dir}",
            split=split,
            batch_size=BATCH_SIZE,
            labels=True,
            shuffle=split == "train",
            drop_remainder=split == "train",
        )
        for split in ("train", "test")
    )
    classifier = build_classifier()
    rate = keras.optimizers.schedules.CosineDecay(2e-3, EPOCHS * len(train))
    classifier.compile(
        keras.optimizers.Adam(rate),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    classifier.fit(train, epochs=EPOCHS, shuffle=False, verbose=2)
    probabilities = classifier.predict(test, verbose=0)
    labels = np.concatenate([label.numpy() for _, label in test])
    accuracy = (probabilities.argmax(1) == labels).mean()
    classifier.save(arguments.out)
    print(f"test accuracy {accuracy:.4f} over {len(labels)} images; {arguments.out}")
    if accuracy < 0.99:
        sys.exit("The classifier is below 99 %: do not judge by it.")


if __name__ == "__main__":
    main()
