"""Trainings that W&B and MLflow record, in processes of their own."""

import warnings

import keras
import numpy as np
from harness.gans import dense_gan

IMAGES = np.random.default_rng(0).uniform(-1, 1, (16, 2, 2, 1)).astype(np.float32)


def train(*callbacks, schedule=False, **arguments):
    """Returns a GAN whose generator's rate is 0.25, and its history."""
    gan = dense_gan()
    rate = 0.25
    if schedule:
        rate = keras.optimizers.schedules.ExponentialDecay(rate, 1, 1.0)
    gan.compile(
        generator_optimizer=keras.optimizers.SGD(rate),
        discriminator_optimizer=keras.optimizers.SGD(0.5),
    )
    history = gan.fit(
        IMAGES, batch_size=4, verbose=0, callbacks=list(callbacks), **arguments
    )
    return gan, history.history


def recorded_by_wandb(folder):
    """Returns pairs of what W&B recorded last, and the history of the GAN."""
    import wandb
    from wandb.integration.keras import WandbMetricsLogger, WandbModelCheckpoint

    found = []
    for frequency, schedule in (("epoch", False), ("epoch", True), (2, False)):
        with wandb.init(project="gan", dir=folder) as run:
            checkpoint = WandbModelCheckpoint(
                f"{folder}/gan.keras", monitor="g_loss", mode="min"
            )
            listening = WandbMetricsLogger(log_freq=frequency), checkpoint
            _, history = train(*listening, epochs=2, schedule=schedule)
            found.append((dict(run.summary), history))
    keras.saving.load_model(f"{folder}/gan.keras")
    return found


def recorded_by_mlflow(folder):
    """Returns what MLflow's callback recorded, and the history of the GAN.

    Its autolog records nothing, which the warning says.
    """
    import mlflow
    import mlflow.keras

    mlflow.set_tracking_uri(f"file:{folder}")
    with mlflow.start_run() as run:
        _, history = train(mlflow.keras.MlflowCallback(), epochs=2)
    recorded = mlflow.get_run(run.info.run_id).data
    with mlflow.start_run():
        train(mlflow.keras.MlflowCallback(log_every_epoch=False, log_every_n_steps=2))
    mlflow.keras.autolog()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        train()
    said = [str(warning.message) for warning in caught]
    return recorded.params, recorded.metrics, history, said
