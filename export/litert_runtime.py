"""Runs a LiteRT file with NumPy and ai-edge-litert alone."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan._checks import InputError, foreign_file, one_line
from keras_gan._process import nothing_on_stderr
from keras_gan.export.exported_generator import (
    ExportedGenerator,
    check_interface,
    check_same_file,
    parse_spec,
)
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.safety.litert_file import examine_litert


class LiteRTGenerator(ExportedGenerator):
    """A trained generator in LiteRT; `runtime.load` makes it from a `.tflite` file.

    It draws as `OnnxGenerator` does, and can be pickled in the same way. Threads take
    turns: an interpreter computes one batch at a time.

    Args:
        session: The `LiteRTSession` of the file.
        spec: The metadata of the file.

    Attributes:
        latent_dim: The numbers of a latent.
        image_shape: The shape of one image, usually (height, width, channels).
        num_classes: The number of classes; None for an unconditional generator.
        value_range: (low, high) of float images; None for data without a range.
        prior: The `keras_gan.priors.Prior` of the latents.
        dtype: The type of the images, float32.
        spec: The file's metadata: all of the above, and the training step.

    Raises:
        ValueError: If the metadata name an unknown prior.

    Example:
        >>> generator = runtime.load("run/digits.tflite")
        >>> generator.sample(16, seed=7).shape
        (16, 28, 28, 1)
    """

    def images_of(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """Returns `(B, *image_shape)` images of one batch of inputs.

        Args:
            inputs: By name `z`, `(B, latent_dim)` float32, or what else the file takes.
        """
        return self._session.run(inputs)


class LiteRTSession:
    """An interpreter of LiteRT whose batch size follows its inputs.

    Args:
        path: The file, which messages name.
        content: Its bytes, which have been examined.
        threads: CPU threads of one operator.
    """

    def __init__(self, path: Path, content: bytes, threads: int) -> None:
        self._path = path
        interpreter = _interpreter_class()
        with nothing_on_stderr():  # it names its delegate there
            self._interpreter = interpreter(model_content=content, num_threads=threads)
            self._interpreter.allocate_tensors()
        signature = self._interpreter.get_signature_runner()
        self.inputs = dict(signature.get_input_details())
        self.outputs = dict(signature.get_output_details())
        self._size: int | None = None
        self._turn = threading.Lock()

    def run(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """Returns the output `image` of a batch of inputs, by name.

        Raises:
            InputError: If the operators of the file do not fit each other.
        """
        with self._turn:
            try:
                return self._run(inputs)
            except (RuntimeError, ValueError) as error:
                raise InputError(
                    f"'{self._path}': LiteRT cannot run it ({one_line(error)})."
                ) from error

    def _run(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        size = len(next(iter(inputs.values())))
        if size != self._size:
            self._resize(size)
        for name, values in inputs.items():
            self._interpreter.set_tensor(self.inputs[name]["index"], values)
        self._interpreter.invoke()
        return self._interpreter.get_tensor(self.outputs["image"]["index"])

    def _resize(self, size: int) -> None:
        self._size = None  # should it fail half way
        for tensor in self.inputs.values():
            shape = [size, *tensor["shape"][1:]]
            self._interpreter.resize_tensor_input(tensor["index"], shape)
        self._interpreter.allocate_tensors()
        self._size = size


def open_litert(path: Path, threads: int, sha256: str | None) -> tuple[Any, str]:
    """Examines a LiteRT file, and loads it.

    Args:
        path: The file.
        threads: CPU threads of one operator.
        sha256: The checksum that it must have; None for any.

    Returns:
        The generator, and the checksum of the file.

    Raises:
        InputError: If the file is unsafe, changed, or no exported generator.
    """
    check_installed()  # a missing library is reported first
    examined = examine_litert(path).check()
    check_same_file(path, sha256, examined.facts["sha256"])
    if "generator" not in examined.facts:
        raise InputError(
            f"'{path}': a LiteRT file, but not a generator of keras_gan; write it with "
            "`keras_gan.export.save_litert`."
        )
    spec = parse_spec(path, examined.facts["generator"])
    assert examined.content is not None
    with foreign_file(path, "LiteRT"):
        session = LiteRTSession(path, examined.content, threads)
    _check(path, session, spec)
    return LiteRTGenerator(session, spec), examined.facts["sha256"]


def check_installed() -> None:
    """Raises `InputError` if LiteRT is missing."""
    _interpreter_class()


def _check(path: Path, session: LiteRTSession, spec: GeneratorSpec) -> None:
    """Raises `InputError` if the spec does not fit the inputs and outputs."""
    expected: dict[str, tuple[Any, list[int]]] = {
        "z": (np.float32, [-1, spec.latent_dim]),
        "image": (np.dtype(spec.output).type, [-1, *spec.output_shape]),
    }
    if spec.num_classes is not None:
        expected["label"] = (np.int32, [-1])
    found = {
        name: (tensor["dtype"], tensor["shape_signature"].tolist())
        for name, tensor in (*session.inputs.items(), *session.outputs.items())
    }
    check_interface(path, found, expected)


def _interpreter_class() -> Any:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise InputError(
            "A .tflite file needs LiteRT: pip install ai-edge-litert"
        ) from error
    return Interpreter
