"""Describes the training of a generator, for its manifest and its model card."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Provenance:
    """The known facts about a training; any attribute may be None.

    Attributes:
        name: The name of the generator, such as its preset.
        data: The source of the training data, as in `data.load`.
        split: The part of the source that was trained on.
        num_examples: The number of training images.
        licence: The licence of the data: an SPDX identifier, or a few words.
        class_names: The name of each label.
        recipe: The settings of the training, in types that JSON can hold.
        figures: The figures of an evaluation, by name.
        conditions: The conditions of the figures: extractor, counts, data.
        memorization: The result of comparing samples with training images.
        begun_from: The generator whose weights the training began with, its data and
            their licence.

    Example:
        >>> provenance = keras_gan.export.Provenance(
        ...     name="faces", data="folder:faces", licence="CC-BY-4.0")
        >>> keras_gan.export.save_onnx(gan, "faces.onnx", provenance=provenance)
        PosixPath('faces.onnx')
    """

    name: str | None = None
    data: str | None = None
    split: str | None = None
    num_examples: int | None = None
    licence: str | None = None
    class_names: tuple[str, ...] | None = None
    recipe: Mapping[str, Any] | None = None
    figures: Mapping[str, float] | None = None
    conditions: str | None = None
    memorization: str | None = None
    begun_from: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Returns the attributes that are known, in types that JSON can hold."""
        values = {key: _plain(value) for key, value in vars(self).items()}
        return {key: value for key, value in values.items() if value is not None}

    @classmethod
    def from_dict(cls, values: Any) -> Provenance:
        """Returns the provenance that `to_dict` wrote.

        Args:
            values: The known attributes by name.

        Raises:
            ValueError: If a key is unknown or its value is of another kind.
        """
        if not isinstance(values, dict):
            raise ValueError("its 'provenance' is no object")
        known = {field.name for field in dataclasses.fields(cls)}
        for key, value in values.items():
            if key not in known or not _FITS.get(key, _is_text)(value):
                raise ValueError(f"the provenance's {key!r} is unknown or wrong")
        known_values: dict[str, Any] = dict(values)
        if "class_names" in known_values:
            known_values["class_names"] = tuple(known_values["class_names"])
        return cls(**known_values)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_FITS = {
    "num_examples": lambda v: type(v) is int and v >= 0,
    "class_names": lambda v: isinstance(v, list) and all(map(_is_text, v)),
    "recipe": lambda v: isinstance(v, dict),
    "figures": lambda v: (
        isinstance(v, dict) and all(type(x) in (int, float) for x in v.values())
    ),
}
