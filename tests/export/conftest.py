"""Tiny GANs with every trait that an export may lose, and their artifacts."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import types
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from keras_gan import GAN, export


def discriminator(image_shape, num_classes=None):
    images = keras.Input(image_shape)
    logits = layers.Dense(1)(layers.Flatten()(images))
    if num_classes is None:
        return keras.Model(images, logits)
    labels = keras.Input((), dtype="int32")
    return keras.Model(
        [images, labels],
        layers.Add()([logits, layers.Embedding(num_classes, 1)(labels)]),
    )


def make_gan(generator, **arguments):
    image_shape = generator.output_shape[1:]
    critic = discriminator(image_shape, arguments.get("num_classes"))
    return GAN(generator, critic, **arguments)


def randomize(network, seed):
    """Gives every weight a value that no initializer gives, BatchNorm's included."""
    random = np.random.default_rng(seed)
    for weight in network.weights:
        if weight.path.endswith(("gamma", "moving_variance")):
            weight.assign(random.uniform(0.5, 2.0, weight.shape))
        else:
            weight.assign(random.normal(0.0, 0.3, weight.shape))


def plain_generator():
    """Transposed convolution, nearest upsampling, BatchNormalization; tanh."""
    z = x = keras.Input((8,), name="anything")
    x = layers.Dense(3 * 2 * 6)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Reshape((3, 2, 6))(x)
    x = layers.Conv2DTranspose(4, 4, 2, padding="same", use_bias=False)(x)
    x = layers.LeakyReLU(0.2)(layers.BatchNormalization()(x))
    x = layers.Conv2D(3, 3, padding="same")(layers.UpSampling2D()(x))
    x = layers.ReLU()(layers.BatchNormalization()(x))
    return keras.Model(z, layers.Conv2D(1, 3, padding="same", activation="tanh")(x))


def conditional_generator():
    """Labels through an embedding; colour; sigmoid."""
    z, label = keras.Input((5,)), keras.Input((), dtype="int32")
    x = layers.Concatenate()([z, layers.Embedding(10, 4)(label)])
    x = layers.Reshape((4, 4, 4))(layers.Dense(64)(x))
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2DTranspose(3, 4, 2, padding="same", activation="sigmoid")(x)
    return keras.Model([z, label], x)


def dense_generator(image_shape=(4, 3, 1), activation="tanh", latent_dim=3):
    size = int(np.prod(image_shape))
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(size, activation, bias_initializer="normal"),
            layers.Reshape(image_shape),
        ]
    )


def normalized_generator():
    return keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(12),
            layers.BatchNormalization(),
            layers.Reshape((4, 3, 1)),
            layers.Conv2D(1, 3, padding="same", activation="tanh"),
        ]
    )


def cancelling_generator():
    """Adds and subtracts a large term, so that the last digits become pixels.

    Batched matrix products round by batch size: computed in batches, a dozen of 64
    images differ from those computed alone.
    """
    z = keras.Input((64,))
    x = layers.Dense(256, "relu")(z)
    output = layers.Dense(64 * 64, "tanh")
    image = layers.Reshape((64, 64, 1))(output(layers.Concatenate()([x, x])))
    random = np.random.default_rng(0)
    wanted, large = random.normal(0.0, [[[0.1]], [[0.2]]], (2, 256, 64 * 64))
    output.kernel.assign(np.concatenate([wanted + large, -large]))
    return keras.Model(z, image)


def build_points_gan():
    """The GAN that is exported soonest: no pictures, so no `generate` signature."""
    generator = dense_generator((2,), activation=None)
    return make_gan(generator, prior="sphere", value_range=None)


@pytest.fixture(scope="session")
def build():
    """The builders of this file, for tests that need a GAN of their own."""
    return types.SimpleNamespace(
        cancelling_generator=cancelling_generator,
        dense_generator=dense_generator,
        make_gan=make_gan,
        normalized_generator=normalized_generator,
        points_gan=build_points_gan,
    )


@pytest.fixture(scope="session")
def plain_gan():
    """A GAN whose moving average differs from its generator."""
    gan = make_gan(plain_generator())
    gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), ema_decay=0.9)
    randomize(gan.generator, seed=1)
    randomize(gan.sampler, seed=2)
    gan.step.assign(12)
    return gan


@pytest.fixture(scope="session")
def conditional_gan():
    gan = make_gan(
        conditional_generator(), prior="uniform", num_classes=10, value_range=(0.0, 1.0)
    )
    randomize(gan.generator, seed=3)
    return gan


@pytest.fixture(scope="session")
def points_gan():
    return build_points_gan()


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory):
    return tmp_path_factory.mktemp("artifacts")


@pytest.fixture(scope="session")
def plain_saved_model(plain_gan, artifacts):
    return export.save_saved_model(plain_gan, artifacts / "plain")


@pytest.fixture(scope="session")
def plain_onnx(plain_gan, artifacts):
    return export.save_onnx(plain_gan, artifacts / "plain.onnx")


@pytest.fixture(scope="session")
def conditional_saved_model(conditional_gan, artifacts):
    return export.save_saved_model(conditional_gan, artifacts / "conditional")


@pytest.fixture(scope="session")
def conditional_onnx(conditional_gan, artifacts):
    return export.save_onnx(conditional_gan, artifacts / "conditional.onnx")


@pytest.fixture(scope="session")
def start_python():
    """Starts this Python with pipes to and from it, and ends it with the tests."""
    started = []

    def start(*arguments, **options):
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


@pytest.fixture(scope="session")
def start_model_server(start_python):
    """Starts `model_server.py` in a process; returns the process and the addresses."""

    def start(root, delay=0):
        script = Path(__file__).with_name("model_server.py")
        process = start_python(script, root, delay)
        return process, json.loads(process.stdout.readline())

    return start


@pytest.fixture(scope="session")
def sha256():
    """Maps a file to what a manifest must record of it."""

    def entry(path):
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        return {"sha256": digest, "bytes": len(content)}

    return entry


@pytest.fixture
def run_python(tmp_path):
    """Runs code in a fresh Python, away from the repository; returns what it prints.

    `without` names packages whose import fails there.
    """

    def run(code, *arguments, without=()):
        blocked = "".join(f"sys.modules[{name!r}] = None\n" for name in without)
        finished = subprocess.run(
            [
                sys.executable,
                "-c",
                f"import sys\n{blocked}{code}",
                *map(str, arguments),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    return run
