"""Writes and reads checkpoints as files: whole archives with a checksum."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import re
import shutil
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._checks import InputError, one_line
from keras_gan._files import write_bytes
from keras_gan._version import __version__
from keras_gan.training import GAN, Progress, read_state, write_state

_NAME = re.compile(r"step_(\d{9,})\.npz")
_HEADER = "header"
_FORMAT = 2


@dataclass(frozen=True)
class Snapshot:
    """The state of a GAN between two steps of a training.

    Attributes:
        step: The training steps done.
        seed: The seed of the GAN.
        progress: The place in the training.
        values: Every variable's value, by its name.
    """

    step: int
    seed: int
    progress: Progress
    values: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, gan: GAN) -> Snapshot:
        """Reads the present state of a GAN during a `fit`."""
        values = read_state(gan)
        progress = gan.progress(with_states=True)
        return cls(int(values["step"]), gan.seed, progress, values)

    @property
    def is_finite(self) -> bool:
        """True if all weights and optimizer variables are finite."""
        return all(
            np.isfinite(np.asarray(value, np.float64)).all()
            for name, value in self.values.items()
            if not name.startswith("means/")
        )

    def restore(self, gan: GAN) -> Progress:
        """Gives a GAN this state; returns the place where its training goes on."""
        write_state(gan, dict(self.values))
        if gan.seed != self.seed:
            gan.seed = self.seed
            gan.make_train_function(force=True)  # the seed is a constant in it
        return self.progress

    def to_bytes(self) -> bytes:
        """Returns the snapshot as an npz archive."""
        header = {
            "format": _FORMAT,
            "step": self.step,
            "seed": self.seed,
            "progress": dataclasses.asdict(self.progress),
            "dtypes": {name: str(value.dtype) for name, value in self.values.items()},
            "versions": _versions(),
        }
        header["sha256"] = _digest(self.values, header)
        stream = io.BytesIO()
        text = np.frombuffer(json.dumps(header).encode(), np.uint8)
        np.savez(stream, allow_pickle=False, **{_HEADER: text}, **self.values)
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Snapshot:
        """Reads an archive of `to_bytes`; a damaged one raises any exception."""
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            values = {name: archive[name] for name in archive.files}
        header = json.loads(values.pop(_HEADER).tobytes())
        # NumPy reads bfloat16 as two bytes without a meaning.
        values = {
            name: value.view(header["dtypes"][name]) for name, value in values.items()
        }
        sum_then = header.pop("sha256")
        # The first format has the values alone in its sum.
        counted = header if header.get("format") == _FORMAT else None
        if _digest(values, counted) != sum_then:
            raise ValueError("its checksum is another")
        _warn_of_other_versions(header["versions"])
        progress = _progress(header["progress"])
        step, seed = (_count(header[name]) for name in ("step", "seed"))
        if step != int(values["step"]):
            raise ValueError("its header has another step than its values")
        return cls(step, seed, progress, values)


class CheckpointFiles:
    """The checkpoints in a folder: `step_000000120.npz`, ..."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def prepare(self, resume: bool) -> None:
        """Makes the folder, and removes half-written files of a killed process.

        Raises:
            ValueError: If there are checkpoints already and `resume` is False.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        if not resume and self._paths():
            raise InputError(
                f"'{self.directory}' holds checkpoints of another training; give "
                "another folder, or `resume=True` to go on with it."
            )
        for path in self.directory.glob(".step_*.npz.*.tmp"):
            shutil.rmtree(path, ignore_errors=True)

    def newest(self, before: int | None = None) -> bytes | None:
        """Returns the newest undamaged checkpoint; warns of damaged ones.

        Args:
            before: The step before which it must be; None for any.
        """
        for path in self._paths(before):
            try:
                content = path.read_bytes()
                Snapshot.from_bytes(content)
            except Exception as error:  # a damaged archive raises many kinds
                warnings.warn(
                    f"'{path}': the checkpoint is damaged ({one_line(error)}); the one "
                    "before it is used.",
                    stacklevel=2,
                )
            else:
                return content
        return None

    def write(self, snapshot: Snapshot) -> None:
        """Writes a checkpoint whole or not at all, and through to the disk."""
        path = self.directory / f"step_{snapshot.step:09d}.npz"
        write_bytes(path, snapshot.to_bytes())

    def drop_from(self, step: int) -> None:
        """Removes the checkpoints of a step and of later ones."""
        kept = set(self._paths(before=step))
        for path in self._paths():
            if path not in kept:
                path.unlink(missing_ok=True)

    def drop_all_but(self, count: int) -> None:
        """Removes all checkpoints but the newest `count`."""
        for path in self._paths()[count:]:
            path.unlink(missing_ok=True)

    def _paths(self, before: int | None = None) -> list[Path]:
        """Returns the files of the checkpoints before a step, the newest first."""
        found = {
            int(match[1]): path
            for path in self.directory.glob("step_*.npz")
            if (match := _NAME.fullmatch(path.name))
            and (before is None or int(match[1]) < before)
        }
        return [found[step] for step in sorted(found, reverse=True)]


def _digest(values: Mapping[str, np.ndarray], header: Any) -> str:
    """Returns the sum of all values, and of the header if there is one."""
    sums = hashlib.sha256()
    for name in sorted(values):
        sums.update(name.encode())
        sums.update(np.ascontiguousarray(values[name]).tobytes())
    if header is not None:
        sums.update(json.dumps(header, sort_keys=True).encode())
    return sums.hexdigest()


def _progress(record: dict[str, Any]) -> Progress:
    """Returns a place in the training from its record, which is checked."""
    counts = ("epoch", "batch", "data_epoch", "data_batch")
    if not isinstance(record["callbacks"], dict) or record["begun"] not in (
        True,
        False,
    ):
        raise ValueError("its header is of another kind")
    for name in counts:
        _count(record[name])
    return Progress(**record)


def _count(value: Any) -> int:
    """Returns a whole number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"its header has {value!r} for a number")
    return value


def _versions() -> dict[str, str]:
    return {
        "keras_gan": __version__,
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
    }


def _warn_of_other_versions(versions: Mapping[str, Any]) -> None:
    if versions != _versions():
        warnings.warn(
            f"The checkpoint was saved by {versions}, and this is {_versions()}; the "
            "training goes on, but perhaps not to the bit.",
            stacklevel=2,
        )
