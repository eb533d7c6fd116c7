"""Holds the figures of one evaluation, and the conditions that they depend on."""

from __future__ import annotations

import dataclasses
import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keras_gan._checks import InputError, one_line
from keras_gan._files import write_json
from keras_gan.evaluation.classification_accuracy import ClassificationAccuracy
from keras_gan.notebooks.tables import html_table

# Figures that are better when smaller; all others are better when larger.
_LESS = frozenset(
    {
        "frechet",
        "kernel",
        "sliced_wasserstein",
        "mode_kl",
        "pyramid",
        "patch_frechet",
    }
)

FIGURES = {
    "precision_recall": ("precision", "recall"),
    "density_coverage": ("density", "coverage"),
    "mode_coverage": ("modes", "mode_kl"),
}
"""The names of the figures of the metrics that have more than one."""


def metric_of(name: str) -> str:
    """Returns the metric that gives the figure of a name; other names stay.

    Example:
        >>> metric_of("recall")
        'precision_recall'
    """
    if name.startswith("pyramid_"):
        return "pyramid"
    return next((metric for metric, found in FIGURES.items() if name in found), name)


def metric_names(names: Sequence[str]) -> list[str]:
    """Returns the metrics that names ask for, each once.

    Args:
        names: Names of metrics, or of their figures.

    Example:
        >>> metric_names(["precision", "frechet", "recall"])
        ['precision_recall', 'frechet']
    """
    return list(dict.fromkeys(metric_of(name) for name in names))


