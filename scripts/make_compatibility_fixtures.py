"""Writes small files of every kind with the installed version of keras_gan.

    python scripts/make_compatibility_fixtures.py [--out FOLDER] [--onnxruntime-web TGZ]

The folder, by default `tests/compatibility/<version>`, must be new. It holds GANs as
`.keras` files that name each registered class, a checkpoint in the midst of an epoch, a
run folder, exports of all kinds, the states of streaming metrics, and what they gave:
`record.json` and `expected.npz`. `tests/compatibility/test_written_before.py` loads
each of these folders with the version under test. A web page is written where
onnxruntime-web is (see scripts/build_web.py), of which no copy is kept.
"""

import argparse
import contextlib
import importlib.metadata
import io
import json
import os
import shutil
import zipfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from compatibility_gans import CLASSES, GANS, LATENT_DIM, make_gan

import keras_gan
from keras_gan import callbacks, cli, data, experiment, export, metrics, presets

# The test goes on from what is written here, with these functions and numbers: whoever
# changes one of them must write the folders of all versions anew.
ROOT = Path(__file__).resolve().parent.parent
SEEDS = [3, 5, 8]
IMAGES, BATCH = 32, 8
DATA = "data.npz"
# A checkpointed training goes on from step 2; an epoch has four, and it is killed in
# the midst of the second.
KILLED_AT, EPOCHS = 8, 3


def write_data(path):
    """Writes images whose upper row is dark, with their classes."""
    images = np.random.default_rng(0).integers(0, 256, (IMAGES, 8, 8), dtype=np.uint8)
    images[:, 0] //= 4
    np.savez_compressed(path, images=images, labels=np.arange(IMAGES) % CLASSES)


def dataset_for(gan):
    """Returns what a GAN of these trains on, in an order that the seed gives."""
    if gan.value_range is None:
        return data.load("ring", batch_size=BATCH, value_range=None, seed=1).take(4)
    return data.load(
        f"npz:{DATA}",
        batch_size=BATCH,
        labels=gan.num_classes is not None,
        value_range=gan.value_range,
        seed=1,
    )


def draw(generator):
    """Returns the images that the recorded seeds stand for."""
    labels = None if generator.num_classes is None else [0, 1, 2]
    return generator.sample(seeds=SEEDS, labels=labels)


def describe(gan):
    """Returns what of a GAN its file must bring back."""
    return {
        "step": int(gan.step),
        "iterations": [
            int(gan.generator_optimizer.iterations),
            int(gan.discriminator_optimizer.iterations),
        ],
        "optimizer": type(gan.generator_optimizer).__name__,
        "loss": type(gan.adversarial_loss).__name__,
        "penalties": [type(penalty).__name__ for penalty in gan.penalties],
        "augment": None if gan.augment is None else type(gan.augment).__name__,
        "ema_decay": gan.ema_decay,
        "discriminator_steps": gan.discriminator_steps,
        "simultaneous": gan.simultaneous,
        "prior": gan.prior.name,
        "num_classes": gan.num_classes,
        "value_range": gan.value_range,
    }


def write_gans(expected):
    """Writes each GAN after two steps; returns their descriptions and classes."""
    described, classes = {}, set()
    Path("gans").mkdir()
    for name in GANS:
        gan = make_gan(name)
        gan.fit(dataset_for(gan).take(2), verbose=0)
        path = Path("gans", f"{name}.keras")
        gan.save(path)
        described[name] = describe(gan)
        expected[f"gans/{name}"] = draw(gan)
        classes |= classes_in(path)
    registered = {
        name
        for name in keras.saving.get_custom_objects()
        if name.startswith("keras_gan>")
    }
    if registered != classes:
        raise SystemExit(f"No GAN here has {sorted(registered - classes)}.")
    return described, sorted(classes)


