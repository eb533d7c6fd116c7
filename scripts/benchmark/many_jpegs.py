"""Makes a folder of many JPEG files from a few pictures, for benchmarks."""

import os
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

SIZE, QUALITY = 256, 85
_SOURCES, _SOURCE_SIZE = 8, 1024
_FILES_OF_A_FOLDER = 10_000


def make_folder(folder, count):
    """Writes `count` JPEG files of 256×256 into a folder, in sub-folders as classes.

    Each is a part of one of a few pictures, turned and flipped by chance. Files that
    are there already stay as they are.
    """
    sources = [_picture(seed) for seed in range(_SOURCES)]
    folders = [
        Path(folder) / f"{number:03}"
        for number in range(-(-count // _FILES_OF_A_FOLDER))
    ]
    for each in folders:
        each.mkdir(parents=True, exist_ok=True)

    def write(number):
        path = folders[number // _FILES_OF_A_FOLDER] / f"{number:06}.jpg"
        if not path.exists():
            path.write_bytes(_encoded(_part(sources, number)))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(write, range(count)):
            pass


def _picture(seed):
    """Returns a picture whose spectrum falls with the frequency, as photographs' do."""
    random = np.random.default_rng(seed)
    rows, columns = np.meshgrid(*2 * [np.fft.fftfreq(_SOURCE_SIZE)], indexing="ij")
    fall = np.maximum(np.hypot(rows, columns), 1 / _SOURCE_SIZE) ** -1.4
    noise = random.standard_normal((3, _SOURCE_SIZE, _SOURCE_SIZE))
    planes = np.fft.ifft2(np.fft.fft2(noise) * fall).real
    # The colours of photographs differ less than their brightness.
    planes = planes.mean(axis=0) + 0.5 * planes
    scaled = 128 + 50 * planes / planes.std()
    return scaled.clip(0, 255).astype(np.uint8).transpose(1, 2, 0)


def _part(sources, number):
    random = np.random.default_rng(number)
    top, left = random.integers(0, _SOURCE_SIZE - SIZE, 2)
    part = sources[number % len(sources)][top : top + SIZE, left : left + SIZE]
    return np.rot90(part, random.integers(4))[:, :: random.choice([-1, 1])]


def _encoded(pixels):
    file = BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
