"""Whatever can draw images: a run, a `.keras` file, an ONNX file, a SavedModel."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from keras_gan import priors
from keras_gan._checks import InputError
from keras_gan._process import import_tensorflow
from keras_gan.export.arrays import batches_of
from keras_gan.priors.requests import resolve_request
from keras_gan.runs.folder import RunFolder

if TYPE_CHECKING:
    from keras_gan.training import GAN

# Images that a SavedModel is asked for at once.
_BATCH_SIZE = 256


class Generator(Protocol):
    """What `open_generator` returns."""

    latent_dim: int
    num_classes: int | None
    prior: priors.Prior

    @property
    def image_shape(self) -> tuple[int, ...]:
        """The shape of one image."""
        ...

    @property
    def value_range(self) -> tuple[float, float] | None:
        """(low, high) of float images."""
        ...

    def sample(
        self,
        n: int | None = None,
        *,
        seed: int | None = None,
        seeds: priors.Seeds | None = None,
        labels: Any = None,
        truncation: float | None = None,
    ) -> np.ndarray:
        """As `GAN.sample`."""
        ...

    def generate(self, z: np.ndarray, labels: Any = None) -> np.ndarray:
        """As `GAN.generate`."""
        ...


def open_generator(path: str | os.PathLike[str]) -> Generator:
    """Opens a run folder or an artifact, each with no more than it needs.

    Raises:
        ValueError: If there is nothing at `path` that can draw; the message names it.
    """
    path = Path(path)
    if path.suffix == ".onnx" and not path.is_dir():
        from keras_gan.export import runtime

        return runtime.load(path)
    if path.is_file() and path.suffix != ".keras":
        raise InputError(
            f"'{path}': it must be a run, a .keras or .onnx file, or a SavedModel."
        )
    if not path.exists():
        raise InputError(f"'{path}': there is no such run or file.")
    version = _saved_model_in(path)
    if version is not None:
        return SavedModelGenerator(version)
    # What is no run is known without TensorFlow.
    file = RunFolder(path).saved_gan() if path.is_dir() else path
    import_tensorflow()
    from keras_gan.training.loading import load_gan

    return load_gan(file)


def open_gan(path: str | os.PathLike[str]) -> GAN:
    """Opens the GAN of a run or of a `.keras` file.

    Raises:
        ValueError: If there is none at `path`.
    """
    generator: Any = open_generator(path)
    if not hasattr(generator, "discriminator"):
        raise InputError(f"'{path}': it is an export already; give a run.")
    return generator


class SavedModelGenerator:
    """Draws through the `serving_default` signature of an exported SavedModel."""

    def __init__(self, folder: Path) -> None:
        from keras_gan.export.verification import unchanged

        _, recorded, _ = unchanged(folder)
        spec = recorded.generator
        self.latent_dim = spec.latent_dim
        self.image_shape = spec.image_shape
        self.num_classes = spec.num_classes
        self.value_range = spec.value_range
        self.prior = priors.get(spec.prior)
        import_tensorflow()
        from keras_gan.export.parity.saved_model_reader import LoadedSavedModel

        self._model = LoadedSavedModel(folder)

    def sample(
        self,
        n: int | None = None,
        *,
        seed: int | None = None,
        seeds: priors.Seeds | None = None,
        labels: Any = None,
        truncation: float | None = None,
    ) -> np.ndarray:
        """As `GAN.sample`."""
        resolved, drawn = resolve_request(n, seed, seeds, labels, self.num_classes)
        z = self.prior.latents(resolved, self.latent_dim, truncation=truncation)
        return self.generate(z, drawn)

    def generate(
        self, z: np.ndarray, labels: Any = None, *, batch_size: int = _BATCH_SIZE
    ) -> np.ndarray:
        """As `GAN.generate`."""
        inputs: dict[str, np.ndarray] = {"z": np.asarray(z, np.float32)}
        if labels is not None:
            inputs["label"] = np.asarray(labels, np.int32)
        return np.concatenate(
            [
                self._model.run("serving_default", part)["image"]
                for part in batches_of(inputs, batch_size)
            ]
        )


def _saved_model_in(path: Path) -> Path | None:
    """The version folder that `path` is, or the latest in it; None without one."""
    if (path / "saved_model.pb").is_file():
        return path
    if not path.is_dir() or (path / "config.json").exists():
        return None
    from keras_gan.export import manifest

    versions = manifest.version_folders(path)
    return versions[max(versions)] if versions else None
