"""Starts a run from the weights of another, once."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan.distribution.workers import bytes_from_chief, check_agreement
from keras_gan.presets import Recipe
from keras_gan.runs.folder import RunFolder
from keras_gan.trained_generators.file_kinds import KERAS, RUN, find_generator
from keras_gan.trained_generators.hub_address import is_address
from keras_gan.trained_generators.provenance import begun_from
from keras_gan.training import GAN
from keras_gan.training.loading import load_gan
from keras_gan.training.starting import freeze_layers, take_weights


class Pretrained:
    """The run or file from which a recipe says to start.

    A run that is continued has all weights in its checkpoints. It reads the file again
    only if it has no checkpoint to go on from, and only if it is still the same file.

    Args:
        recipe: The recipe, whose `pretrained` is not None.
        record: The attribute of that name, of a run that is continued; None reads the
            file.

    Attributes:
        record: The path as given, or the address with its commit, the name of the file,
            its SHA-256, the step of its GAN, and a phrase on its data and their
            licence, for `config.json`.
        summary: Tells how many layers have started from it; None before they have.

    Raises:
        ValueError: If there is no GAN at the path that can be loaded.
    """

    def __init__(self, recipe: Recipe, record: dict[str, Any] | None = None) -> None:
        self.recipe = recipe
        self.path = str(recipe.pretrained)
        self.summary: str | None = None
        self._source: GAN | None = None
        if record is not None and is_address(self.path):
            self.path = record["path"]  # of the commit, whatever was pushed since
        if record is None:
            file = self._file()
            self._source, digest = load_gan(file), _digest(file)
            step = int(self._source.step)
            record = {
                "path": self.path,
                "file": file.name,
                "sha256": digest,
                "step": step,
                "begun_from": begun_from(self.path),
            }
        self.record = record

    @classmethod
    def of(
        cls,
        recipe: Recipe,
        continued: RunFolder | None,
        strategy: tf.distribute.Strategy,
    ) -> Pretrained | None:
        """Returns the start that a recipe names, if it does.

        Call it outside of the strategy's scope: the GAN that is read needs no copy for
        each device.

        Args:
            recipe: The recipe.
            continued: The folder of a run that goes on; None for a new one.
            strategy: Under which the run trains.

        Raises:
            ValueError: If there is no GAN that can be loaded, or the workers have
                different files.
        """
        if recipe.pretrained is None:
            return None
        record = None
        if continued is not None and continued.config.is_file():
            record = json.dumps(continued.read_config().get("pretrained")).encode()
        # A worker that is not the chief need not have the folder.
        record = json.loads(bytes_from_chief(strategy, record) or b"null")
        pretrained = cls(recipe, record)
        digest = pretrained.record["sha256"].encode()
        check_agreement(strategy, **{"file of `pretrained`": digest})
        return pretrained

    def prepare(self, gan: GAN) -> None:
        """Gives a new GAN its weights, and freezes layers, before `compile`."""
        if self._source is None:
            freeze_layers(gan.discriminator, self.recipe.freeze)
        else:
            self._take(gan, self._source, self.recipe.freeze)

    def start_anew(self, gan: GAN) -> None:
        """Gives a GAN its weights where a continued run has found no checkpoint.

        Raises:
            ValueError: If the file is no longer there, or is another one.
        """
        if self.summary is not None:
            return
        try:
            file = self._file()
            digest = _digest(file)
        except (InputError, OSError) as error:
            raise InputError(self._lost(f"cannot be read ({error})")) from error
        if digest != self.record["sha256"]:
            raise InputError(self._lost("has changed since"))
        self._take(gan, load_gan(file), freeze=0)

    def _lost(self, fault: str) -> str:
        return (
            "The run has no checkpoint to go on from, and the file from which it "
            f"started, '{self.path}', {fault}. Put that file back (SHA-256 "
            f"{self.record['sha256']}), or start another run."
        )

    def _take(self, gan: GAN, source: GAN, freeze: int) -> None:
        name = f"'{self.path}'"
        try:
            self.summary = take_weights(gan, source, name, freeze=freeze)
        except InputError as error:
            raise InputError(f"{error}{self._differing_fields()}") from error
        self._source = None

    def _differing_fields(self) -> str:
        """Returns a sentence on the other run's networks, if they were described."""
        folder = RunFolder(self.path)
        if not folder.config.is_file():
            return ""
        other = folder.read_values()
        different = [
            f"`{name}={other[name]!r}`"
            for name in ("architecture", "architecture_options", "latent_dim")
            if name in other and other[name] != getattr(self.recipe, name)
        ]
        return f" That run has {', '.join(different)}." if different else ""

    def _file(self) -> Path:
        """Returns the `.keras` file at the path; of a run the best, as everywhere."""
        found = find_generator(self.path)
        self.path = found.address or self.path
        if found.kind == RUN:
            return RunFolder(found.path).saved_gan().file
        if found.kind != KERAS:
            raise InputError(
                f"`pretrained` '{self.path}' must be a run or a .keras file, which "
                "hold both networks; an export holds the generator alone."
            )
        return found.path


def _digest(file: Path) -> str:
    """Returns the SHA-256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
