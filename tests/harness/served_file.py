"""Serves an exported file by examples/onnx/serve.py, and compares what it draws."""

import io
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_gan import plotting

TESTS = Path(__file__).parent.parent
SERVER = TESTS.parent / "examples" / "onnx" / "serve.py"
# Of three classes; it needs no TensorFlow.
WRITTEN = TESTS / "compatibility" / "0.1.0" / "onnx" / "float32.onnx"


class Served:
    """A file that the example serves, in a process of its own."""

    def __init__(self, python, file):
        self._process = subprocess.Popen(
            [str(python), str(SERVER), str(file), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def __enter__(self):
        line = self._process.stdout.readline()
        self.base = line.partition("/image")[0]
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.communicate()

    def get(self, path, posted=None):
        address = f"{self.base}/{path}"
        with urllib.request.urlopen(address, posted, timeout=60) as answer:
            return answer.headers["Content-Type"], answer.read()

    def refusal(self, path, posted=None):
        with pytest.raises(urllib.error.HTTPError) as refused:
            self.get(path, posted)
        with refused.value as answer:
            return answer.code, answer.read().decode()


def assert_drawn_by(file, generator, **arguments):
    """Asserts that a PNG file holds the picture of a generator, and says what it is."""
    (image,) = generator.sample(**arguments)
    with Image.open(io.BytesIO(file)) as picture:
        assert picture.info["Source"] == plotting.SYNTHETIC
        assert picture.info["Software"] == plotting.SOFTWARE
        assert picture.mode == {1: "L", 4: "RGBA"}[image.shape[-1]]
        pixels = np.asarray(picture).reshape(image.shape)
    np.testing.assert_allclose(pixels, (image + 1) * 127.5, atol=0.51)
