"""Builds and runs the clients in examples/c and examples/node on fresh exports.

    python scripts/run_client_examples.py [ARCHITECTURE ...]

Exports each named architecture (by default all), with and without labels, as a
SavedModel and as a page. The C program draws from the SavedModel through TensorFlow's C
API, the Node.js program from the page with onnxruntime-web. Both draw by seed, at batch
sizes 1, 7 and 64, and both must equal Keras within 1e-5. Needs make, a C compiler,
Node.js, and onnxruntime-web (scripts/build_web.py).
"""

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from keras_gan import GAN, architectures, export, priors

EXAMPLES = Path(__file__).parent.parent / "examples"
BATCH_SIZES = (1, 7, 64)
TOLERANCE = 1e-5
SEEDS = [5, -1, *priors.spawn_seeds(2014, max(BATCH_SIZES) - 2).tolist()]
SMALL = {
    "r3gan": {"generator_filters": 16, "discriminator_filters": 8},
    "sagan": {"generator_filters": 8, "discriminator_filters": 4},
    "sngan_resnet": {"generator_filters": 8, "discriminator_filters": 4},
}
# Fewer units than the default of 8,000, to be quick.
CONDITIONAL = {"goodfellow_conv": {"generator_units": 100}}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("architectures", nargs="*", metavar="ARCHITECTURE")
    names = parser.parse_args().architectures or architectures.names()
    missing = [p for p in ("make", "cc", "node") if shutil.which(p) is None]
    if missing:
        sys.exit(f"run_client_examples: {', '.join(missing)} missing; install them.")
    tf.get_logger().setLevel("ERROR")  # else it warns about many traces
    print(f"{'architecture':17}{'classes':9}{'prior':9}{'C':>9}{'Node.js':>9}")
    with tempfile.TemporaryDirectory() as folder:
        program = build_c(Path(folder))
        cases = itertools.product(names, (None, 3))
        for index, (name, classes) in enumerate(cases):
            prior = priors.names()[index % 3]
            gan = make_gan(name, classes, prior)
            place = Path(folder, str(index))
            differences = largest_differences(gan, program, place)
            cells = "".join(f"{difference:9.1e}" for difference in differences)
            print(f"{name:17}{classes or '-'!s:9}{prior:9}{cells}", flush=True)
            if max(differences) > TOLERANCE:
                sys.exit(f"run_client_examples: {name} is off by more than 1e-5.")


def build_c(folder):
    """Compiles examples/c/draw.c with the TensorFlow of this Python."""
    program = folder / "draw"
    command = ["make", "--silent", f"PYTHON={sys.executable}", f"OUT={program}"]
    subprocess.run(command, cwd=EXAMPLES / "c", check=True)
    return program


def make_gan(name, classes, prior):
    """Returns a small GAN in which every weight differs from its initial value."""
    options = SMALL.get(name, {}) | (
        {} if classes is None else CONDITIONAL.get(name, {})
    )
    networks = architectures.build(
        name, image_shape=(8, 8, 1), latent_dim=6, num_classes=classes, **options
    )
    gan = GAN(*networks, prior=prior, num_classes=classes)
    random = np.random.default_rng(0)
    for weight in gan.generator.trainable_variables:
        weight.assign_add(random.normal(0.0, 0.1, weight.shape))
    return gan


def largest_differences(gan, program, folder):
    """Returns the largest difference to Keras of the C and of the Node.js program."""
    saved_model = export.save_saved_model(gan, folder / "saved_model")
    page = export.save_web_page(gan, folder / "page", directions=1)
    in_c = [program, saved_model, gan.prior.name]
    in_node = ["node", EXAMPLES / "node" / "draw.mjs", page]
    found = [[], []]
    for size in BATCH_SIZES:
        expected = gan.sample(seeds=SEEDS[:size])
        requests = [str(seed) for seed in SEEDS[:size]]
        labelled = requests
        if gan.num_classes is not None:  # C needs labels; Node.js draws them by seed
            labels = priors.labels(SEEDS[:size], gan.num_classes)
            labelled = [f"{s}:{c}" for s, c in zip(requests, labels, strict=True)]
        for differences, command, arguments in zip(
            found, (in_c, in_node), (labelled, requests), strict=True
        ):
            images = drawn_by(command, arguments, folder / "images.f32")
            images = images.reshape(expected.shape)
            differences.append(float(np.max(np.abs(images - expected))))
    return [max(differences) for differences in found]


def drawn_by(command, requests, out):
    """Runs a client; returns the numbers that it wrote."""
    out.unlink(missing_ok=True)
    finished = subprocess.run(
        [*map(str, command), str(out), *requests], capture_output=True, text=True
    )
    if finished.returncode != 0:
        sys.exit(f"run_client_examples: {command[0]}: {finished.stderr}")
    return np.fromfile(out, np.float32)


if __name__ == "__main__":
    main()
