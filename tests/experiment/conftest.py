"""A run of a small recipe, trained once for all tests that read it."""

import shutil

import numpy as np
import pytest

from keras_gan import experiment, presets

SGD = {"name": "sgd", "learning_rate": 0.05, "momentum": 0.5}
IMAGES, BATCH = 48, 16


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """An npz file of small images with labels, each pixel's mean known."""
    path = tmp_path_factory.mktemp("data") / "tiny.npz"
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (IMAGES, 8, 8), dtype=np.uint8)
    images[:, 0] //= 4
    np.savez(path, images=images, labels=np.arange(IMAGES) % 3)
    return path


@pytest.fixture(scope="session")
def recipe(source):
    return presets.Recipe(
        architecture="goodfellow_mlp",
        architecture_options={"generator_units": 8, "discriminator_units": 4},
        generator_optimizer=SGD,
        discriminator_optimizer=SGD,
        data=f"npz:{source}",
        value_range=(0.0, 1.0),
        latent_dim=4,
        prior="uniform",
        ema_decay=0.9,
        jit_compile=False,
        batch_size=BATCH,
        epochs=2,
        seed=3,
    )


@pytest.fixture(scope="session")
def trained(recipe, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "a <b> run"
    return experiment.train(recipe, folder, name="tiny <b>&", progress=False)


@pytest.fixture
def copy(trained, tmp_path):
    """A copy of the trained run, to be changed."""
    shutil.copytree(trained.folder.path, tmp_path / "run")
    return tmp_path / "run"
