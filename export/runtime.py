"""Samples images from an exported file with NumPy and its runtime alone.

The runtime is onnxruntime for a `.onnx` file, ai-edge-litert for a `.tflite` file.

Example:
    >>> from keras_gan.export import runtime
    >>> generator = runtime.load("run/digits.onnx")
    >>> images = generator.sample(16, seed=7)        # as gan.sample(16, seed=7)
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan._checks import (
    InputError,
    check_choice,
    check_positive_int,
    foreign_file,
)
from keras_gan._process import usable_cores
from keras_gan.export.exported_generator import (
    ExportedGenerator,
    check_interface,
    check_same_file,
    parse_spec,
)
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.export.litert_runtime import open_litert
from keras_gan.safety.onnx_file import METADATA_KEY as METADATA_KEY
from keras_gan.safety.onnx_file import examine_onnx


def load(
    path: str | os.PathLike[str],
    *,
    threads: int | None = None,
    providers: Sequence[str] | None = None,
) -> ExportedGenerator:
    """Loads a generator that `save_onnx` or `save_litert` wrote.

    The file is examined before ONNX Runtime or LiteRT opens it: it must carry the
    checksum of its export, and must not use custom operators or weights outside its
    folder.

    Args:
        path: The `.onnx` or `.tflite` file; it needs no file beside it, except that of
            large weights.
        threads: CPU threads of one operator; None for the number of cores that this
            process may use. One is best where several processes share the cores, and
            for a small generator that draws one image at a time.
        providers: Execution providers of ONNX Runtime in order of preference, such as
            "CUDAExecutionProvider"; None for the CPU, where LiteRT always computes.

    Returns:
        The generator, ready to sample: an `OnnxGenerator` or a `LiteRTGenerator`.

    Raises:
        ValueError: If the file is missing, changed, unsafe, or no exported generator,
            or this build of ONNX Runtime has no such provider.

    Example:
        >>> generator = runtime.load("run/digits.onnx")
        >>> generator.sample(16, seed=7).shape
        (16, 28, 28, 1)
    """
    path = Path(path)
    if (path / "config.json").is_file():
        raise InputError(
            f"'{path}': it is a run; export it first: keras-gan export onnx {path} "
            "FILE.onnx."
        )
    if path.is_dir():
        raise InputError(
            f"'{path}': it is a folder; give an exported .onnx or .tflite."
        )
    if not path.is_file():
        raise InputError(
            f"'{path}': there is no such file; give an exported .onnx or .tflite."
        )
    return _load(path, threads, None if providers is None else list(providers))


def _load(
    path: Path,
    threads: int | None,
    providers: list[str] | None,
    sha256: str | None = None,
) -> ExportedGenerator:
    """Loads a generator, and the same file only, where its checksum is given."""
    cores = usable_cores() if threads is None else threads
    cores = check_positive_int("threads", cores)
    if path.suffix == ".tflite":
        if providers:
            raise InputError(
                "`providers` are those of ONNX Runtime; leave them out for a .tflite "
                "file."
            )
        generator, checksum = open_litert(path, cores, sha256)
    else:
        names = providers or ["CPUExecutionProvider"]
        generator, checksum = _open_onnx(path, cores, names, sha256)
    generator.come_from(_load_again, path.absolute(), threads, providers, checksum)
    return generator


def _open_onnx(
    path: Path, threads: int, providers: list[str], sha256: str | None
) -> tuple[OnnxGenerator, str]:
    """Returns the generator in an ONNX file, and the checksum of the file."""
    onnxruntime = _onnxruntime()
    for provider in providers:
        check_choice("providers", provider, onnxruntime.get_available_providers())
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # errors are raised, not printed too
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1  # a generator's operators form a chain
    # Turns int8 weights into float32 once, while loading, not at every call.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    examined = examine_onnx(path).check()
    check_same_file(path, sha256, examined.facts["sha256"])
    # Loads the bytes that were examined: the file may have been replaced meanwhile.
    source = examined.content or str(path)
    with foreign_file(path, "ONNX Runtime"):
        # The fallback, to the same providers again, would print the error.
        session = onnxruntime.InferenceSession(
            source, options, providers, enable_fallback=0
        )
    generator = OnnxGenerator(session, _read_spec(path, session))
    return generator, examined.facts["sha256"]


def _load_again(
    path: Path, threads: int | None, providers: list[str] | None, sha256: str
) -> ExportedGenerator:
    """Loads a pickled generator from its file, which must be the same."""
    if not path.is_file():
        raise InputError(
            f"'{path}': a pickled generator is loaded from its file, which is not "
            "here; put the file there, or use `runtime.load` on this machine."
        )
    return _load(path, threads, providers, sha256)


class OnnxGenerator(ExportedGenerator):
    """A trained generator in ONNX Runtime; `load` makes it from a file.

    It can be pickled, for processes on machines that have the file under the same path:
    the pickle holds the absolute path, the checksum, `threads` and `providers`.

    Args:
        session: The `onnxruntime.InferenceSession` of the file.
        spec: The metadata of the file.

    Attributes:
        latent_dim: The numbers of a latent.
        image_shape: The shape of one image, usually (height, width, channels).
        num_classes: The number of classes; None for an unconditional generator.
        value_range: (low, high) of float images; None for data without a range.
        prior: The `keras_gan.priors.Prior` of the latents.
        dtype: The type of the images, float32 or uint8.
        spec: The file's metadata: all of the above, and the training step.

    Raises:
        ValueError: If the metadata name an unknown prior.

    Example:
        >>> generator = runtime.load("run/digits.onnx")
        >>> generator.latent_dim, generator.image_shape
        (100, (28, 28, 1))
    """

    def images_of(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """Returns `(B, *output_shape)` images of one batch of inputs.

        Args:
            inputs: By name `z`, `(B, latent_dim)` float32, or what else the file takes.
        """
        return self._session.run(["image"], inputs)[0]


def _read_spec(path: Path, session: Any) -> GeneratorSpec:
    """Returns the spec in the file's metadata.

    Raises:
        InputError: If there is none, or it does not fit the inputs and outputs.
    """
    text = session.get_modelmeta().custom_metadata_map.get(METADATA_KEY)
    if text is None:
        raise InputError(
            f"'{path}': an ONNX file, but not a generator of keras_gan; write it with "
            "`keras_gan.export.save_onnx`."
        )
    spec = parse_spec(path, text)
    found = {
        tensor.name: (tensor.type, tensor.shape[1:])
        for tensor in (*session.get_inputs(), *session.get_outputs())
    }
    output = {"float32": "tensor(float)", "uint8": "tensor(uint8)"}[spec.output]
    expected = {"image": (output, list(spec.output_shape))}
    if spec.inputs == "z":
        expected["z"] = ("tensor(float)", [spec.latent_dim])
    else:
        expected["seed"] = ("tensor(int64)", [])
        expected["truncation"] = ("tensor(float)", [])
    if spec.num_classes is not None:
        expected["label"] = ("tensor(int32)", [])
    check_interface(path, found, expected)
    return spec


def _onnxruntime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise InputError(
            "Sampling from ONNX needs ONNX Runtime: pip install onnxruntime"
        ) from error
    return onnxruntime
