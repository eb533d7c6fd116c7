"""Samples images from an exported ONNX file with NumPy and onnxruntime alone.

Example:
    >>> from keras_gan.export import runtime
    >>> generator = runtime.load("run/digits.onnx")
    >>> images = generator.sample(16, seed=7)        # as gan.sample(16, seed=7)
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan import priors
from keras_gan._checks import (
    InputError,
    check_choice,
    check_positive_int,
    foreign_file,
    one_line,
)
from keras_gan._process import usable_cores
from keras_gan.export.arrays import batches_of
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.priors.sample_arguments import (
    check_drawing,
    check_latents,
    resolve_request,
)
from keras_gan.safety.onnx_file import METADATA_KEY as METADATA_KEY
from keras_gan.safety.onnx_file import examine_onnx


def load(
    path: str | os.PathLike[str],
    *,
    threads: int | None = None,
    providers: Sequence[str] | None = None,
) -> OnnxGenerator:
    """Loads a generator that `save_onnx` wrote.

    The file is examined before ONNX Runtime opens it: it must carry the checksum of its
    export, and must not use custom operators or weights outside its folder.

    Args:
        path: The ONNX file; it needs no file beside it, except that of large weights.
        threads: CPU threads of one operator; None for the number of cores that this
            process may use. One is best where several processes share the cores, and
            for a small generator that draws one image at a time.
        providers: Execution providers of ONNX Runtime in order of preference, such as
            "CUDAExecutionProvider"; None for the CPU.

    Returns:
        The generator, ready to sample.

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
        raise InputError(f"'{path}': it is a folder; give an exported .onnx.")
    if not path.is_file():
        raise InputError(f"'{path}': there is no such file; give an exported .onnx.")
    return _load(path, threads, list(providers or ["CPUExecutionProvider"]))


def _load(
    path: Path, threads: int | None, providers: list[str], sha256: str | None = None
) -> OnnxGenerator:
    """Loads a generator, and the same file only, where its checksum is given."""
    onnxruntime = _onnxruntime()
    for provider in providers:
        check_choice("providers", provider, onnxruntime.get_available_providers())
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # errors are raised, not printed too
    cores = usable_cores() if threads is None else threads
    options.intra_op_num_threads = check_positive_int("threads", cores)
    options.inter_op_num_threads = 1  # a generator's operators form a chain
    # Turns int8 weights into float32 once, while loading, not at every call.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    examined = examine_onnx(path).check()
    if sha256 not in (None, examined.facts["sha256"]):
        raise InputError(
            f"'{path}': the file was replaced after the generator was pickled; load "
            "the new one with `runtime.load`."
        )
    # Loads the bytes that were examined: the file may have been replaced meanwhile.
    source = examined.content or str(path)
    with foreign_file(path, "ONNX Runtime"):
        # The fallback, to the same providers again, would print the error.
        session = onnxruntime.InferenceSession(
            source, options, providers, enable_fallback=0
        )
    generator = OnnxGenerator(session, _read_spec(path, session))
    generator._origin = (path.absolute(), threads, providers, examined.facts["sha256"])
    return generator


def _load_again(
    path: Path, threads: int | None, providers: list[str], sha256: str
) -> OnnxGenerator:
    """Loads a pickled generator from its file, which must be the same."""
    if not path.is_file():
        raise InputError(
            f"'{path}': a pickled generator is loaded from its file, which is not "
            "here; put the file there, or use `runtime.load` on this machine."
        )
    return _load(path, threads, providers, sha256)


