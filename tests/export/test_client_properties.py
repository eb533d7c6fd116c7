"""Whatever a server answers, a call ends in time in the right result or in one line."""

from __future__ import annotations

import base64
import io
import json
import random
import time
import warnings

import numpy as np
import pytest
from harness.properties import (
    ANYTHING,
    QUICK,
    message_of,
    mutated,
    paths_in,
    replaced,
)
from harness.raw_server import RawServer, http
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from keras_gan.export import ServingClient
from keras_gan.export.server import bounded_http

PIXELS = np.arange(6, dtype=np.uint8).reshape(3, 2, 1) * 40
FLOATS = (PIXELS / 255.0).astype(np.float32)
SECONDS = 1.0


def tensor(*sizes):
    dimensions = [{"size": size, "name": ""} for size in ("-1", *sizes)]
    return {"dtype": "DT_FLOAT", "tensor_shape": {"dim": dimensions}}


def png():
    file = io.BytesIO()
    Image.fromarray(PIXELS[..., 0]).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


SERVED = {"inputs": {"z": tensor("4")}, "outputs": {"image": tensor("3", "2", "1")}}
METADATA = {
    "metadata": {
        "signature_def": {
            "signature_def": {"serving_default": SERVED, "generate": {"inputs": {}}}
        }
    }
}
FILES = {"outputs": [{"b64": png()}]}
ARRAYS = {"outputs": FLOATS[np.newaxis].tolist()}
PATHS = {name: list(paths_in(globals()[name])) for name in ("METADATA", "FILES")} | {
    "ARRAYS": list(paths_in(ARRAYS))
}


def check(client, as_files):
    """Calls; the result is right, or the error one printable line."""

    def call():
        if as_files:
            np.testing.assert_array_equal(client.sample(1, seed=1)[0], PIXELS)
        else:
            images = client.generate(np.zeros((1, 4)))
            assert images.shape == (1, 3, 2, 1)
            assert images.dtype == np.float32

    start = time.monotonic()
    assert message_of(call).isprintable()
    assert time.monotonic() - start < SECONDS + 1.0


@pytest.fixture
def answers(monkeypatch):
    """The JSON that a client is answered, by method; no network is used."""
    told = {"GET": (200, METADATA), "POST": (200, FILES)}

    def exchange(self, method, *_):
        status, content = told[method]
        return status, json.dumps(content).encode()

    monkeypatch.setattr(bounded_http.BoundedHttp, "exchange", exchange)
    return told


@QUICK
@given(data=st.data(), value=ANYTHING, status=st.sampled_from([200, 200, 400, 503]))
@pytest.mark.parametrize("part", ["METADATA", "FILES", "ARRAYS"])
def test_any_value_at_any_place_of_an_answer(answers, part, data, value, status):
    content = {"METADATA": METADATA, "FILES": FILES, "ARRAYS": ARRAYS}[part]
    path = data.draw(st.sampled_from(PATHS[part]))
    answers.update(
        GET=(200, METADATA), POST=(200, FILES if part != "ARRAYS" else ARRAYS)
    )
    method = "GET" if part == "METADATA" else "POST"
    answers[method] = (status, replaced(content, path, value))
    client = ServingClient("http://host:1", "digits", timeout=SECONDS, retries=0)
    check(client, part != "ARRAYS")


def mutate_many(seed, count, seconds=None):
    """Answers with mutations of the bytes of right answers; returns how many."""
    rng = random.Random(seed)
    right = {"get": http(METADATA), "files": http(FILES), "arrays": http(ARRAYS)}
    packed = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = json.dumps(FILES).encode()
    right["chunks"] = packed + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    end = time.monotonic() + (seconds or 3600)
    with RawServer() as server:
        for number in range(count):
            kind = rng.choice(list(right))
            server.get, server.post = right["get"], right["files"]
            if kind == "get":
                server.get = mutated(right["get"], rng)
            else:
                server.post = mutated(right[kind], rng)
            with ServingClient(
                server.address, "digits", timeout=SECONDS, retries=0
            ) as client:
                check(client, kind != "arrays")
            if time.monotonic() > end:
                return number + 1
    return count


def test_mutations_of_the_bytes_of_an_answer():
    assert mutate_many(2014, 150) == 150


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_10_000_mutations_of_the_bytes_of_an_answer():
    with warnings.catch_warnings():
        # A new socket for each of thousands of exchanges.
        warnings.simplefilter("ignore", ResourceWarning)
        assert mutate_many(15, 10_000, seconds=500) == 10_000