@dataclass(frozen=True, repr=False)
class Evaluation:
    """The figures that metrics gave samples, and the conditions of the comparison.

    Attributes:
        values: The figures by name. "frechet" is a Fréchet distance between features of
            this extractor; only with the reference Inception network would it be a FID.
        extractor: The name of the extractor of the features.
        resize: The way in which images were resized for the extractor; "none" if they
            were not.
        real_count: The number of images of the data.
        fake_count: The number of samples.
        data: The source and split of the data.
        fingerprint: The SHA-256 of the data's images, 64 hexadecimal digits.
        seed: The seed of the samples.
        truncation: The factor in (0, 1] on the latents; None for none.
        generator: The name of the generator.
        step: The training steps that the generator had done; None if unknown.
        real: The figures of real examples in place of the samples, against other real
            ones: what a perfect generator would have. Those that need more examples
            are missing; None in a file of an earlier version.
        real_counts: The numbers of examples of `real`: `(real_count, fake_count)` where
            the data are enough, else smaller ones; None where `real` is.
        extractor_sha256: The SHA-256 of the extractor's file or weights, 64 hexadecimal
            digits; None where it has none, and in a file of an earlier version.
        extractor_range: (low, high) of the numbers that the extractor takes; None as
            before.

    Example:
        >>> evaluator = evaluation.Evaluator(images, extractor="pixels")
        >>> evaluator.evaluate(gan, n=1000).values["frechet"]  # doctest: +SKIP
    """

    values: Mapping[str, float]
    extractor: str
    resize: str
    real_count: int
    fake_count: int
    data: str
    fingerprint: str
    seed: int
    truncation: float | None = None
    generator: str = ""
    step: int | None = None
    real: Mapping[str, float] | None = None
    real_counts: tuple[int, int] | None = None
    extractor_sha256: str | None = None
    extractor_range: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        for name in ("real_counts", "extractor_range"):
            if isinstance(getattr(self, name), list):  # from JSON
                object.__setattr__(self, name, tuple(getattr(self, name)))

    def __repr__(self) -> str:
        figures = ", ".join(f"{name} {x:.4g}" for name, x in self.values.items())
        counts = f"{self.fake_count} samples against {self.real_count} of {self.data}"
        return one_line(f"Evaluation({figures}; {counts})", None)

    def _repr_html_(self) -> str:
        """Returns a table of the figures for notebooks."""
        return html_table(
            [
                (name, value, self.real_text(name), self.better(name))
                for name, value in self.values.items()
            ],
            header=("", "samples", "real", "better"),
            title=self.generator,
            notes=[conditions_of(self)],
        )

    def real_text(self, name: str) -> str:
        """Returns the figure of real examples as text, "–" where there is none.

        Where it was made of fewer examples than that of the samples, a distance that a
        perfect generator would have is at most as large: "≤ 1.2".

        Args:
            name: The name of the figure.
        """
        value = (self.real or {}).get(name)
        if value is None:
            return "–"
        fewer = self.real_counts not in (None, (self.real_count, self.fake_count))
        bound = "≤ " if fewer and self.better(name) == "less" else ""
        return f"{bound}{value:.4g}"

    def to_dict(self) -> dict[str, Any]:
        """Returns the attributes by name, in values that JSON can hold."""
        return {
            **dataclasses.asdict(self),
            "values": dict(self.values),
            "real": None if self.real is None else dict(self.real),
            "real_counts": None if self.real_counts is None else [*self.real_counts],
            "extractor_range": None
            if self.extractor_range is None
            else [*self.extractor_range],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Evaluation:
        """Returns the evaluation that `to_dict` described.

        Args:
            values: The attributes by name.

        Raises:
            ValueError: If something is missing or unknown.
        """
        try:
            return cls(**values)
        except TypeError as error:
            raise InputError(f"This is no evaluation: {error}.") from None

    def with_accuracy(self, accuracy: ClassificationAccuracy) -> Evaluation:
        """Returns a copy with the figure "classification_accuracy" as the last one.

        Args:
            accuracy: The accuracy of the classifier of samples, and the one of real
                images, which becomes the figure of real examples.
        """
        return dataclasses.replace(
            self,
            values={**self.values, "classification_accuracy": accuracy.fake},
            real={**(self.real or {}), "classification_accuracy": accuracy.real},
        )

    def check_comparable(self, other: Evaluation) -> None:
        """Refuses to compare figures that were not made in the same way.

        The numbers of samples must agree too, because a Fréchet distance falls with
        the number of samples.

        Args:
            other: The evaluation to compare with.

        Raises:
            ValueError: If the extractor, the resizing, the counts or the data differ.

        Source: the bias in the number of samples: Chong and Forsyth, "Effectively
        unbiased FID and Inception score", 2020.
        """
        for name in (
            "extractor",
            "resize",
            "real_count",
            "fake_count",
            "fingerprint",
        ):
            mine, others = getattr(self, name), getattr(other, name)
            if mine != others:
                raise InputError(
                    f"These evaluations cannot be compared: their `{name}` is {mine!r} "
                    f"and {others!r}. Evaluate both in the same way."
                )

    def is_better_than(self, other: Evaluation, metric: str) -> bool:
        """Returns whether the figure of that name is better than the other's.

        Any number is better than NaN.

        Args:
            other: The evaluation to compare with.
            metric: The name of a figure in the `values` of both.

        Raises:
            ValueError: If the two cannot be compared, or have no such figure.
        """
        self.check_comparable(other)
        for evaluation in (self, other):
            if metric not in evaluation.values:
                raise InputError(
                    f"`metric` must be one of {sorted(evaluation.values)}; got "
                    f"{metric!r}."
                )
        mine, others = self.values[metric], other.values[metric]
        if math.isnan(others):
            return not math.isnan(mine)
        return mine < others if self.better(metric) == "less" else mine > others

    @staticmethod
    def better(metric: str) -> str:
        """Returns "less" or "more", whichever is better for the figure of that name.

        Args:
            metric: The name of a figure, such as "frechet". An unknown one counts as
                better with more.
        """
        less = metric in _LESS or metric.startswith("pyramid_")
        return "less" if less else "more"


def conditions_of(evaluation: Evaluation) -> str:
    """Returns the counts, seed, truncation, data and extractor of an evaluation."""
    truncation = evaluation.truncation
    truncated = "" if truncation is None else f", truncation {truncation:g}"
    shown = (
        f"{evaluation.fake_count} samples (seed {evaluation.seed}{truncated}) against "
        f"{evaluation.real_count} of {evaluation.data}; features: "
        f"{evaluation.extractor}, resize: {evaluation.resize}"
    )
    if evaluation.real_counts is None:
        return shown
    real, fake = evaluation.real_counts
    same = (real, fake) == (evaluation.real_count, evaluation.fake_count)
    few = ""
    if not same:
        few = ", as there are no more; fewer make distances larger, hence ≤"
    return f"{shown}; real: {fake} of the data against {real} others{few}"


def write_evaluation(path: str | os.PathLike[str], evaluation: Evaluation) -> None:
    """Writes an evaluation as JSON."""
    write_json(path, evaluation.to_dict())


def read_evaluation(path: Path) -> Evaluation | None:
    """Reads what `write_evaluation` wrote; returns None if there is no file.

    Raises:
        ValueError: If the file is damaged; it is named.
    """
    if not path.is_file():
        return None
    try:
        return Evaluation.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise InputError(
            f"'{path}': it is damaged ({error}); run keras-gan evaluate again."
        ) from None
