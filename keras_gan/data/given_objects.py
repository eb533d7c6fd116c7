"""Opens what is given as an object: arrays, tensors, and pairs with labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_gan._checks import InputError
from keras_gan.data.arrays import ArraySource, PointSource, array_source, point_source

_BATCHED = "`fit` takes it as it is, in batches"


def object_source(source: Any) -> ArraySource | PointSource:
    """Opens an array of images or points, or a pair of one and its labels.

    Raises:
        InputError: If it is something else, or its examples differ in shape.
    """
    _refuse_containers(source)
    images, labels = source if _is_pair(source) else (source, None)
    array = _as_array(images, "images")
    if labels is not None:
        labels = _as_array(labels, "labels")
    if array.ndim == 2 and np.issubdtype(array.dtype, np.floating):
        return point_source(
            array, labels, name="`source` points", labels_name="`source` labels"
        )
    return array_source(
        array, labels, name="`source` images", labels_name="`source` labels"
    )


def _is_pair(source: Any) -> bool:
    """Returns whether a tuple or list is (images, labels), not two examples."""
    if not isinstance(source, tuple | list) or len(source) != 2:
        return False
    if isinstance(source, tuple):
        return True
    first, second = (_shape(part) for part in source)
    return len(second) < len(first) or (first != second and second[1:] == (1,))


def _shape(part: Any) -> tuple[int, ...]:
    try:
        return tuple(np.shape(part))
    except ValueError:  # lists of several lengths
        return ()


def _refuse_containers(source: Any) -> None:
    """Refuses what holds arrays in a way that only its maker knows."""
    if isinstance(source, dict):
        raise InputError(
            f"`source` is a dict with the keys {sorted(map(str, source))}; pass its "
            "images, or the pair (images, labels)."
        )
    if isinstance(source, tuple) and len(source) != 2:
        raise InputError(
            "`source` must be an array, or a pair (images, labels); got a tuple of "
            f"{len(source)}."
        )
    if hasattr(source, "element_spec"):
        raise InputError(
            "`source` is a tf.data.Dataset, which is loaded already: "
            f"{_BATCHED} of images in `value_range`, such as "
            "`dataset.batch(64, drop_remainder=True)`."
        )
    is_array = hasattr(source, "__array__") or isinstance(source, tuple | list)
    if not is_array:
        raise InputError(
            "`source` must be a name, an array of images or points, or a pair (images, "
            f"labels); got {type(source).__name__}. If it yields batches, {_BATCHED}."
        )


def _as_array(part: Any, what: str) -> np.ndarray:
    try:
        array = np.asarray(part)
    except ValueError as error:  # lists of several lengths
        raise InputError(
            f"`source` {what}: the examples differ in shape; make them alike and stack "
            "them with numpy.stack."
        ) from error
    if array.dtype != object:
        return array
    raise InputError(
        f"`source` {what}: an array of objects, whose examples differ in shape or are "
        "no numbers; stack those of one shape with numpy.stack, or convert numbers "
        "with .astype('float32')."
    )
