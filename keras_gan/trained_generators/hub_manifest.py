"""Writes and reads the manifest of a generator's repository on a hub.

It is the file `keras_gan.json` in the repository. Its keys:

- `format`, `format_version`: "keras_gan.repository" and 1.
- `generator`: the name of the `.keras` file.
- `training_step`: the number of training steps of that GAN.
- `provenance`: the attributes of `export.Provenance` that are known.
- `versions`: of the package and of Keras.
- `files`: SHA-256 sum and size in bytes of the other files, by name. README.md is not
  among them: people may edit it on the hub.
- `sha256`: the checksum of all the other keys.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keras_gan._checks import InputError, one_line
from keras_gan._files import read_text
from keras_gan._limits import LIMITS
from keras_gan.export import Provenance, manifest
from keras_gan.safety.seal import is_sealed_json, seal_json

MANIFEST = "keras_gan.json"
"""The name of the manifest in a repository."""

FORMAT = "keras_gan.repository"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class HubManifest:
    """A manifest's content; the module's docstring explains each key."""

    generator: str
    training_step: int
    provenance: Provenance
    versions: Mapping[str, str]
    files: Mapping[str, Mapping[str, Any]]

    def to_json(self) -> str:
        """Returns the text of the manifest."""
        content = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "generator": self.generator,
            "training_step": self.training_step,
            "provenance": self.provenance.to_dict(),
            "versions": self.versions,
            "files": self.files,
        }
        content = json.loads(json.dumps(content, allow_nan=False))
        return json.dumps(seal_json(content), indent=2) + "\n"

    @classmethod
    def read(cls, path: Path) -> HubManifest:
        """Reads the manifest at a path.

        Raises:
            ValueError: If it is malformed, changed or of another version.
        """
        try:
            return cls._parse(json.loads(read_text(path, LIMITS.metadata_bytes)))
        except Exception as error:  # JSON of any content, from anybody
            raise InputError(
                f"'{path}': refused: it is no usable manifest ({one_line(error)})."
            ) from error

    @classmethod
    def _parse(cls, content: Any) -> HubManifest:
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise ValueError(f"its 'format' is not '{FORMAT}'")
        if content.get("format_version") != FORMAT_VERSION:
            raise ValueError(
                f"its format_version is {content.get('format_version')!r}, this "
                f"package reads {FORMAT_VERSION}"
            )
        if not is_sealed_json(content):
            raise ValueError("its checksum is another: it was changed")
        files = manifest.checked_files(content.get("files"))
        generator, step = content.get("generator"), content.get("training_step")
        if generator not in files or type(step) is not int:
            raise ValueError("its 'generator' or 'training_step' is malformed")
        return cls(
            generator=generator,
            training_step=step,
            provenance=Provenance.from_dict(content.get("provenance")),
            versions=manifest.checked_versions(content.get("versions")),
            files=files,
        )


def recorded_provenance(generator: Path) -> Provenance | None:
    """Returns what the manifest beside a generator's file says of its training.

    Args:
        generator: A file of a repository that was downloaded.

    Returns:
        The known facts; None if there is no manifest, or it is of other files.

    Raises:
        ValueError: If the manifest is malformed or changed.
    """
    path = generator.with_name(MANIFEST)
    if not path.is_file():
        return None
    recorded = HubManifest.read(path)
    return recorded.provenance if generator.name in recorded.files else None
