"""Writes files that would run code, read or write others, or fill the memory.

Each has right checksums, as an attacker would give it who has read our code.
Run `PYTHONPATH=tests python -m cases.hostile_files FOLDER` to have them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import h5py
import numpy as np
from harness.gans import convolutional_gan

from cases.hostile_keras import KERAS
from cases.hostile_litert import LITERT
from cases.hostile_onnx import ONNX
from cases.hostile_saved_models import SAVED_MODEL
from keras_gan import export


def write_good(folder: Path) -> dict[str, Path]:
    """The files of one GAN, by kind: what is made hostile, or damaged."""
    gan = convolutional_gan()
    gan.save(folder / "good.keras")
    return {
        "keras": folder / "good.keras",
        "onnx": export.save_onnx(gan, folder / "good.onnx"),
        "litert": export.save_litert(gan, folder / "good.tflite"),
        "saved_model": export.save_saved_model(gan, folder / "good"),
    }


def write_hostile(folder: Path, good: dict[str, Path], outside: Path) -> list[Path]:
    """Writes all hostile files; `outside` holds what they reach for."""
    (outside / "secret.txt").write_text("a secret\n")
    with h5py.File(outside / "secret.h5", "w") as file:
        file["values"] = np.ones(64, np.float32)
    (outside / "secret.bin").write_bytes(bytes(4096))
    kinds = (KERAS, ONNX, LITERT, SAVED_MODEL)
    return [
        maker(folder / name, good, outside)
        for kind in kinds
        for name, maker in kind.items()
    ]


if __name__ == "__main__":
    base = Path(sys.argv[1])
    for name in ("good", "hostile", "outside"):
        (base / name).mkdir(parents=True)
    written = write_hostile(
        base / "hostile", write_good(base / "good"), base / "outside"
    )
    print(*written, sep="\n")