def classes_in(path):
    """Returns the registered names of this package that a `.keras` file uses."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.read("config.json").decode().split('"')
    return {part for part in parts if part.startswith("keras_gan>")}


class Kill(keras.callbacks.Callback):
    """Ends a training as a kill does."""

    def on_train_batch_end(self, batch, logs=None):
        if int(self.model.step) > KILLED_AT:
            raise MemoryError


def watchers(checkpoints):
    """Returns the callbacks that leave something in a checkpoint, and that itself."""
    reference = data.load(f"npz:{DATA}", batch_size=IMAGES, labels=False, seed=1)
    return [
        callbacks.LearningRateSchedule(generator=lambda epoch, rate: rate / 2),
        callbacks.EvaluateMetrics(
            {"brightness": lambda gan: float(gan.sample(4, seed=0).mean())}
        ),
        callbacks.WarnOnCollapse(next(iter(reference)), n=4, patience=100),
        callbacks.StopOnEquilibrium(0.49, patience=100),
        callbacks.Checkpoint(checkpoints, every_steps=1, keep=1),
    ]


def write_checkpoint(expected):
    """Writes a checkpoint of a killed training, and what it comes to at its end."""
    gan = keras.saving.load_model("gans/mlp.keras")
    with contextlib.suppress(MemoryError):
        gan.fit(
            dataset_for(gan),
            epochs=EPOCHS,
            verbose=0,
            callbacks=[*watchers("checkpoints"), Kill()],
        )
    shutil.copytree("checkpoints", "finished")
    gan.fit(dataset_for(gan), epochs=EPOCHS, verbose=0, callbacks=watchers("finished"))
    shutil.rmtree("finished")
    expected["checkpoints/end"] = draw(gan)
    return {"step": KILLED_AT, "epochs": EPOCHS, "last_step": int(gan.step)}


def write_run(expected):
    """Writes a run of two epochs that was evaluated, without pictures and report."""
    optimizer = {"name": "sgd", "learning_rate": 0.05}
    recipe = presets.Recipe(
        architecture="mlp",
        architecture_options={"generator_units": [4], "discriminator_units": [4]},
        generator_optimizer=optimizer,
        discriminator_optimizer=optimizer,
        data=f"npz:{DATA}",
        labels=True,
        latent_dim=LATENT_DIM,
        prior="uniform",
        augment={"name": "DiffAugment"},
        penalties=({"name": "R1", "gamma": 0.5},),
        jit_compile=False,
        batch_size=BATCH,
        epochs=2,
        seed=3,
    )
    run = experiment.train(
        recipe, "trained", name="tiny", progress=False, metrics=["frechet"]
    )
    cli.app(
        ["evaluate", "trained", "--metrics", "frechet,kernel", "--n", "64"],
        standalone_mode=False,
    )
    for path in run.folder.path.glob("*.*"):
        if path.suffix in (".png", ".gif", ".html"):  # which nothing reads again
            path.unlink()
    for path in sorted(run.folder.checkpoints.iterdir())[:-1]:
        path.unlink()
    best = experiment.load_gan(run.folder.best)
    expected["trained/gan"], expected["trained/best"] = draw(run.gan), draw(best)
    evaluation = json.loads(run.folder.evaluation.read_text(encoding="utf-8"))
    return {
        "step": int(run.gan.step),
        "epochs": recipe.epochs,
        "best_step": int(best.step),
        "frechet": evaluation["values"]["frechet"],
    }


def write_exports(expected, onnxruntime_web):
    """Writes one GAN in each form; the images are those that the files give."""
    gan = keras.saving.load_model("gans/dcgan.keras")
    provenance = export.Provenance(
        name="tiny", data=DATA, class_names=("a", "b", "c"), figures={"frechet": 1.0}
    )
    Path("onnx").mkdir()
    options = {
        "float32": {"provenance": provenance},
        "seed": {"inputs": "seed"},
        "float16": {"precision": "float16", "layout": "nchw", "opset": 15},
        "int8": {"precision": "int8", "output": "uint8"},
        "external": {"external_data_above": 0},
    }
    for name, arguments in options.items():
        path = export.save_onnx(gan, f"onnx/{name}.onnx", **arguments)
        expected[f"onnx/{name}"] = draw(export.runtime.load(path))
    export.save_saved_model(gan, "saved_model", provenance=provenance)
    if onnxruntime_web is None:
        return sorted(options)
    page = export.save_web_page(
        gan,
        "page",
        directions=2,
        onnxruntime_web=onnxruntime_web,
        provenance=provenance,
    )
    shutil.rmtree(page / "onnxruntime")
    return sorted(options)


def write_statistics(expected):
    """Writes what each streaming metric knows after two batches, and its result."""
    random = np.random.default_rng(2)
    points, centres = random.uniform(size=(4, 3)), random.uniform(size=(3, 3))
    twins = [
        metrics.FrechetStatistics(),
        metrics.FeatureReservoir(4, seed=1),
        metrics.InceptionScoreStatistics(total=12, splits=2),
        metrics.ModeCoverageStatistics(centres, std=0.3),
        metrics.ParzenDensityStatistics(points, sigma=0.2),
        metrics.ParzenMeanStatistics(centres, sigma=0.2),
    ]
    rows = random.uniform(0.1, 1.0, size=(12, 3))
    Path("statistics").mkdir()
    for twin in twins:
        probabilities = isinstance(twin, metrics.InceptionScoreStatistics)
        stream = rows / rows.sum(axis=1, keepdims=True) if probabilities else rows
        twin.update(stream[:7])
        twin.update(stream[7:])
        name = type(twin).__name__
        np.savez_compressed(f"statistics/{name}.npz", **twin.state())
        if isinstance(twin, metrics.FrechetStatistics):
            continue  # gives distances between two of its kind alone
        expected[f"statistics/{name}"] = numbers_of(twin.result())


def numbers_of(result):
    """Returns a streaming metric's result as an array."""
    return np.asarray([*result.values()] if isinstance(result, dict) else result)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--onnxruntime-web", type=Path, help="see export.save_web_page")
    arguments = parser.parse_args()
    version = keras_gan.__version__
    folder = arguments.out or ROOT / "tests" / "compatibility" / version
    library = arguments.onnxruntime_web and arguments.onnxruntime_web.resolve()
    folder.mkdir(parents=True)
    expected = {}
    # All paths below are relative, for a run keeps that of its data.
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        write_data(DATA)
        gans, classes = write_gans(expected)
        record = {
            "versions": {
                "keras_gan": version,
                **{
                    package: importlib.metadata.version(package)
                    for package in ("tensorflow", "keras", "numpy")
                },
            },
            "classes": classes,
            "gans": gans,
            "checkpoint": write_checkpoint(expected),
            "run": write_run(expected),
            "onnx": write_exports(expected, library),
        }
        write_statistics(expected)
        text = json.dumps(record, indent=2) + "\n"
        Path("record.json").write_text(text, encoding="utf-8")
        np.savez_compressed("expected.npz", **expected)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{folder}: {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
