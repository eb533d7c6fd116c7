"""Trainings that W&B and MLflow record, in processes of their own."""

import json
import warnings
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from harness.gans import dense_gan

from keras_gan import callbacks

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


def interrupted(folder, tracker):
    """Trains 2 epochs of 4 steps in a folder, broken off after step 7, and goes on.

    Returns the figures as `callbacks.TensorBoard` has them: by tag, then by step.
    """

    def break_off(batch, logs):
        if int(gan.step) == 7:
            raise MemoryError

    killer = keras.callbacks.LambdaCallback(on_train_batch_begin=break_off)
    for last in ([killer], []):
        gan = dense_gan()
        gan.compile(
            generator_optimizer=keras.optimizers.SGD(0.25),
            discriminator_optimizer=keras.optimizers.SGD(0.5),
            run_eagerly=True,
        )
        listening = [
            callbacks.RunRecord(folder, name="mine", settings={"width": 2}),
            tracker(folder, every=1, samples=2),
            callbacks.TensorBoard(folder / "board", every=1, samples=0),
            callbacks.Checkpoint(folder / "checkpoints", every_steps=3),
            *last,
        ]
        try:
            gan.fit(IMAGES, batch_size=4, epochs=2, callbacks=listening, verbose=0)
        except MemoryError:
            continue
    found = {}
    for path in sorted((folder / "board").iterdir()):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                found.setdefault(value.tag, {})[event.step] = value.simple_value
    return found


def _wandb_records(path):
    """Yields the records of a file of W&B, whose log is as LevelDB's."""
    from wandb.proto.wandb_internal_pb2 import Record

    content, place, record = path.read_bytes(), 7, b""
    while len(content) - place >= 7:
        left = 32768 - place % 32768
        if left < 7:
            place += left
            continue
        length = int.from_bytes(content[place + 4 : place + 6], "little")
        kind, begin = content[place + 6], place + 7
        place = begin + length
        record += content[begin:place]
        if kind in (1, 4):  # whole, or the last part
            yield Record.FromString(record)
            record = b""


def interrupted_with_wandb(folder):
    """Returns what W&B has of each start of `interrupted`, and what TensorBoard has."""
    expected, starts = interrupted(folder, callbacks.Wandb), []
    for path in sorted((folder / "tracking" / "wandb").glob("offline-run-*/*.wandb")):
        config, history, artifacts = {}, [], []
        for record in _wandb_records(path):
            for item in record.config.update:
                config[item.key] = json.loads(item.value_json)
            if items := record.history.item:
                names = [".".join(item.nested_key) or item.key for item in items]
                values = [json.loads(item.value_json) for item in items]
                history.append(dict(zip(names, values, strict=True)))
            artifact = record.artifact
            if artifact.name:
                files = [each.path for each in artifact.manifest.contents]
                artifacts.append([artifact.type, *files])
        pictures = [row["samples.path"] for row in history if "samples.path" in row]
        assert all((path.parent / "files" / each).is_file() for each in pictures)
        starts.append((path.stem, config, history, artifacts))
    return starts, expected


def recorded_by_wandb(folder):
    """Returns pairs of what W&B recorded last and the GAN's history, and the rest.

    The rest is of this package's own callback.
    """
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
    return found, interrupted_with_wandb(Path(folder) / "own")


def recorded_by_mlflow(folder):
    """Returns what MLflow's callback recorded, the GAN's history, and the rest.

    Its autolog records nothing, which the warning says. The rest is of this package's
    own callback: the run of `interrupted`, and TensorBoard's figures.
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
    mlflow.keras.autolog(disable=True)
    own = interrupted_with_mlflow(Path(folder).parent / "own")
    return recorded.params, recorded.metrics, history, said, own


def interrupted_with_mlflow(folder):
    """Returns the run of `interrupted` as MLflow has it, and TensorBoard's figures."""
    import mlflow

    expected, client = interrupted(folder, callbacks.MLflow), mlflow.MlflowClient()
    kept = json.loads((folder / "tracking" / "mlflow.json").read_text())
    run = client.get_run(kept["run"])
    metrics = {
        name: [(m.step, m.value) for m in client.get_metric_history(kept["run"], name)]
        for name in run.data.metrics
    }
    files = {
        place: [Path(each.path).name for each in client.list_artifacts(*place)]
        for place in ((kept["run"], "gan"), (kept["run"], "images"))
    }
    told = run.info.status, run.info.run_name, run.data.params
    return told, metrics, list(files.values()), expected
