"""Exports a generator as a LiteRT file."""

from __future__ import annotations

import os
from pathlib import Path

from keras_gan._checks import InputError, check_choice
from keras_gan._files import taking_turns
from keras_gan.export import manifest
from keras_gan.export.errors import VerificationError
from keras_gan.export.generator_spec import CHOICES
from keras_gan.export.graph.litert_conversion import convert_to_litert
from keras_gan.export.litert_runtime import check_installed
from keras_gan.export.parity import keras_generator
from keras_gan.export.parity.comparison import Mismatch, Reference, measure
from keras_gan.export.parity.file_reader import FileReader
from keras_gan.export.parity.precision_gate import pass_gate
from keras_gan.export.parity.true_float32 import computing_in_float32
from keras_gan.export.provenance import Provenance
from keras_gan.export.replacement import replace_with_manifest
from keras_gan.safety.seal import seal_litert
from keras_gan.training import GAN

_WRITERS = ("tensorflow", "keras", "numpy", "tf2onnx", "ai_edge_litert")


def save_litert(
    gan: GAN,
    path: str | os.PathLike[str],
    *,
    precision: str = "float32",
    provenance: Provenance | None = None,
) -> Path:
    """Exports the sampler of `gan` to a `.tflite` file that stands by itself.

    The model takes `z` `(batch, latent_dim)` float32 [, `label` `(batch,)` int32] and
    returns `image` `(batch, *image_shape)` float32; the batch may have any size. It
    holds LiteRT's own operators alone. Prior, shapes and ranges are in the file's
    metadata, so that `runtime.load` samples from the file alone. The file is examined,
    loaded in LiteRT and compared with the Keras generator at batch sizes 1, 7 and 64
    before it appears at `path`; its manifest is written beside it as `<path>.json`.

    Args:
        gan: The trained model; its moving average is exported, where there is one.
        path: The file to write, ending in `.tflite`; an existing one is replaced.
        precision: "float32" for images within 1e-5 of the model's on the range (-1, 1)
            or, if that is more, within what moving the latents to the next float32
            number changes. "float16" stores the weights in half the space: at a
            thousand seeds every value is finite and within 1 % of the range, 0.2 % in
            the root mean square. "int8" stores large weights in a quarter, and rounds
            what they are multiplied with to eight bits, too: 10 % and 2 %.
        provenance: The known facts about the training, for the manifest.

    Returns:
        The path of the file.

    Raises:
        ValueError: If an argument is none of those named here, LiteRT is not installed
            or cannot express the generator; a `VerificationError` if the file does not
            equal the model.

    Example:
        >>> keras_gan.export.save_litert(gan, "run/digits.tflite")
        PosixPath('run/digits.tflite')
    """
    path = Path(path)
    if path.suffix != ".tflite" or path.is_dir():
        raise InputError(f"`path` must name a file ending in .tflite; got '{path}'.")
    check_choice("precision", precision, CHOICES["precision"])
    check_installed()
    spec = keras_generator.spec_of(gan, precision=precision)
    with computing_in_float32(gan.sampler):
        reference = keras_generator.reference_of(gan, spec)
        content = seal_litert(convert_to_litert(gan, spec))

        def save(temporary: Path) -> list[str]:
            temporary.write_bytes(content)
            return []

        try:
            with taking_turns(path.absolute().parent, path.name):
                replace_with_manifest(
                    path,
                    save,
                    lambda written: _verified(written, gan, reference, provenance),
                )
        except Mismatch as error:
            raise VerificationError(f"'{path}' was not written: {error}.") from error
    return path


def _verified(
    path: Path, gan: GAN, reference: Reference, provenance: Provenance | None
) -> manifest.Manifest:
    """Returns the manifest of the file that was just written.

    Raises:
        Mismatch: If it is not safe to load, or does not equal the model.
    """
    reader = FileReader(path)
    found = measure(reader, reference)
    gate = None
    if reference.spec.precision != "float32":
        images_of = keras_generator.array_function(gan)
        gate = pass_gate(reader, images_of, reference.spec)
    return manifest.record(
        "litert",
        reference,
        found,
        {path.name: manifest.checksum(path)},
        packages=_WRITERS,
        provenance=provenance,
        gate=gate,
    )
