"""Exports a generator as an ONNX file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import onnx

from keras_gan._checks import InputError, check_choice, check_positive_int, one_line
from keras_gan._files import taking_turns
from keras_gan._version import __version__
from keras_gan.export import manifest, runtime
from keras_gan.export.errors import VerificationError
from keras_gan.export.generator_spec import CHOICES, GeneratorSpec
from keras_gan.export.graph import model_files, seeded_inputs
from keras_gan.export.graph.conversion import convert
from keras_gan.export.graph.half_precision import check_range, in_half_precision
from keras_gan.export.graph.int8_weights import with_int8_weights
from keras_gan.export.graph.optimisation import optimised
from keras_gan.export.parity import keras_generator
from keras_gan.export.parity.comparison import Mismatch, Reference, measure
from keras_gan.export.parity.file_reader import FileReader
from keras_gan.export.parity.precision_gate import gate_requests, pass_gate
from keras_gan.export.parity.true_float32 import computing_in_float32
from keras_gan.export.provenance import Provenance
from keras_gan.training import GAN

OPSETS = range(13, 19)
_WRITERS = (
    "tensorflow",
    "keras",
    "numpy",
    "onnx",
    "tf2onnx",
    "onnxruntime",
    "onnxslim",
)


def save_onnx(
    gan: GAN,
    path: str | os.PathLike[str],
    *,
    opset: int = 18,
    output: str = "float32",
    precision: str = "float32",
    layout: str = "nhwc",
    inputs: str = "z",
    external_data_above: int = model_files.EXTERNAL_DATA_ABOVE,
    provenance: Provenance | None = None,
) -> Path:
    """Exports the sampler of `gan` to an ONNX file that stands by itself.

    The graph takes `z` `(batch, latent_dim)` float32 [, `label` `(batch,)` int32] and
    returns `image` `(batch, *image_shape)`; normalization is folded into convolutions
    and transposed convolutions. Prior, shapes and ranges are in the file's
    metadata, so that `runtime.load` samples from the file alone. The file is checked,
    loaded in ONNX Runtime and compared with the Keras generator at batch sizes 1, 7 and
    64 before it appears at `path`; its manifest is written beside it as `<path>.json`.

    Args:
        gan: The trained model; its moving average is exported, where there is one.
        path: The file to write, ending in `.onnx`; an existing one is replaced.
        opset: Version of the ONNX operators, 13 to 18.
        output: "float32" for images in `value_range`, within 1e-5 of the model's on
            the range (-1, 1) or, if that is more, within what moving the latents to the
            next float32 number changes; or "uint8" for images rounded to 256 levels.
        precision: "float16" stores the weights in half the space and computes in half
            precision: at a thousand seeds every value is finite and within 1 % of the
            range, 0.2 % in the root mean square. "int8" stores the weights in a quarter
            and computes in float32: 10 % and 2 %. Inputs and a "float32" output keep
            their type.
        layout: "nhwc" for images with the channels last, or "nchw".
        inputs: "z", or "seed" for a graph that takes `seed` `(batch,)` int64 [,
            `label`], and `truncation` `(batch,)` float32 in (0, 1], and makes the
            latents of `GAN.sample` itself; needs opset 18 and a runtime with integers
            of 64 bits and float64, such as ONNX Runtime on a CPU.
        external_data_above: Weights of more bytes than this are written to a file of
            their own, `<path>.<digest>.data`, which must stay beside the ONNX file.
        provenance: The known facts about the training, for the manifest.

    Returns:
        The path of the file.

    Raises:
        ValueError: If an argument is none of those named here, or ONNX cannot express
            the generator; a `VerificationError` if the file does not equal the model.

    Example:
        >>> keras_gan.export.save_onnx(gan, "run/digits.onnx", output="uint8")
        PosixPath('run/digits.onnx')
    """
    path = Path(path)
    if path.suffix != ".onnx" or path.is_dir():
        raise InputError(f"`path` must name a file ending in .onnx; got '{path}'.")
    check_positive_int("external_data_above", external_data_above, minimum=0)
    choices = dict(output=output, precision=precision, layout=layout, inputs=inputs)
    for name, value in choices.items():
        check_choice(name, value, CHOICES[name])
    _check_opset(opset, inputs)
    spec = keras_generator.spec_of(gan, **choices)
    with computing_in_float32(gan.sampler):
        reference = keras_generator.reference_of(gan, spec)
        model = convert(gan, spec, int(opset))
        try:
            model = _reduced(optimised(model), spec)
            _label(model, spec)
            with taking_turns(path.absolute().parent, path.name):
                model_files.write(
                    model,
                    path,
                    lambda written: _verified(written, gan, reference, provenance),
                    external_data_above=external_data_above,
                )
        except Mismatch as error:
            raise VerificationError(f"'{path}' was not written: {error}.") from error
    return path


def _check_opset(opset: int, inputs: str) -> None:
    if opset not in OPSETS:
        raise InputError(f"`opset` must be one of 13, ..., 18; got {opset!r}.")
    if inputs == "seed" and opset < seeded_inputs.MINIMUM_OPSET:
        raise InputError(
            f"`inputs='seed'` needs `opset={seeded_inputs.MINIMUM_OPSET}`, the first "
            f"with the operators that seeds need; got {opset}. Or use `inputs='z'` and "
            "`runtime.load`, which makes latents of seeds."
        )


def _reduced(model: onnx.ModelProto, spec: GeneratorSpec) -> onnx.ModelProto:
    """Returns the model in the precision and with the inputs of `spec`."""
    if spec.precision == "float16":
        if model_files.weight_bytes(model) > model_files.EXTERNAL_DATA_ABOVE:
            raise InputError(
                "`precision='float16'` needs weights of less than 2 GB, for its "
                "conversion holds them in one message; export with 'int8' or 'float32'."
            )
        model = in_half_precision(model)
        check_range(model, gate_requests(spec).inputs(spec))
    elif spec.precision == "int8":
        model = with_int8_weights(model)
    return seeded_inputs.from_seeds(model, spec) if spec.inputs == "seed" else model


def _label(model: onnx.ModelProto, spec: GeneratorSpec) -> None:
    """Names the batch dimension, and writes the spec into the metadata."""
    for tensor in (*model.graph.input, *model.graph.output):
        tensor.type.tensor_type.shape.dim[0].dim_param = "batch"
    model.graph.name = "generator"
    model.producer_name = "keras_gan"
    model.producer_version = __version__
    text = json.dumps(spec.to_dict())
    onnx.helper.set_model_props(model, {runtime.METADATA_KEY: text})


def _verified(
    path: Path, gan: GAN, reference: Reference, provenance: Provenance | None
) -> manifest.Manifest:
    """Returns the manifest of the file that was just written.

    Raises:
        Mismatch: If it is not valid ONNX, or does not equal the model.
    """
    try:
        onnx.checker.check_model(str(path), full_check=True)
    except Exception as error:  # the checker and the inference raise different kinds
        raise Mismatch(f"it is not valid ONNX ({one_line(error)})") from error
    reader = FileReader(path)
    found = measure(reader, reference)
    gate = None
    if reference.spec.precision != "float32":
        images_of = keras_generator.array_function(gan)
        gate = pass_gate(reader, images_of, reference.spec)
    files = {p.name: manifest.checksum(p) for p in model_files.written_files(path)}
    return manifest.record(
        "onnx",
        reference,
        found,
        files,
        packages=_WRITERS,
        provenance=provenance,
        gate=gate,
    )
