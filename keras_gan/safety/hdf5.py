"""Examines HDF5 files of weights without following links to other files."""

from __future__ import annotations

import io
from typing import Any

from keras_gan._checks import one_line
from keras_gan.safety import bounds
from keras_gan.safety.allowed.keras_content import WEIGHT_DTYPES
from keras_gan.safety.examination import Refusal
from keras_gan.safety.protocol_buffer import held_numbers


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
            walk = _Walk(h5py)
            walk.group(file.id, "", 0)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise Refusal(f"its weights cannot be read ({one_line(error, 120)})") from error
    return {"arrays": walk.arrays, "parameters": walk.numbers}


class _Walk:
    """A walk over groups that checks each link before it opens the link's target.

    It calls HDF5 without the wrappers of h5py, which take several times as long.
    """

    def __init__(self, h5py: Any) -> None:
        self.arrays = self.numbers = 0
        self._h5py = h5py
        self._seen: set[Any] = set()

    def group(self, group: Any, name: str, depth: int) -> None:
        if depth > bounds.DEEPEST_GROUP:
            raise Refusal("its weights are nested too deep")
        links = self._h5py.h5l
        for key in group:
            path = f"{name}/{key.decode('utf-8', 'replace')}"
            kind = group.links.get_info(key).type
            if kind == links.TYPE_EXTERNAL:
                file = group.links.get_val(key)[0].decode("utf-8", "replace")
                raise Refusal(
                    f"its weights {path[:80]!r} are an external link, which reads "
                    f"another file ({file[:80]!r})"
                )
            if kind != links.TYPE_HARD:
                raise Refusal(f"its weights {path[:80]!r} are a link to elsewhere")
            self._member(self._h5py.h5o.open(group, key), path, depth)

    def _member(self, member: Any, path: str, depth: int) -> None:
        place = self._h5py.h5o.get_info(member).addr
        if place in self._seen or len(self._seen) >= bounds.MOST_ARRAYS:
            raise Refusal(
                f"its weights {path[:80]!r} are there twice, or there are too many"
            )
        self._seen.add(place)
        attributes = self._h5py.h5a
        for index in range(attributes.get_num_attrs(member)):
            if attributes.open(member, index=index).name != b"name":
                raise Refusal(f"its weights {path[:80]!r} have unknown attributes")
        if isinstance(member, self._h5py.h5g.GroupID):
            self.group(member, path, depth + 1)
        elif isinstance(member, self._h5py.h5d.DatasetID):
            self._array(member, path[:80])
        else:
            raise Refusal(f"its weights hold something else at {path[:80]!r}")

    def _array(self, array: Any, path: str) -> None:
        settings, layouts = array.get_create_plist(), self._h5py.h5d
        if settings.get_layout() == layouts.VIRTUAL or settings.get_external_count():
            raise Refusal(f"its weights {path!r} are stored in another file")
        if settings.get_layout() == layouts.CHUNKED or settings.get_nfilters():
            raise Refusal(f"its weights {path!r} are packed, which Keras never does")
        space, dtype = array.get_space(), array.dtype
        is_array = space.get_simple_extent_type() != self._h5py.h5s.NULL
        if dtype.str not in WEIGHT_DTYPES or not is_array:
            raise Refusal(f"its weights {path!r} are no numbers ({dtype})")
        count = held_numbers(list(array.shape))
        if count and array.get_storage_size() < count * dtype.itemsize:
            raise Refusal(
                f"its weights {path!r} claim {count} numbers and do not hold them"
            )
        self.arrays += 1
        self.numbers += count
