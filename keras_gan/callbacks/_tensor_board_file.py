"""Writes TensorBoard's event files without TensorBoard.

TensorFlow no longer installs TensorBoard, which its `tf.summary` needs. A file is a
sequence of `Event` records; every version reads plain figures and pictures.
"""

from __future__ import annotations

import io
import re
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tensorflow as tf

from keras_gan.callbacks._growing_files import cut, stored_length

if TYPE_CHECKING:
    from PIL import Image

_NAME = re.compile(r"events\.out\.tfevents\.(\d+)\..*\.keras_gan")
# Readers of this version follow the SessionLog, and not only the order of steps.
_FILE_VERSION = "brain.Event:2"


class EventFile:
    """A new event file in a folder.

    Args:
        directory: The folder of one training.
        resumed_at: The step at which a training was resumed; None for a new one.
    """

    def __init__(self, directory: Path, resumed_at: int | None = None) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        # Readers sort the files of a folder by name: newer files need larger numbers.
        last = max((number for number, _ in _numbered(directory)), default=0)
        number = max(int(time.time()), last + 1)
        name = f"events.out.tfevents.{number:010d}.{socket.gethostname()}.keras_gan"
        self._writer = tf.io.TFRecordWriter(str(directory / name))
        self._write(file_version=_FILE_VERSION)
        if resumed_at is not None:
            # An open TensorBoard forgets the events that it read from this step on.
            start = tf.compat.v1.SessionLog(status=tf.compat.v1.SessionLog.START)
            self._write(step=resumed_at + 1, session_log=start)

    def write_figures(self, step: int, figures: Mapping[str, float]) -> None:
        """Writes the figures of a step, by their tags."""
        values = [{"tag": tag, "simple_value": x} for tag, x in figures.items()]
        self._write(step=step, summary=tf.compat.v1.Summary(value=values))

    def write_picture(self, step: int, tag: str, picture: Image.Image) -> None:
        """Writes a picture of a step under a tag."""
        stream = io.BytesIO()
        picture.save(stream, format="PNG")
        image = tf.compat.v1.Summary.Image(
            height=picture.height,
            width=picture.width,
            colorspace=len(picture.getbands()),
            encoded_image_string=stream.getvalue(),
        )
        values = [{"tag": tag, "image": image}]
        self._write(step=step, summary=tf.compat.v1.Summary(value=values))

    def close(self) -> None:
        """Closes the file."""
        self._writer.close()

    def _write(self, **fields: Any) -> None:
        event = tf.compat.v1.Event(wall_time=time.time(), **fields)
        self._writer.write(event.SerializeToString())
        # At once, so that a killed process leaves whole records.
        self._writer.flush()


def lengths_in(directory: Path) -> dict[str, int]:
    """Returns the lengths in bytes of this package's event files, by name.

    All of these bytes are on the disk then.
    """
    return {path.name: stored_length(path) for _, path in _numbered(directory)}


def cut_all(directory: Path, lengths: Mapping[str, int]) -> None:
    """Cuts the files to these lengths, and removes files without a length."""
    for _, path in _numbered(directory):
        length = lengths.get(path.name, 0)
        if length == 0:
            path.unlink()
        else:
            cut(path, length)


def _numbered(directory: Path) -> list[tuple[int, Path]]:
    return [
        (int(match[1]), path)
        for path in directory.glob("events.out.tfevents.*.keras_gan")
        if (match := _NAME.fullmatch(path.name))
    ]
