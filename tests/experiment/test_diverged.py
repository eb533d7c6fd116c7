"""A run whose numbers become NaN or infinite stops, and keeps its last finite GAN."""

import keras
import numpy as np
import pytest

from keras_gan import experiment, presets

SGD = {"name": "sgd", "learning_rate": 0.05}


@pytest.fixture
def recipe(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (24, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "tiny.npz", images=images)
    return presets.Recipe(
        architecture="goodfellow_mlp",
        architecture_options={"generator_units": 8, "discriminator_units": 4},
        generator_optimizer=SGD,
        discriminator_optimizer=SGD,
        data=f"npz:{tmp_path / 'tiny.npz'}",
        latent_dim=4,
        jit_compile=False,
        batch_size=8,  # 3 steps an epoch
        epochs=3,
    )


class BreakAt(keras.callbacks.Callback):
    """Puts a value that is not finite into a network when so many steps are done."""

    def __init__(self, network, step, value):
        super().__init__()
        self.network, self.step, self.value = network, step, value

    def on_train_batch_begin(self, batch, logs=None):
        if int(self.model.step) == self.step:
            variable = getattr(self.model, self.network).trainable_variables[0]
            variable.assign(np.full(variable.shape, self.value))


def diverge(recipe, folder, network, step, value, **options):
    """Returns the message of a run that breaks at a step."""
    with pytest.raises(experiment.DivergenceError) as caught:
        experiment.train(
            recipe,
            folder,
            progress=False,
            callbacks=[BreakAt(network, step, value)],
            **options,
        )
    return str(caught.value)


def saved_step(folder):
    return int(experiment.load_run(folder).gan.step)


@pytest.mark.parametrize(
    ("network", "value"), [("generator", np.nan), ("discriminator", np.inf)]
)
def test_the_gan_of_the_last_finite_epoch_stays_and_the_report_tells(
    recipe, tmp_path, network, value
):
    run = tmp_path / "run"
    message = diverge(recipe, run, network, 4, value)
    assert "stopped after step 6: NaN or infinity in " in message
    assert f"the {network}" in message
    assert "keeps the GAN of step 3" in message
    assert saved_step(run) == 3
    page = (run / "report.html").read_text()
    assert "The training diverged: the training stopped after step 6" in page
    assert "Samples after epoch 1" in page
    assert not (run / "samples" / "epoch_0002.png").exists()
    with np.load(max((run / "checkpoints").iterdir())) as archive:
        assert all(np.isfinite(archive[n]).all() for n in archive if "generator" in n)


def test_a_checkpoint_that_is_newer_than_the_last_epoch_becomes_the_gan(
    recipe, tmp_path
):
    message = diverge(
        recipe, tmp_path / "run", "generator", 5, np.nan, checkpoint_steps=1
    )
    assert "keeps the GAN of step 5" in message
    assert saved_step(tmp_path / "run") == 5


def test_a_run_without_a_finite_step_leaves_no_gan_and_no_report(recipe, tmp_path):
    message = diverge(recipe, tmp_path / "run", "discriminator", 0, np.nan)
    assert "holds no trained GAN" in message
    assert "`learning_rate` of `generator_optimizer`" in message
    left = {path.name for path in (tmp_path / "run").iterdir()}
    assert not left & {"gan.keras", "report.html", "interpolation.png"}
