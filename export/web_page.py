"""Exports a generator as a web page that explores its latent space."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan._checks import InputError, check_positive_int
from keras_gan._files import atomic_path, taking_turns
from keras_gan.export import onnx_file, runtime
from keras_gan.export.arrays import short_numbers
from keras_gan.export.errors import VerificationError
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.export.parity import keras_generator
from keras_gan.export.provenance import Provenance
from keras_gan.export.web import onnxruntime_web as library
from keras_gan.export.web import page_files
from keras_gan.export.web.latent_directions import principal_directions
from keras_gan.plotting import SOFTWARE, SYNTHETIC
from keras_gan.plotting.picture import shown_channels
from keras_gan.training import GAN

# The ends of the sliders, in standard deviations of the prior.
_REACH = 4.0
_METHOD = (
    "leading eigenvectors of the mean metric tensor E[J^T J] of the generator "
    "(Wang and Ponce 2021), the one that changes the images most first"
)


def save_web_page(
    gan: GAN,
    directory: str | os.PathLike[str],
    *,
    title: str | None = None,
    directions: int = 8,
    onnxruntime_web: str | os.PathLike[str] | None = None,
    provenance: Provenance | None = None,
) -> Path:
    """Exports the sampler of `gan` as a static page that explores its latent space.

    The folder holds the page, `generator.onnx` with its manifest (verified as by
    `save_onnx`), `generator.json` (shapes, prior, directions) and onnxruntime-web. It
    appears whole or not at all, needs nothing from the network, and is served by any
    server of static files. A seed is the same image there as in `gan.sample`. Its
    JavaScript modules work in Node.js too, except `explorer.js`, the page's controls.
    Transparent parts show a light checkerboard, and are transparent in the downloaded
    file. Of images with more than four channels the page shows the first three as
    colours, and says so.

    Args:
        gan: The trained model, of pictures; its moving average is exported, where
            there is one.
        directory: The folder to write. An earlier page there is replaced, and any
            other folder refused.
        title: The name of the generator on the page; None for the name of `gan`.
        directions: The number of sliders. They move the latent along the directions
            that change the images most on average.
        onnxruntime_web: The npm package onnxruntime-web, as a `.tgz` file or a folder;
            None for the folder into which scripts/build_web.py puts it.
        provenance: The known facts about the training, for the manifest; the page's
            class picker shows its class names.

    Returns:
        The path of the folder.

    Raises:
        ValueError: If the folder holds something else than a page, the generator draws
            no pictures or cannot be exported, or onnxruntime-web is missing or another
            version than the one tested; a `VerificationError` if the ONNX file does
            not equal the model.

    Example:
        >>> keras_gan.export.save_web_page(gan, "run/page")
        PosixPath('run/page')

    Source: Wang and Ponce, "The Geometry of Deep Generative Image Models and its
        Applications", 2021, for the directions.
    """
    directory = Path(directory)
    page_files.check_replaceable(directory)
    directions = check_positive_int("directions", directions)
    spec = keras_generator.spec_of(gan)
    if not spec.is_picture:
        raise InputError(
            "The page shows pictures, (height, width, channels) with a "
            f"`value_range`; the generator makes {spec.image_shape} in the range "
            f"{spec.value_range}."
        )
    files = library.find(onnxruntime_web)
    with taking_turns(directory.absolute().parent, directory.name):
        page_files.check_replaceable(directory)
        try:
            with atomic_path(directory) as temporary:
                page_files.copy_files(temporary, files)
                path = onnx_file.save_onnx(
                    gan, temporary / page_files.GENERATOR, provenance=provenance
                )
                found = principal_directions(runtime.load(path), directions)
                name = gan.name if title is None else title
                content = _description(name, spec, provenance, found)
                text = json.dumps(content, allow_nan=False)
                (temporary / page_files.DESCRIPTION).write_text(text, encoding="utf-8")
                if directory.exists():  # removed with the folder of `temporary`
                    os.replace(directory, temporary.with_name("replaced"))
        except VerificationError as error:
            message = str(error).replace(str(temporary), str(directory))
            raise VerificationError(message) from error
    return directory


def _description(
    title: str,
    spec: GeneratorSpec,
    provenance: Provenance | None,
    directions: np.ndarray,
) -> dict[str, Any]:
    """Returns the content of the page's `generator.json`."""
    return {
        "format": page_files.FORMAT,
        "format_version": page_files.FORMAT_VERSION,
        "title": title,
        **spec.to_dict(),
        "class_names": provenance and provenance.class_names,
        "shown": shown_channels(spec.image_shape),
        "png_text": {"Software": SOFTWARE, "Source": SYNTHETIC},
        "directions_are": _METHOD,
        "reach": _REACH,
        "directions": short_numbers(directions),
    }