class OnnxGenerator:
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

    def __init__(self, session: Any, spec: GeneratorSpec) -> None:
        self.spec = spec
        self.latent_dim = spec.latent_dim
        self.image_shape = spec.image_shape
        self.num_classes = spec.num_classes
        self.value_range = spec.value_range
        self.prior = priors.get(spec.prior)
        self.dtype = np.dtype(spec.output)
        self._session = session
        self._origin: tuple[Path, int | None, list[str], str] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        if self._origin is None:
            raise InputError(
                "Only a generator that `runtime.load` made can be pickled."
            )
        return _load_again, self._origin

    def __copy__(self) -> OnnxGenerator:
        # A session never changes, and several threads may use it.
        copied = OnnxGenerator(self._session, self.spec)
        copied._origin = self._origin
        return copied

    def __deepcopy__(self, memo: dict[int, Any]) -> OnnxGenerator:
        return self.__copy__()

    def sample(
        self,
        n: int | None = None,
        *,
        seed: int | None = None,
        seeds: priors.Seeds | None = None,
        labels: Any = None,
        truncation: float | np.ndarray | None = None,
        batch_size: int = 256,
    ) -> np.ndarray:
        """Draws the images that `GAN.sample` draws for the same arguments.

        Args:
            n: The number of images; None for that of `seeds` or `labels`, or 1.
            seed: One 64-bit seed for all of them; None draws a fresh one.
            seeds: `(n,)` integers, one seed per image, instead of `n` and `seed`.
            labels: The class of all, or `(n,)` integers; None lets the seeds draw it.
            truncation: Factor in (0, 1] on the latents, or `(n,)` one per image.
            batch_size: The number of images that are computed at once.

        Returns:
            `(n, *image_shape)` images: float32 in `value_range`, within the
            tolerance in the manifest of `GAN.sample` (1e-5 on the range (-1, 1), unless
            the generator itself rounds more coarsely), or uint8 grey levels.

        Raises:
            ValueError: If the arguments contradict each other, a label is no class, a
                factor is not in (0, 1], or the images would not fit in memory.

        Example:
            >>> generator = runtime.load("run/digits.onnx")
            >>> generator.sample(seeds=[3, 5]).shape
            (2, 28, 28, 1)
        """
        resolved, label = resolve_request(n, seed, seeds, labels, self.num_classes)
        check_drawing(self, len(resolved))
        if self.spec.inputs == "z":
            z = self.prior.latents(resolved, self.latent_dim, truncation=truncation)
            return self._run({"z": z}, label, batch_size)
        factors = priors.check_truncation(
            1.0 if truncation is None else truncation, len(resolved)
        )
        inputs = {"seed": resolved, "truncation": factors.astype(np.float32)}
        return self._run(inputs, label, batch_size)

    def generate(
        self, z: np.ndarray, labels: Any = None, *, batch_size: int = 256
    ) -> np.ndarray:
        """Returns the images of given latents.

        Args:
            z: `(B, latent_dim)` latents.
            labels: The class of all, or `(B,)` integers; needed by a conditional
                generator.
            batch_size: The number of images that are computed at once.

        Returns:
            `(B, *image_shape)` images, of the type that `sample` returns.

        Raises:
            ValueError: If the latents have another shape, the labels do not fit, or
                the file was exported to take seeds.
        """
        if self.spec.inputs != "z":
            raise InputError(
                "The file takes seeds, not latents; use `sample`, or export it with "
                "`inputs='z'`."
            )
        z, labels = check_latents(z, labels, self.latent_dim, self.num_classes)
        return self._run({"z": z}, labels, batch_size)

    def _run(
        self, inputs: dict[str, np.ndarray], labels: np.ndarray | None, batch_size: int
    ) -> np.ndarray:
        batch_size = check_positive_int("batch_size", batch_size)
        if labels is not None:
            inputs["label"] = labels
        chunks = [
            self._session.run(["image"], part)[0]
            for part in batches_of(inputs, batch_size)
        ]
        images = chunks[0] if len(chunks) == 1 else np.concatenate(chunks)
        return np.moveaxis(images, 1, -1) if self.spec.layout == "nchw" else images


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
    try:
        spec = GeneratorSpec.from_dict(json.loads(text))
        priors.get(spec.prior)
    except Exception as error:  # JSON of any content, from anybody
        raise InputError(
            f"'{path}': its metadata are malformed ({one_line(error)})."
        ) from error
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
    if found != expected:
        raise InputError(
            f"'{path}': its inputs and outputs are not those of its metadata; it was "
            "changed after its export."
        )
    return spec


def _onnxruntime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise InputError(
            "Sampling from ONNX needs ONNX Runtime: pip install onnxruntime"
        ) from error
    return onnxruntime
