"""How far an artifact's outputs may be from the model's, and how far they are.

Everything here is NumPy, so that verification needs no TensorFlow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from keras_gan import priors
from keras_gan.export.generator_spec import GeneratorSpec

BATCH_SIZES = (1, 7, 64)

# Largest difference per unit of the value range's width: 1e-5 on (-1, 1) in float32.
_RELATIVE_TOLERANCE = {"float32": 5e-6, "float16": 1e-2, "int8": 1e-1}


class Mismatch(Exception):  # noqa: N818 - not an error yet: nothing names the file
    """What is wrong with an artifact; a clause to follow the file's path."""


@dataclass(frozen=True)
class Requests:
    """What images an artifact is asked for to be compared with the model.

    Attributes:
        seeds: `(B,)` int64.
        labels: `(B,)` int32, or None for an unconditional generator.
        truncation: `(B,)` float32.
    """

    seeds: np.ndarray
    labels: np.ndarray | None
    truncation: np.ndarray

    def inputs(self, spec: GeneratorSpec) -> dict[str, np.ndarray]:
        """Returns the generator's inputs: `z` [, `label`]."""
        prior = priors.get(spec.prior)
        z = prior.latents(self.seeds, spec.latent_dim, truncation=self.truncation)
        return {"z": z} if self.labels is None else {"z": z, "label": self.labels}

    def picture_inputs(self) -> dict[str, np.ndarray]:
        """Returns the inputs of the signature `generate`."""
        label = {} if self.labels is None else {"label": self.labels}
        return {"seed": self.seeds, **label, "truncation": self.truncation}

    def first(self, count: int) -> Requests:
        """Returns the first `count` of the requests."""
        return self.between(0, count)

    def between(self, start: int, end: int) -> Requests:
        """Returns the requests from `start` up to `end`."""
        part = slice(start, end)
        labels = None if self.labels is None else self.labels[part]
        return Requests(self.seeds[part], labels, self.truncation[part])


@dataclass(frozen=True)
class Reference:
    """What an artifact must reproduce.

    Attributes:
        spec: The generator that is exported.
        requests: As many as the largest batch holds.
        images: The Keras generator's float32 images of the first requests, by batch
            size.
    """

    spec: GeneratorSpec
    requests: Requests
    images: Mapping[int, np.ndarray]


class Reader(Protocol):
    """Something that runs an artifact as its users would."""

    def outputs(self, requests: Requests) -> dict[str, np.ndarray]:
        """Returns `(B, *image_shape)` arrays by output name."""
        ...


def default_requests(
    num_classes: int | None, count: int = max(BATCH_SIZES)
) -> Requests:
    """Returns `count` requests, by default the largest batch; the classes in turn."""
    order = np.arange(count)
    labels = None if num_classes is None else (order % num_classes).astype(np.int32)
    # Every third latent is truncated, by a factor that floats hold exactly.
    truncation = np.where(order % 3 == 2, 0.75, 1.0).astype(np.float32)
    return Requests(priors.spawn_seeds(2014, count), labels, truncation)


def grey_levels(images: np.ndarray, spec: GeneratorSpec) -> np.ndarray:
    """Returns the unrounded levels, in [0, 255], of images in the value range."""
    low, high = spec.grey_range
    return np.clip(
        (np.asarray(images, np.float64) - low) * 255.0 / (high - low), 0, 255
    )


def width_of(spec: GeneratorSpec, images: np.ndarray) -> float:
    """Returns the width of the value range; of data without one, the images' spread."""
    if spec.value_range is None:
        return max(2.0, float(np.ptp(images)))
    return spec.value_range[1] - spec.value_range[0]


def tolerances(spec: GeneratorSpec, images: np.ndarray) -> dict[str, float]:
    """Returns the largest difference allowed, by output.

    Args:
        spec: The exported generator.
        images: The model's images; their spread is the scale of data without a range.
    """
    width = width_of(spec, images)
    relative = _RELATIVE_TOLERANCE[spec.precision]
    # Rounding to a whole level moves a value by up to half a level.
    levels = 0.5 + 255.0 * relative
    image = levels if spec.output == "uint8" else width * relative
    return {"image": image, "image_bytes": levels}


def run(
    reader: Reader, requests: Requests, spec: GeneratorSpec
) -> dict[str, np.ndarray]:
    """Returns the artifact's outputs; whatever goes wrong in it is a `Mismatch`."""
    try:
        outputs = reader.outputs(requests)
    except Exception as error:  # each runtime raises kinds of its own
        reason = " ".join(str(error).split())[:200]
        raise Mismatch(f"it does not run ({reason})") from error
    shape = (len(requests.seeds), *spec.image_shape)
    for name, values in outputs.items():
        if values.shape != shape:
            raise Mismatch(f"its `{name}` has shape {values.shape}, not {shape}")
    return outputs


def differences(
    outputs: Mapping[str, np.ndarray], images: np.ndarray, spec: GeneratorSpec
) -> dict[str, float]:
    """Returns the largest absolute difference to the model's `images`, by output.

    An output of whole grey levels is compared with the model's unrounded ones, so that
    wrong rounding shows.
    """
    result = {}
    for name, values in outputs.items():
        in_levels = name == "image_bytes" or spec.output == "uint8"
        expected = grey_levels(images, spec) if in_levels else images
        gap = np.abs(values.astype(np.float64) - expected.astype(np.float64))
        result[name] = float(np.max(gap))
    return result


def check_differences(
    found: Mapping[str, float], allowed: Mapping[str, float], where: str
) -> None:
    """Raises `Mismatch` if an output is off by more than is allowed."""
    for name, difference in found.items():
        if not difference <= allowed[name]:  # NaN is off, too
            raise Mismatch(
                f"its `{name}` differs from the model's by {difference:.3g} {where}; "
                f"at most {allowed[name]:.3g} is allowed"
            )


def measure(reader: Reader, reference: Reference) -> dict[int, dict[str, float]]:
    """Returns an artifact's differences to the model by batch size and output.

    Raises:
        Mismatch: If one of them is larger than the tolerance.
    """
    allowed = tolerances(reference.spec, reference.images[max(BATCH_SIZES)])
    found = {}
    for size in BATCH_SIZES:
        outputs = run(reader, reference.requests.first(size), reference.spec)
        found[size] = differences(outputs, reference.images[size], reference.spec)
        check_differences(found[size], allowed, f"at batch size {size}")
    return found
