"""Exports a generator as a SavedModel that TF Serving serves."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError, check_positive_int, one_line
from keras_gan._files import atomic_path, taking_turns
from keras_gan.export import manifest
from keras_gan.export.errors import VerificationError
from keras_gan.export.log_capture import captured_logs
from keras_gan.export.parity import keras_generator
from keras_gan.export.parity.comparison import Mismatch, measure
from keras_gan.export.parity.saved_model_reader import SavedModelReader
from keras_gan.export.parity.true_float32 import computing_in_float32
from keras_gan.export.provenance import Provenance
from keras_gan.export.server.signatures import signatures_of
from keras_gan.export.server.warmup_requests import write_warmup
from keras_gan.training import GAN


def save_saved_model(
    gan: GAN,
    directory: str | os.PathLike[str],
    *,
    version: int | None = None,
    exact: bool = True,
    provenance: Provenance | None = None,
) -> Path:
    """Exports the sampler of `gan` as the next version of a TF Serving model.

    The model is loaded afresh and compared with the Keras generator at batch sizes 1, 7
    and 64 before the version folder appears, whole and with its manifest: a server that
    watches `directory` never sees half a model. Signatures, computing in float32:

    - `serving_default`: `z` `(B, latent_dim)` float32 [, `label` `(B,)` int32] to
      `image` `(B, *image_shape)` float32 in `value_range`.
    - `generate`: `seed` `(B,)` int64 [, `label` `(B,)` int32], `truncation` `(B,)`
      float32 in (0, 1] to `image_bytes` `(B,)`, PNG files whose text says that they are
      synthetic. Each image is computed by itself, so that a seed is the same file in
      every batch; batched kernels round the last digits by batch size and place. With
      `exact=False` the batch is computed as one, which is faster, above all on a GPU:
      a seed is the same picture within one grey level.
      Only for images `(height, width, 1 to 4 channels)` with a `value_range`: grey,
      grey with alpha, RGB or RGBA. For images of more channels it is left out, with a
      warning and the reason in the manifest.

    TF Serving replays the requests in `assets.extra/tf_serving_warmup_requests` before
    it serves the version, so that the first real one is not the slow one.

    Args:
        gan: The trained model; its moving average is exported, where there is one.
        directory: The model's base path, made if need be.
        version: The number of the version folder; None for the next free one.
        exact: Whether `generate` computes each image by itself. The manifest says so.
        provenance: The known facts about the training, for the manifest.

    Returns:
        The path of the version folder.

    Raises:
        ValueError: If the version exists, or the model cannot be exported; a
            `VerificationError` if the artifact does not equal the model.

    Example:
        >>> keras_gan.export.save_saved_model(gan, "serving/digits")
        PosixPath('serving/digits/1')
    """
    spec = keras_generator.spec_of(gan)
    base = Path(directory)
    _version_folder(base, version)  # refuses soon what cannot be written
    if spec.is_picture and spec.why_no_png:
        warnings.warn(
            f"The model has no signature `generate`: {spec.why_no_png}. "
            "`serving_default` returns them whole.",
            stacklevel=2,
        )
    with computing_in_float32(gan.sampler):
        reference = keras_generator.reference_of(gan, spec)
        with captured_logs("tensorflow"):  # AutoGraph writes to the disk, too
            signatures = signatures_of(gan, spec, exact=exact)
    with taking_turns(base):
        folder = _version_folder(base, version)
        try:
            with atomic_path(folder) as temporary:
                _write(_Weights(gan.sampler), temporary, signatures)
                write_warmup(temporary, base.absolute().name, reference.requests, spec)
                found = measure(SavedModelReader(temporary, spec), reference)
                content = manifest.record(
                    "saved_model",
                    reference,
                    found,
                    manifest.checksums(temporary),
                    packages=("tensorflow", "keras", "numpy"),
                    provenance=provenance,
                    exact=None if spec.why_no_png else bool(exact),
                ).to_json()
                path = temporary / manifest.FOLDER_MANIFEST
                path.write_text(content, encoding="utf-8")
        except Mismatch as error:
            raise VerificationError(f"'{folder}' was not written: {error}.") from error
        except tf.errors.OpError as error:  # a full disk, to TensorFlow
            _, _, reason = error.message.rpartition("; ")
            raise InputError(
                f"'{folder}' was not written: TensorFlow could not write a file "
                f"({one_line(reason, 100)}); see that the disk has room."
            ) from error
    return folder


class _Weights(tf.Module):
    """The variables of a network as TensorFlow's own, without its Python class.

    TensorFlow's writer copies Keras variables, and saves values for the copies alone,
    while the signatures read the originals. Python loads both; the C++ loader of
    TensorFlow Serving and of the C API finds variables without a value.
    """

    def __init__(self, network: keras.Model) -> None:
        super().__init__()
        self.weights = [variable.value for variable in network.variables]


def _write(weights: _Weights, folder: Path, signatures: dict[str, Any]) -> None:
    try:
        with captured_logs("tensorflow"):
            tf.saved_model.save(weights, str(folder), signatures)
    except (AssertionError, ValueError) as error:
        reason = one_line(error)
        raise InputError(f"The generator cannot be a SavedModel: {reason}") from error


def _version_folder(base: Path, version: int | None) -> Path:
    if base.exists() and not base.is_dir():
        raise InputError(f"`directory` must be a folder; '{base}' is a file.")
    taken = manifest.version_folders(base)
    if version is None:
        version = max(taken, default=0) + 1
    version = check_positive_int("version", version)
    if version in taken:
        raise InputError(
            f"`version={version}` exists in '{base}'; a server may be using it. Leave "
            f"`version` out for the next free one, {max(taken) + 1}."
        )
    return base / str(version)
