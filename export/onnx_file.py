"""Exports to an ONNX file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import onnx
import tensorflow as tf

from keras_gan._checks import InputError, check_choice
from keras_gan._files import atomic_path, write_text
from keras_gan._safety.seal import seal_onnx
from keras_gan._typing import Tensor
from keras_gan._version import __version__
from keras_gan.export import _network, manifest, runtime
from keras_gan.export._half import check_range, in_half_precision
from keras_gan.export._logs import captured_logs
from keras_gan.export._onnx_reader import OnnxReader
from keras_gan.export._parity import Mismatch, Reference, measure
from keras_gan.export._precision import computing_in_float32
from keras_gan.export._spec import OUTPUTS, PRECISIONS, GeneratorSpec
from keras_gan.export.errors import VerificationError
from keras_gan.export.provenance import Provenance
from keras_gan.training import GAN

OPSETS = range(13, 19)
_WRITERS = ("tensorflow", "keras", "numpy", "onnx", "tf2onnx", "onnxruntime")


def save_onnx(
    gan: GAN,
    path: str | os.PathLike[str],
    *,
    opset: int = 18,
    output: str = "float32",
    precision: str = "float32",
    provenance: Provenance | None = None,
) -> Path:
    """Exports the sampler of `gan` to an ONNX file that stands by itself.

    The graph takes `z` `(batch, latent_dim)` float32 [, `label` `(batch,)` int32] and
    returns `image` `(batch, *image_shape)`. Prior, shapes and ranges are in the file's
    metadata, so that `runtime.load` samples from the file alone. Before it takes its
    name it is checked, loaded in ONNX Runtime and compared with the Keras generator at
    batch sizes 1, 7 and 64; its manifest is written beside it as `<path>.json`.

    Args:
        gan: The trained model; its moving average is exported, where there is one.
        path: The file to write, ending in `.onnx`; an existing one is replaced.
        opset: Version of the ONNX operators, 13 to 18.
        output: "float32" for images in `value_range`, within 1e-5 of the model's on
            the range (-1, 1), or "uint8" for images rounded to 256 grey levels.
        precision: "float16" stores the weights in half the space and computes in half
            precision; images stay within 1 % of the range. Inputs and a "float32"
            output keep their type.
        provenance: What is known of the training, for the manifest.

    Returns:
        The path of the file.

    Raises:
        ValueError: If an argument cannot be used, or ONNX cannot express the
            generator; a `VerificationError` if the file does not equal the model.

    Example:
        >>> keras_gan.export.save_onnx(gan, "run/digits.onnx", output="uint8")
        PosixPath('run/digits.onnx')
    """
    path = Path(path)
    if path.suffix != ".onnx" or path.is_dir():
        raise InputError(f"`path` must name a file ending in .onnx; got '{path}'.")
    if opset not in OPSETS:
        raise InputError(f"`opset` must be one of 13, ..., 18; got {opset!r}.")
    check_choice("output", output, OUTPUTS)
    check_choice("precision", precision, PRECISIONS)
    spec = _network.describe(gan, output=output, precision=precision)
    with computing_in_float32(gan.sampler):
        reference = _network.reference_of(gan, spec)
        model = _convert(gan, spec, int(opset))
    if precision == "float16":
        model = in_half_precision(model)
    _label(model, spec)
    try:
        with atomic_path(path) as temporary:
            temporary.write_bytes(model.SerializeToString())
            seal_onnx(temporary)
            content = _verified(temporary, model, reference, provenance).to_json()
    except Mismatch as error:
        raise VerificationError(f"'{path}' was not written: {error}.") from error
    write_text(manifest.path_beside(path), content)
    return path


def _convert(gan: GAN, spec: GeneratorSpec, opset: int) -> onnx.ModelProto:
    import tf2onnx

    images_of = _network.image_function(gan)

    def generator(z: Tensor, label: Tensor | None = None) -> dict[str, Tensor]:
        images = images_of(z, label)
        if spec.output == "uint8":
            images = _network.to_uint8(images, spec)
        return {"image": images}

    signature = _network.input_signature(spec)
    with captured_logs("tf2onnx") as records:
        try:
            model, _ = tf2onnx.convert.from_function(
                tf.function(generator, input_signature=signature),
                input_signature=signature,
                opset=opset,
            )
        except Exception as error:  # the converter raises whatever goes wrong in it
            reason = " ".join(str(error).split())[:200]
            raise InputError(
                f"The generator cannot be converted to ONNX: {reason}."
            ) from error
    # The converter logs what it cannot convert, and still returns a model.
    for record in records:
        message = record.getMessage()
        if "is not supported" in message:
            raise InputError(
                f"ONNX cannot express the generator: {message}; use layers without it."
            )
    return model


def _label(model: onnx.ModelProto, spec: GeneratorSpec) -> None:
    """Names the batch dimension and says in the metadata what the graph is."""
    for tensor in (*model.graph.input, *model.graph.output):
        tensor.type.tensor_type.shape.dim[0].dim_param = "batch"
    model.graph.name = "generator"
    model.producer_name = "keras_gan"
    model.producer_version = __version__
    text = json.dumps(spec.to_dict())
    onnx.helper.set_model_props(model, {runtime.METADATA_KEY: text})


def _verified(
    path: Path,
    model: onnx.ModelProto,
    reference: Reference,
    provenance: Provenance | None,
) -> manifest.Manifest:
    """Returns the manifest of the file that was just written, if it is right."""
    try:
        onnx.checker.check_model(str(path), full_check=True)
    except Exception as error:  # the checker and the inference raise different kinds
        reason = " ".join(str(error).split())[:200]
        raise Mismatch(f"it is not valid ONNX ({reason})") from error
    found = measure(OnnxReader(path), reference)
    if reference.spec.precision == "float16":
        check_range(model, reference.requests.inputs(reference.spec))
    files = {path.name: manifest.checksum(path)}
    return manifest.record(
        "onnx", reference, found, files, packages=_WRITERS, provenance=provenance
    )
