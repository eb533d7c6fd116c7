"""Puts the files of a repository together before they are pushed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import keras

from keras_gan._checks import InputError
from keras_gan._files import write_text
from keras_gan._version import __version__
from keras_gan.export import Provenance, manifest
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.export.model_card import card_facts, save_card_samples
from keras_gan.export.parity.keras_generator import spec_of
from keras_gan.hub.card import metadata
from keras_gan.hub.exports import exports_of
from keras_gan.pages.template import page_template
from keras_gan.trained_generators.file_kinds import KERAS, RUN, find_generator
from keras_gan.trained_generators.hub_manifest import MANIFEST, HubManifest
from keras_gan.trained_generators.loading import saved_gan
from keras_gan.trained_generators.provenance import provenance_of
from keras_gan.training import GAN
from keras_gan.training.loading import load_gan

GENERATOR = "gan.keras"
CARD, SAMPLES = "README.md", "samples.png"


def stage(
    source: GAN | str | os.PathLike[str],
    repository: str,
    folder: Path,
    *,
    which: str | None = None,
    exports: Sequence[str | os.PathLike[str]] = (),
    licence: str | None = None,
) -> dict[str, Path]:
    """Writes the files of a repository into a folder.

    Args:
        source: A GAN, or a run or a `.keras` file that holds one.
        repository: The repository, which the card names.
        folder: Where to write.
        which: As in `open_gan`.
        exports: As in `exports_of`, beside those of a run.
        licence: The licence of the training data; None for the known one.

    Returns:
        The files by their names in the repository; some stay where they are.

    Raises:
        ValueError: If there is no GAN, or an export is changed or of another GAN.
    """
    run, provenance = None, Provenance(licence=licence)
    if isinstance(source, GAN):
        gan = source
        gan.save(folder / GENERATOR)
    else:
        # What is examined and loaded is what is pushed.
        shutil.copyfile(_file_of(source, which), folder / GENERATOR)
        gan = load_gan(folder / GENERATOR)
        provenance = provenance_of(source, licence, step=int(gan.step))
        found = find_generator(source)
        run = found.path if found.kind == RUN else None
    spec, files = spec_of(gan), {GENERATOR: folder / GENERATOR}
    files |= exports_of(gan, run, exports)
    if spec.is_picture:
        files[SAMPLES] = folder / SAMPLES
        save_card_samples(
            files[SAMPLES],
            spec,
            lambda asked: gan.sample(seeds=asked.seeds, labels=asked.labels),
        )
    recorded = HubManifest(
        generator=GENERATOR,
        training_step=spec.training_step,
        provenance=provenance,
        versions={"keras_gan": __version__, "keras": keras.__version__},
        files={name: manifest.checksum(path) for name, path in files.items()},
    )
    write_text(folder / MANIFEST, recorded.to_json())
    write_text(folder / CARD, _card(recorded, spec, repository))
    return files | {name: folder / name for name in (MANIFEST, CARD)}


def _file_of(source: str | os.PathLike[str], which: str | None) -> Path:
    """Returns the `.keras` file of a run, of the package, of a hub, or the file itself.

    Raises:
        ValueError: If there is none.
    """
    saved = saved_gan(source, which)
    if saved is not None:
        return saved.file
    kind, place, _ = find_generator(source)
    if kind != KERAS:
        raise InputError(
            f"'{source}': only a run or a .keras file is pushed, which holds both "
            "networks; give its exports by `exports`."
        )
    return place


def _card(recorded: HubManifest, spec: GeneratorSpec, repository: str) -> str:
    """Returns the text of README.md."""
    facts = card_facts(spec, recorded.provenance, repository.partition("/")[2])
    body = page_template("model_card.md").render(
        **facts,
        generator=f"keras_gan {__version__}",
        file=recorded.generator,
        kind="Keras",
        repository=repository,
        samples=SAMPLES in recorded.files,
        files=recorded.files,
        versions=recorded.versions,
    )
    return metadata(recorded.provenance, spec.num_classes) + body
