"""Asks a model server for images, by REST or gRPC.

Example:
    >>> from keras_gan.export.client import ServingClient
    >>> with ServingClient("http://localhost:8501", "digits") as client:
    ...     images = client.sample(16, seed=7)       # uint8 (16, 28, 28, 1)
"""

from __future__ import annotations

import io
import math
import struct
import time
from typing import Any, Literal, overload

import numpy as np

from keras_gan import priors
from keras_gan._checks import (
    InputError,
    check_at_most,
    check_memory,
    check_positive_float,
    check_positive_int,
    counted,
    one_line,
)
from keras_gan._limits import LIMITS
from keras_gan.export.server.connection import Connection
from keras_gan.export.server.served_interface import ServedInterface
from keras_gan.priors.sample_arguments import check_latents, resolve_request

# The bound on labels where the number of classes is unknown: they are int32.
_ANY_LABEL = 2**31
# Pillow's names for PNG files with these numbers of channels.
_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
# The bytes of a PNG file that hold its size: a mark, and the first of its chunks.
_PNG_HEADER = 33


class ServingClient:
    r"""A generator that TF Serving serves, by REST or gRPC.

    Threads may share a client. Every failure is a `ServingError`. A call that finds the
    server unavailable (not there, overloaded, gone in the middle of an answer) is tried
    again, after pauses that double. That is safe: a seed is the same image whenever it
    is asked for.

    Args:
        server: `http://host:8501` or `https://…` for REST, which needs no TensorFlow;
            `host:8500`, `grpc://host:8500` or, with TLS, `grpcs://…` for gRPC.
        model: The name that the server knows the model by.
        version: The version to ask; None for the latest that the server has.
        timeout: Seconds that a call may take in all, tries and pauses included.
        retries: How often a request to an unavailable server is sent again.
        batch_size: Images in one request; larger calls are cut into several.
        num_classes: The number of classes of a conditional generator, without which
            seeds cannot draw labels as in `gan.sample`; the server does not know it.

    Raises:
        ValueError: If the address or the name is none, a number is out of its range, or
            a package is missing.

    Example:
        >>> client = ServingClient("localhost:8500", "digits", timeout=5.0)
        >>> client.sample(seeds=[3, 5], png=True)[1][:4]
        b'\x89PNG'
    """

    def __init__(
        self,
        server: str,
        model: str,
        *,
        version: int | None = None,
        timeout: float = 30.0,
        retries: int = 5,
        batch_size: int = 64,
        num_classes: int | None = None,
    ) -> None:
        if not isinstance(model, str) or not model:
            raise InputError(f"`model` must be the model's name; got {model!r}.")
        if version is not None:
            version = check_positive_int("version", version, minimum=0)
        if num_classes is not None:
            num_classes = check_positive_int("num_classes", num_classes)
        self.model = model
        self.timeout = check_positive_float("timeout", timeout)
        check_at_most(
            "timeout", timeout, LIMITS.seconds, "seconds of a day", "wait less"
        )
        self.retries = check_positive_int("retries", retries, minimum=0)
        self.batch_size = check_positive_int("batch_size", batch_size)
        self.num_classes = num_classes
        self._connection = Connection(
            server, model, version, self.retries, self.batch_size
        )

    @property
    def interface(self) -> ServedInterface:
        """The model's inputs and outputs; the first use asks the server for them.

        Raises:
            ServingError: If it cannot be asked.
        """
        return self._connection.interface(self._deadline())

    @overload
    def sample(
        self,
        n: int | None = ...,
        *,
        seed: int | None = ...,
        seeds: priors.Seeds | None = ...,
        labels: Any = ...,
        truncation: float | np.ndarray | None = ...,
        png: Literal[False] = ...,
    ) -> np.ndarray: ...

    @overload
    def sample(
        self,
        n: int | None = ...,
        *,
        seed: int | None = ...,
        seeds: priors.Seeds | None = ...,
        labels: Any = ...,
        truncation: float | np.ndarray | None = ...,
        png: Literal[True],
    ) -> list[bytes]: ...

    def sample(
        self,
        n: int | None = None,
        *,
        seed: int | None = None,
        seeds: priors.Seeds | None = None,
        labels: Any = None,
        truncation: float | np.ndarray | None = None,
        png: bool = False,
    ) -> np.ndarray | list[bytes]:
        """Draws the images that `GAN.sample` draws for the same arguments.

        Args:
            n: The number of images; None for that of `seeds` or `labels`, or 1.
            seed: One 64-bit seed for all of them; None draws a fresh one.
            seeds: `(n,)` integers, one seed per image, instead of `n` and `seed`.
            labels: The class of all, or `(n,)` integers; None lets the seeds draw it,
                if the client was given `num_classes`.
            truncation: Factor in (0, 1] on the latents, or `(n,)` one per image.
            png: Whether to return PNG files, as the server made them.

        Returns:
            `(n, height, width, channels)` uint8 grey levels, or `n` PNG files.

        Raises:
            ValueError: If the arguments contradict each other, a label is no class, a
                factor is not in (0, 1], or the images would not fit in memory; a
                `ServingError` if the server does not give the images.
        """
        # Wrong arguments are refused before the server is asked for anything.
        resolved, _ = resolve_request(n, seed, seeds, labels, _ANY_LABEL)
        factors = np.ones(len(resolved), np.float32)
        if truncation is not None:
            factors *= priors.check_truncation(truncation, len(resolved))
        deadline = self._deadline()
        interface = self._connection.interface(deadline)
        if not interface.draws_pictures:
            raise InputError(
                f"The model {self.model!r} draws no pictures of 1 to 4 channels, and "
                "has no signature `generate`; give latents to "
                "`ServingClient.generate`."
            )
        inputs = {"seed": resolved, "truncation": factors}
        if (label := self._labels(labels, resolved, interface)) is not None:
            inputs["label"] = label
        shape = interface.image_shape
        self._check_memory(len(resolved), shape, 1)
        files = self._connection.run(
            "generate", inputs, "image_bytes", (), _png_bytes(shape), deadline
        ).tolist()
        images = [self._pixels(file, shape) for file in files]
        return files if png else np.stack(images)

    def generate(self, z: Any, labels: Any = None) -> np.ndarray:
        """Returns the images of given latents.

        Args:
            z: `(B, latent_dim)` latents.
            labels: The class of all, or `(B,)` integers; needed by a conditional
                generator.

        Returns:
            `(B, *image_shape)` float32 images in the generator's value range.

        Raises:
            ValueError: If the latents have another shape, or the labels do not fit; a
                `ServingError` if the server does not give the images.
        """
        deadline = self._deadline()
        interface = self._connection.interface(deadline)
        num_classes = self.num_classes or _ANY_LABEL
        if interface.takes_labels and labels is None:
            raise InputError(f"`labels` are missing: {self.model!r} takes them.")
        z, label = check_latents(
            z,
            labels,
            interface.latent_dim,
            num_classes if interface.takes_labels else None,
        )
        inputs = {"z": z} if label is None else {"z": z, "label": label}
        shape = interface.image_shape
        self._check_memory(len(z), shape, 4)
        return self._connection.run(
            "serving_default", inputs, "image", shape, 4 * math.prod(shape), deadline
        )

    def close(self) -> None:
        """Closes the connections, as leaving a `with` block does."""
        self._connection.close()

    def __enter__(self) -> ServingClient:
        """Returns the client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connections."""
        self.close()

    def _labels(
        self, labels: Any, seeds: np.ndarray, interface: ServedInterface
    ) -> np.ndarray | None:
        if not interface.takes_labels:
            return resolve_request(None, None, seeds, labels, None)[1]
        if labels is None and self.num_classes is None:
            raise InputError(
                f"The model {self.model!r} takes labels: give `labels`, or give "
                "`num_classes` to the client, so that the seeds draw them."
            )
        num_classes = self.num_classes or _ANY_LABEL
        return resolve_request(None, None, seeds, labels, num_classes)[1]

    def _pixels(self, file: bytes, shape: tuple[int, ...]) -> np.ndarray:
        """Returns the grey levels in a PNG file.

        Raises:
            ServingError: If it holds no image of this shape.
        """
        from PIL import Image

        height, width, channels = shape
        # Compared before Pillow sees the file, which warns of some sizes on its own.
        size = struct.unpack(">II", file[16:24]) if len(file) >= _PNG_HEADER else ()
        if not file.startswith(b"\x89PNG\r\n\x1a\n") or file[12:16] != b"IHDR":
            raise self._connection.malformed("what should be a PNG file is none")
        if size != (width, height):
            raise self._connection.malformed(f"a PNG of {size} pixels, not {shape}")
        try:
            with Image.open(io.BytesIO(file), formats=["PNG"]) as picture:
                if picture.mode == _MODES.get(channels):
                    return np.asarray(picture).reshape(shape)
            reason = f"a PNG in mode {picture.mode}, not {shape}"
        except Exception as error:  # Pillow raises whatever it meets
            reason = f"what should be a PNG file is broken ({one_line(error, 100)})"
        raise self._connection.malformed(reason)

    def _check_memory(self, count: int, shape: tuple[int, ...], itemsize: int) -> None:
        """Refuses more images than the memory of this process holds."""
        # Once as they come, once in one array.
        needed = 2 * count * math.prod(shape) * itemsize
        what = f"{counted(count, 'image')} of {shape} of the model {self.model!r}"
        check_memory(what, needed, LIMITS.memory_bytes, "ask for fewer in one call")

    def _deadline(self) -> float:
        return time.monotonic() + self.timeout


def _png_bytes(shape: tuple[int, ...]) -> int:
    """Returns the most bytes of a PNG file of an image, with its texts."""
    height, width, channels = shape
    return int(1.1 * height * (width * channels + 1)) + 2**16
