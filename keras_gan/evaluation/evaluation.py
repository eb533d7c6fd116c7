"""The figures of one evaluation, and all that they depend on."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keras_gan._checks import InputError

# Figures of which less is better; of the others more is.
_LESS = frozenset({"frechet", "kernel", "sliced_wasserstein", "mode_kl"})


@dataclass(frozen=True)
class Evaluation:
    """What metrics say about samples, and how they came to it.

    Attributes:
        values: The figures by name. "frechet" is a Fréchet distance between features of
            this extractor; only with the reference Inception network would it be a FID.
        extractor: The name of what made the features.
        resize: What was done to the images' size before.
        real_count: How many images of the data were compared.
        fake_count: How many samples.
        data: The source and split of the data.
        fingerprint: The SHA-256 of the images compared.
        seed: Seeds the samples.
        truncation: Of the latents; None for none.
        generator: Whose samples they are.

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

    def to_dict(self) -> dict[str, Any]:
        """Returns everything under its name, in values that JSON can hold."""
        return {**dataclasses.asdict(self), "values": dict(self.values)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Evaluation:
        """Makes an evaluation of what `to_dict` returned.

        Raises:
            ValueError: If something is missing or unknown.
        """
        try:
            return cls(**values)
        except TypeError as error:
            raise InputError(f"This is no evaluation: {error}.") from None

    def check_comparable(self, other: Evaluation) -> None:
        """Refuses to compare figures that were not made in the same way.

        The count of samples is among what must agree: a Fréchet distance falls with it.

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
        """Whether the figure of that name is nearer to its best.

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
        return mine < others if metric in _LESS else mine > others

    @staticmethod
    def better(metric: str) -> str:
        """Whether "less" or "more" is better in the figure of that name."""
        return "less" if metric in _LESS else "more"
