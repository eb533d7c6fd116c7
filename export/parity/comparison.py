"""Measures and bounds the differences of an artifact's images to the model's.

It needs NumPy alone, so that an ONNX file is verified without TensorFlow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from keras_gan._checks import InputError, one_line
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.export.parity.requests import BATCH_SIZES, Requests

# Largest difference per unit of the value range's width: 1e-5 on (-1, 1) in float32.
_RELATIVE_TOLERANCE = {"float32": 5e-6, "float16": 1e-2, "int8": 1e-1}
# What rounding may explain at most: an eighth of a grey level.
_LARGEST_ROUNDING = 5e-4


class Mismatch(Exception):  # noqa: N818 - not an error yet: nothing names the file
    """A fault of an artifact, worded as a clause to follow the file's path."""

    @classmethod
    def of(cls, path: Path, error: InputError) -> Mismatch:
        """Returns the clause in an error that begins with the artifact's path."""
        return cls(str(error).removeprefix(f"'{path}': ").removesuffix("."))


@dataclass(frozen=True)
class Reference:
    """The images that an artifact must reproduce.

    Attributes:
        spec: The generator that is exported.
        requests: The requests of the largest batch.
        images: The Keras generator's float32 images of the first requests, by batch
            size.
        rounding: How much these images change where every latent moves to the next
            number of float32: no other order of the same sums can be expected to come
            closer.
    """

    spec: GeneratorSpec
    requests: Requests
    images: Mapping[int, np.ndarray]
    rounding: float = 0.0

    @property
    def largest_batch(self) -> np.ndarray:
        """The images of the largest batch."""
        return self.images[max(self.images)]

    @property
    def tolerances(self) -> dict[str, float]:
        """The largest difference allowed, by output."""
        return tolerances(self.spec, self.largest_batch, self.rounding)


class Reader(Protocol):
    """Runs an artifact as its users would."""

    def outputs(self, requests: Requests) -> dict[str, np.ndarray]:
        """Returns `(B, *image_shape)` arrays by output name."""
        ...


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


def tolerances(
    spec: GeneratorSpec, images: np.ndarray, rounding: float = 0.0
) -> dict[str, float]:
    """Returns the largest difference allowed, by output.

    Args:
        spec: The exported generator.
        images: The model's images; their spread is the scale of data without a range.
        rounding: As in `Reference`; what is so large that a difference could be seen
            counts for nothing.
    """
    width = width_of(spec, images)
    relative = _RELATIVE_TOLERANCE[spec.precision]
    if rounding <= width * _LARGEST_ROUNDING:
        relative = max(relative, rounding / width)
    # Rounding to a whole level moves a value by up to half a level.
    levels = 0.5 + 255.0 * relative
    image = levels if spec.output == "uint8" else width * relative
    return {"image": image, "image_bytes": levels}


def run(
    reader: Reader, requests: Requests, spec: GeneratorSpec
) -> dict[str, np.ndarray]:
    """Returns the artifact's outputs.

    Raises:
        Mismatch: If the artifact fails, or an output has the wrong shape.
    """
    try:
        outputs = reader.outputs(requests)
    except Exception as error:  # each runtime raises kinds of its own
        raise Mismatch(f"it does not run ({one_line(error)})") from error
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
    found: Mapping[str, float],
    allowed: Mapping[str, float],
    where: str,
    remedy: str = "",
) -> None:
    """Raises `Mismatch` if an output is off by more than is allowed."""
    for name, difference in found.items():
        if not difference <= allowed[name]:  # NaN is off, too
            raise Mismatch(
                f"its `{name}` differs from the model's by {difference:.3g} {where}; "
                f"at most {allowed[name]:.3g} is allowed{remedy}"
            )


def measure(reader: Reader, reference: Reference) -> dict[int, dict[str, float]]:
    """Returns an artifact's differences to the model by batch size and output.

    Raises:
        Mismatch: If one of them is larger than the tolerance.
    """
    spec, found = reference.spec, {}
    for size in BATCH_SIZES:
        outputs = run(reader, reference.requests.first(size), spec)
        found[size] = differences(outputs, reference.images[size], spec)
        where, remedy = f"at batch size {size}", ""
        if spec.precision != "float32":
            where += f" in {spec.precision}"
            remedy = "; export with `precision='float32'`"
        check_differences(found[size], reference.tolerances, where, remedy)
    return found
