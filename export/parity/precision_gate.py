"""Compares a file of reduced precision with the model at a thousand seeds.

The few seeds at which every artifact is compared could miss the rare latent that
float16 or int8 gets wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.export.parity.comparison import (
    Mismatch,
    Reader,
    grey_levels,
    run,
    tolerances,
    width_of,
)
from keras_gan.export.parity.requests import Requests, default_requests

SEEDS = 1000
_BATCH = 50

# Root mean square of the differences, per unit of the value range's width.
_RELATIVE_ROOT_MEAN_SQUARE = {"float16": 2e-3, "int8": 2e-2}


def gate_requests(spec: GeneratorSpec) -> Requests:
    """Returns a thousand requests, which begin with those of every export."""
    return default_requests(spec.num_classes, SEEDS)


def pass_gate(
    reader: Reader,
    images_of: Callable[[dict[str, np.ndarray]], np.ndarray],
    spec: GeneratorSpec,
) -> dict[str, Any]:
    """Compares an artifact with the model at a thousand seeds.

    Args:
        reader: The artifact, loaded.
        images_of: The model's float32 images of inputs by name.
        spec: The generator that is exported.

    Returns:
        The figures that the manifest records: the number of `seeds`, the `largest`
        difference, the `root_mean_square` of all differences, and the `bounds` of both
        figures. The unit is that of the value range, or one grey level where the
        output is uint8.

    Raises:
        Mismatch: If a value is not finite, or the differences exceed the bounds.
    """
    requests = gate_requests(spec)
    largest, squares, count = 0.0, 0.0, 0
    bounds: dict[str, float] = {}
    for start in range(0, SEEDS, _BATCH):
        part = requests.between(start, start + _BATCH)
        expected = images_of(part.inputs(spec))
        if not bounds:
            bounds = _bounds(spec, expected)
        found = run(reader, part, spec)["image"].astype(np.float64)
        if not np.all(np.isfinite(found)):
            raise Mismatch(
                f"its `image` holds values that are not finite in {spec.precision}; "
                "export with `precision='float32'`"
            )
        if spec.output == "uint8":
            expected = grey_levels(expected, spec)
        gaps = np.abs(found - expected)
        largest = max(largest, float(np.max(gaps)))
        squares += float(np.sum(gaps * gaps))
        count += gaps.size
    measured = {"largest": largest, "root_mean_square": (squares / count) ** 0.5}
    for name, value in measured.items():
        if not value <= bounds[name]:
            raise Mismatch(
                f"the {name.replace('_', ' ')} of its differences from the model at "
                f"{SEEDS} seeds is {value:.3g} in {spec.precision}; at most "
                f"{bounds[name]:.3g} is allowed; export with `precision='float32'`"
            )
    return {"seeds": SEEDS, **measured, "bounds": bounds}


def _bounds(spec: GeneratorSpec, images: np.ndarray) -> dict[str, float]:
    allowed = tolerances(spec, images)["image"]
    relative = _RELATIVE_ROOT_MEAN_SQUARE[spec.precision]
    if spec.output == "uint8":
        # Rounding to a whole level alone is at most half a level.
        return {"largest": allowed, "root_mean_square": 0.5 + 255.0 * relative}
    width = width_of(spec, images)
    return {"largest": allowed, "root_mean_square": width * relative}
