"""Draws images through an exported file, whatever runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan import priors
from keras_gan._checks import InputError, check_positive_int, one_line
from keras_gan.export.arrays import batches_of
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.priors.sample_arguments import (
    check_drawing,
    check_latents,
    resolve_request,
)


class ExportedGenerator:
    """The base class of the generators that `runtime.load` returns.

    Args:
        session: The object that runs the file, for `images_of` of a subclass.
        spec: The metadata of the file.

    Raises:
        ValueError: If the metadata name an unknown prior.
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
        self._origin: tuple[Callable[..., Any], tuple[Any, ...]] | None = None

    def come_from(self, load: Callable[..., Any], *arguments: Any) -> None:
        """Says by which call another process loads this generator again.

        Args:
            load: The function.
            *arguments: Its arguments, which can be pickled.
        """
        self._origin = (load, arguments)

    def __reduce__(self) -> tuple[Any, ...]:
        if self._origin is None:
            raise InputError(
                "Only a generator that `runtime.load` made can be pickled."
            )
        return self._origin

    def __copy__(self) -> ExportedGenerator:
        # A session never changes, and several threads may use it.
        copied = type(self)(self._session, self.spec)
        copied._origin = self._origin
        return copied

    def __deepcopy__(self, memo: dict[int, Any]) -> ExportedGenerator:
        return self.__copy__()

    def images_of(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """Returns the artifact's `image` of one batch of its inputs.

        Args:
            inputs: By name `z`, `(B, latent_dim)` float32, or `seed` `(B,)` and
                `truncation` `(B,)`, and `label` `(B,)` of a conditional generator.
        """
        raise NotImplementedError

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
        chunks = [self.images_of(part) for part in batches_of(inputs, batch_size)]
        images = chunks[0] if len(chunks) == 1 else np.concatenate(chunks)
        return np.moveaxis(images, 1, -1) if self.spec.layout == "nchw" else images


def parse_spec(path: Path, description: Any) -> GeneratorSpec:
    """Returns the spec in the metadata of a file.

    Args:
        path: The file, which messages name.
        description: The text of the metadata, or what is in it.

    Raises:
        InputError: If it describes no generator.
    """
    try:
        values = (
            json.loads(description) if isinstance(description, str) else description
        )
        spec = GeneratorSpec.from_dict(values)
        priors.get(spec.prior)
    except Exception as error:  # JSON of any content, from anybody
        raise InputError(
            f"'{path}': its metadata are malformed ({one_line(error)})."
        ) from error
    return spec


def check_interface(path: Path, found: Any, expected: Any) -> None:
    """Raises `InputError` if inputs and outputs are not those that the spec says."""
    if found != expected:
        raise InputError(
            f"'{path}': its inputs and outputs are not those of its metadata; it was "
            "changed after its export."
        )


def check_same_file(path: Path, pickled: str | None, found: str) -> None:
    """Raises `InputError` if a file is another than when its generator was pickled.

    Args:
        path: The file.
        pickled: Its SHA-256 sum then; None for a generator that was not pickled.
        found: Its SHA-256 sum now.
    """
    if pickled not in (None, found):
        raise InputError(
            f"'{path}': the file was replaced after the generator was pickled; load "
            "the new one with `runtime.load`."
        )
