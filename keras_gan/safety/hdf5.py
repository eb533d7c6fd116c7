"""Examines HDF5 files of weights without following links to other files."""

from __future__ import annotations

import io
import math
from typing import Any

from keras_gan._checks import one_line
from keras_gan.safety.examination import Refusal

_DEEPEST = 64
_MOST = 100_000
# NumPy's kinds: numbers, truth values, and bfloat16 as two bytes.
_KINDS = "fiubVc"


def examine_weights(content: bytes) -> dict[str, int]:
    """Returns the numbers of arrays and of parameters in a file of weights.

    Raises:
        Refusal: If it is no HDF5 file, has external or soft links, virtual, external or
            packed data, or arrays that are longer than the file.
    """
    import h5py

    if not content.startswith(b"\x89HDF\r\n\x1a\n"):
        raise Refusal("its weights are no HDF5 file")
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            walk = _Walk()
            walk.group(file, "", 0)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise Refusal(f"its weights cannot be read ({one_line(error, 120)})") from error
    return {"arrays": walk.arrays, "parameters": walk.numbers}


class _Walk:
    """A walk over groups that checks each link before it opens the link's target."""

    def __init__(self) -> None:
        self.arrays = self.numbers = 0
        self._seen: set[Any] = set()

    def group(self, group: Any, name: str, depth: int) -> None:
        import h5py

        if depth > _DEEPEST:
            raise Refusal("its weights are nested too deep")
        for key in group:
            path = f"{name}/{key}"
            link = group.get(key, getlink=True)
            if isinstance(link, h5py.ExternalLink):
                raise Refusal(
                    f"its weights {path!r} are an external link, which reads another "
                    f"file ({link.filename!r})"
                )
            if not isinstance(link, h5py.HardLink):
                raise Refusal(f"its weights {path!r} are a link to elsewhere")
            self._member(group[key], path, depth)

    def _member(self, member: Any, path: str, depth: int) -> None:
        import h5py

        place = h5py.h5o.get_info(member.id).addr  # pyright: ignore
        if place in self._seen or len(self._seen) > _MOST:
            raise Refusal(
                f"its weights {path!r} are there twice, or there are too many"
            )
        self._seen.add(place)
        if isinstance(member, h5py.Group):
            self.group(member, path, depth + 1)
        elif isinstance(member, h5py.Dataset):
            self._array(member, path)
        else:
            raise Refusal(f"its weights hold something else at {path!r}")

    def _array(self, array: Any, path: str) -> None:
        if array.is_virtual or array.external:
            raise Refusal(f"its weights {path!r} are stored in another file")
        settings = array.id.get_create_plist()
        if array.chunks is not None or settings.get_nfilters():
            raise Refusal(f"its weights {path!r} are packed, which Keras never does")
        if array.dtype.kind not in _KINDS or array.shape is None:
            raise Refusal(f"its weights {path!r} are no numbers ({array.dtype})")
        count = math.prod(array.shape)
        if count and array.id.get_storage_size() < count * array.dtype.itemsize:
            raise Refusal(
                f"its weights {path!r} claim {count} numbers and do not hold them"
            )
        self.arrays += 1
        self.numbers += count
