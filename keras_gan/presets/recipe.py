"""Defines one training completely, in plain values."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keras_gan import priors
from keras_gan._checks import (
    InputError,
    check_at_most,
    check_choice,
    check_image_size,
    check_positive_int,
    check_seed,
    check_steps_per_execution,
    check_value_range,
    counted,
    missing_error,
    one_line,
)
from keras_gan._limits import LIMITS
from keras_gan.notebooks.tables import html_table
from keras_gan.pages.template import plain
from keras_gan.presets.field_names import PENALTIES, unknown_field

_PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")


@dataclass(frozen=True, repr=False)
class Recipe:
    """All values that define a training, such that JSON can hold them.

    Attributes:
        architecture: A name that `architectures.build` knows.
        generator_optimizer: "name" and the arguments of a Keras optimizer, such as
            `{"name": "adam", "learning_rate": 2e-4, "beta_1": 0.5}`. An argument may
            be a schedule, a mapping of the same kind.
        discriminator_optimizer: The same for the other network.
        data: A source that `data.load` knows.
        split: The part of it to train on.
        image_size: The height and width in pixels, or one number for both, to which
            images are resized; None keeps theirs.
        resize: The way to another aspect ratio; see `data.load`.
        channels: The number of channels, 1 to 4, to convert to; None keeps theirs.
        mirror: Whether half of the images are mirrored; see `data.load`.
        test_split: The images that training does not see, for the copy test and the
            nearest neighbours; None for the part "test" where there is one.
        labels: Whether the GAN is conditional on the labels of the data.
        value_range: (low, high) of the images; None for points.
        source_range: (low, high) of the images as stored; None for all of their type.
        architecture_options: Options of that architecture.
        latent_dim: The numbers of a latent.
        prior: The distribution of latents: "normal", "uniform" or "sphere".
        loss: A name that `losses.get` knows, or "name" and the arguments of a class of
            `losses`, such as `{"name": "AuxiliaryClassifier", "loss": "hinge"}`.
        penalties: "name" and the arguments of each class of `losses.penalties`.
        augment: "name" and the arguments of a class of `augmentation`; None for none.
        pretrained: A run, a `.keras` file or an address such as "hf://user/name", whose
            weights the networks start from, wherever layers fit (see
            `training.start_from`); None for initial weights.
        freeze: The number of the discriminator's first layers with weights that stay as
            `pretrained` has them.
        pack: The number of images that the discriminator judges at once, as in PacGAN.
        discriminator_steps: k of Algorithm 1.
        simultaneous: Whether both networks are updated at once, not in turn.
        ema_decay: Decay in (0, 1) of the generator's moving average; None for none.
        precision: "float32", or "mixed_bfloat16" or "mixed_float16" for networks that
            compute in half precision and keep their weights in float32.
        jit_compile: Whether XLA compiles the training step, or "auto".
        steps_per_execution: Steps that one call of the compiled function runs, or
            "auto".
        batch_size: Images per step, a multiple of `discriminator_steps` times `pack`.
        epochs: Epochs to train for.
        passes_per_epoch: Passes over the data in an epoch: with few images more than
            one, because each epoch ends with samples and a saved GAN.
        seed: Seeds weights, noise and the order of the data, 0 to 2³² − 1.

    Raises:
        ValueError: If a value is of the wrong kind or out of range.

    Example:
        >>> recipe = presets.get("digits").recipe.replace(epochs=5)
        >>> Recipe.from_dict(recipe.to_dict()) == recipe
        True
    """

    architecture: str
    generator_optimizer: Mapping[str, Any]
    discriminator_optimizer: Mapping[str, Any]
    data: str = "mnist_10k"
    split: str = "train"
    image_size: int | tuple[int, int] | None = None
    resize: str | None = None
    channels: int | None = None
    mirror: bool = False
    test_split: str | None = None
    labels: bool = False
    value_range: tuple[float, float] | None = (-1.0, 1.0)
    source_range: tuple[float, float] | None = None
    architecture_options: Mapping[str, Any] = field(default_factory=dict)
    latent_dim: int = 100
    prior: str = "normal"
    loss: str | Mapping[str, Any] = "non_saturating"
    penalties: tuple[Mapping[str, Any], ...] = ()
    augment: Mapping[str, Any] | None = None
    pretrained: str | None = None
    freeze: int = 0
    pack: int = 1
    discriminator_steps: int = 1
    simultaneous: bool = False
    ema_decay: float | None = None
    precision: str = "float32"
    jit_compile: bool | str = "auto"
    steps_per_execution: int | str = "auto"
    batch_size: int = 64
    epochs: int = 10
    passes_per_epoch: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.data, str):
            raise InputError(
                "`data` must be the name of a source, by which a run can be resumed; "
                f"got {type(self.data).__name__}. Save an array by `numpy.savez("
                "'mine.npz', x_train=images, y_train=labels)` and give 'npz:mine.npz'."
            )
        for name in ("architecture", "split"):
            _check_kind(name, getattr(self, name), str, "a name")
        priors.get(self.prior)
        for name in ("labels", "mirror", "simultaneous"):
            _check_kind(name, getattr(self, name), bool, "true or false")
        _check_kind(
            "architecture_options", self.architecture_options, Mapping, "a mapping"
        )
        self._check_sizes()
        check_steps_per_execution(self.steps_per_execution)
        check_seed("seed", self.seed)
        self._check_minibatches()
        self._check_start()
        _check_decay(self.ema_decay)
        check_choice("precision", self.precision, _PRECISIONS)
        if self.jit_compile not in (True, False, "auto"):
            raise InputError(
                f"`jit_compile` must be true, false or 'auto'; got "
                f"{self.jit_compile!r}."
            )
        self._check_descriptions()
        # Lists read from JSON become tuples, so that equal recipes compare equal.
        object.__setattr__(self, "penalties", tuple(self.penalties))
        for name in ("value_range", "source_range"):
            if (given := getattr(self, name)) is not None:
                checked = check_value_range(given, argument=name)
                object.__setattr__(self, name, checked)
        if isinstance(self.image_size, list):
            object.__setattr__(self, "image_size", tuple(self.image_size))

    def _check_sizes(self) -> None:
        """Refuses numbers that are no positive integers, or that no memory holds."""
        for name in (
            "latent_dim",
            "discriminator_steps",
            "pack",
            "batch_size",
            "epochs",
            "passes_per_epoch",
        ):
            check_positive_int(name, getattr(self, name))
        for name, most, what in (
            ("latent_dim", LIMITS.latent_dim, "numbers of a latent"),
            ("batch_size", LIMITS.images, "images of one step"),
        ):
            check_at_most(name, getattr(self, name), most, what, "give fewer")
        check_image_size(self.image_size, LIMITS.pixels)

    def _check_minibatches(self) -> None:
        """Refuses a batch that cannot be cut, and packs with labels."""
        if self.batch_size % (self.discriminator_steps * self.pack):
            raise InputError(
                "`batch_size` must be a multiple of `discriminator_steps` times `pack`"
                f", which is {self.discriminator_steps * self.pack}; got "
                f"{self.batch_size}."
            )
        if self.pack > 1 and self.labels:
            raise InputError(
                "`pack` > 1 is for GANs without labels; set `labels` to false."
            )

    def _check_start(self) -> None:
        """Refuses a source of weights that is no path, and frozen layers without it."""
        if self.pretrained is not None:
            _check_kind("pretrained", self.pretrained, str, "a path or null")
        check_positive_int("freeze", self.freeze, minimum=0)
        if self.freeze and self.pretrained is None:
            raise InputError(
                f"`freeze={self.freeze}` would keep layers of the discriminator at "
                "their initial, random weights; give `pretrained`, a run or a .keras "
                "file to start from, or leave `freeze` out."
            )

    def _check_descriptions(self) -> None:
        """Refuses fields that describe an object without naming its class."""
        for name in ("generator_optimizer", "discriminator_optimizer"):
            _check_named(name, getattr(self, name))
        if not isinstance(self.loss, str):
            _check_named("loss", self.loss, '"hinge" or {"name": "hinge"}')
        if self.augment is not None:
            _check_named("augment", self.augment, 'null or {"name": "DiffAugment"}')
        _check_kind("penalties", self.penalties, (list, tuple), f"a list: {PENALTIES}")
        for penalty in self.penalties:
            _check_named("penalties", penalty, PENALTIES[1:-1])

    def __repr__(self) -> str:
        """Returns the recipe in a few words; `to_dict` has all values."""
        return one_line(
            f"Recipe({self.architecture} on {self.data}, "
            f"{counted(self.epochs, 'epoch')} of "
            f"batches of {self.batch_size}, loss {plain(self.loss)})",
            None,
        )

    def _repr_html_(self) -> str:
        """Returns the values that are not the usual ones as a table for notebooks."""
        usual = {item.name: item.default for item in dataclasses.fields(self)}
        rows = [
            (name, plain(value))
            for name, value in self.to_dict().items()
            if value not in (usual[name], {})
        ]
        return html_table(rows, notes=["All other fields have their usual values."])

    def replace(self, **changes: Any) -> Recipe:
        """Returns a copy with some values changed.

        Args:
            **changes: New values of fields.

        Raises:
            ValueError: If a field is unknown, or its value is wrong.
        """
        _check_fields(changes)
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Returns the values by name, such that JSON can hold them."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Recipe:
        """Returns the recipe of values by name, as `to_dict` returns them.

        Args:
            values: The fields; those with a default may be missing.

        Raises:
            ValueError: If a field is unknown or missing, or its value is wrong.
        """
        _check_kind("recipe", values, Mapping, "a mapping")
        _check_fields(values)
        required = ("architecture", "generator_optimizer", "discriminator_optimizer")
        for name in required:
            if name not in values:
                raise InputError(f"The recipe lacks `{name}`.")
        return cls(**values)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Recipe:
        """Returns the recipe in a JSON file, or in the `config.json` of a run.

        Args:
            path: The file.

        Raises:
            ValueError: If the file cannot be read or holds no recipe; it is named.
        """
        try:
            values = json.loads(Path(path).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise missing_error(path, "file") from None
        except (OSError, ValueError, RecursionError) as error:
            raise InputError(
                f"'{path}': it cannot be read as JSON: {error}. Recipes are JSON, as "
                "`keras-gan presets digits --json` prints one."
            ) from None
        if isinstance(values, dict) and isinstance(values.get("training"), dict):
            raise InputError(
                f"'{path}': it describes the training of a `fit` script, which has no "
                "recipe; run the script again to repeat it or, with "
                "`callbacks.Checkpoint`, to continue it."
            )
        if isinstance(values, dict) and "recipe" in values:
            # Runs of earlier versions stretched the images of folders, too.
            values = values["recipe"]
            if isinstance(values, dict):
                values = {"resize": "stretch"} | values
        try:
            return cls.from_dict(values)
        except InputError as error:
            raise InputError(f"'{path}': {error}") from None


def _check_fields(values: Mapping[str, Any]) -> None:
    """Refuses names that are no fields of a recipe."""
    known = [item.name for item in dataclasses.fields(Recipe)]
    for name in values:
        if name not in known:
            raise unknown_field(name, known)


def _check_kind(
    name: str, value: object, kind: type | tuple[type, ...], wording: str
) -> None:
    if not isinstance(value, kind):
        raise InputError(f"`{name}` must be {wording}; got {value!r}.")


def _check_decay(value: object) -> None:
    if value is None or (isinstance(value, float) and 0.0 < value < 1.0):
        return
    raise InputError(f"`ema_decay` must be in (0, 1) or null; got {value!r}.")


def _check_named(
    name: str,
    value: object,
    example: str = '{"name": "adam", "learning_rate": 0.0002}',
) -> None:
    """Refuses a description that is no mapping with the name of a class."""
    if not isinstance(value, Mapping) or not isinstance(value.get("name"), str):
        raise InputError(
            f"`{name}` must be a mapping with a 'name', such as {example}; got "
            f"{value!r}."
        )
