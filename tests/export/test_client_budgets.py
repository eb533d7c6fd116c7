"""A call of the client ends in time, in bounded memory, in an answer or in one line."""

from __future__ import annotations

import base64
import io
import itertools
import json
import logging
import socket
import ssl
import struct
import subprocess
import threading
import time
import zlib

import numpy as np
import pytest
from harness.raw_server import RawServer, http
from PIL import Image

from keras_gan._checks import InputError
from keras_gan.export import ServingClient, ServingError
from keras_gan.export.server.served_interface import ServedInterface

TIMEOUT = 0.6


def tensor(*sizes):
    dimensions = [{"size": size} for size in ("-1", *sizes)]
    return {"dtype": "DT_FLOAT", "tensor_shape": {"dim": dimensions}}


def metadata(latent="4", shape=("8", "8", "1")):
    serve = {"inputs": {"z": tensor(latent)}, "outputs": {"image": tensor(*shape)}}
    signatures = {"serving_default": serve, "generate": {}}
    return {"metadata": {"signature_def": {"signature_def": signatures}}}


def chunk(kind, content):
    crc = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + crc


def claimed_png(width, height, *more):
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return head + b"".join(more) + data + chunk(b"IEND", b"")


def picture():
    file = io.BytesIO()
    Image.new("L", (8, 8)).save(file, "PNG")
    return file.getvalue()


def files(*contents):
    return {"outputs": [{"b64": base64.b64encode(c).decode()} for c in contents]}


@pytest.fixture
def serve():
    started = []

    def start(get=None, post=b"", **arguments):
        server = RawServer(http(metadata()) if get is None else get, post)
        started.append(server)
        options = {"timeout": TIMEOUT, "retries": 1} | arguments
        return server, ServingClient(server.address, "digits", **options)

    yield start
    for server in started:
        server.close()


def line_of(call, *codes):
    """The message of the error of a call, with one of the codes and in time."""
    start = time.monotonic()
    with pytest.raises(ServingError) as caught:
        call()
    assert time.monotonic() - start < TIMEOUT + 1.0
    assert caught.value.code in codes, caught.value
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 800
    return message


def slowly(*parts, pause=0.05):
    def answer(connected):
        for part in parts:
            connected.sendall(part)
        while True:
            connected.sendall(b"x")
            time.sleep(pause)

    return answer


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        slowly(b"HTTP"),
        slowly(OK),
        slowly(OK, b"Content-Length: 1000000\r\n\r\n"),
        slowly(CHUNKED, b"2\r\n{}\r\n"),
        slowly(CHUNKED, b"2\r\n{}\r\n0\r\nTrailer: "),
    ],
    ids=["status", "headers", "body", "size of a chunk", "trailers"],
)
@pytest.mark.parametrize("kind", ["get", "post"])
def test_the_deadline_holds_however_slowly_a_part_comes(serve, answer, kind):
    _, client = serve(**{kind: answer})
    line_of(lambda: client.sample(1, seed=1), "deadline_exceeded")


def endlessly(start, part):
    def answer(connected):
        connected.sendall(start)
        while True:
            connected.sendall(part)

    return answer


def test_the_deadline_holds_where_a_request_is_not_read():
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        client = ServingClient(address, "digits", timeout=TIMEOUT, batch_size=10**6)
        told = metadata()["metadata"]["signature_def"]["signature_def"]
        client._connection._interface = ServedInterface.from_signatures(told)
        z = np.random.default_rng(0).normal(size=(200_000, 4))
        start = time.monotonic()
        with pytest.raises(ServingError, match="no answer in time"):
            client.generate(z)
        # JSON of 800,000 numbers takes a while to write.
        assert time.monotonic() - start < TIMEOUT + 4.0


def test_the_deadline_holds_where_the_name_is_looked_up(monkeypatch):
    looked_up = threading.Event()

    def lookup(*_, **__):
        looked_up.wait(5)
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    client = ServingClient("http://models:8501", "digits", timeout=TIMEOUT)
    line_of(lambda: client.sample(1), "deadline_exceeded")
    looked_up.set()


def test_the_deadline_holds_where_a_tls_server_says_nothing(serve):
    def hello(connected):
        time.sleep(5)

    server, _ = serve(hello)
    address = server.address.replace("http", "https")
    client = ServingClient(address, "digits", timeout=TIMEOUT)
    line_of(lambda: client.sample(1), "deadline_exceeded")


@pytest.mark.parametrize(
    ("start", "part"),
    [
        (OK + b"Content-Length: 100000000000\r\n\r\n", b" " * 65536),
        (CHUNKED, b"1" * 65536),
        (CHUNKED, b"8\r\n        \r\n" * 1000),
        (CHUNKED + b"0\r\n", b"Trailer: more\r\n" * 1000),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    ],
    ids=["body", "size of a chunk", "chunks", "trailers", "100 Continue"],
)
def test_no_answer_takes_more_bytes_than_what_was_asked_for(serve, start, part):
    server, client = serve(timeout=20.0)
    server.post = lambda connected: count(connected)

    def count(connected):
        connected.sendall(start)
        while True:
            server.send(connected, part)

    began = time.monotonic()
    with pytest.raises(ServingError) as caught:
        client.sample(1, seed=1)
    assert caught.value.code in ("malformed", "unavailable")
    assert time.monotonic() - began < 10.0
    # What is not read waits in the buffers of the two sockets.
    assert server.sent < 40 * 2**20


def test_headers_that_never_end_are_one_line(serve):
    _, client = serve(post=endlessly(OK, b"X: " + b"y" * 60_000 + b"\r\n"))
    line_of(lambda: client.sample(1, seed=1), "malformed", "unavailable")


@pytest.mark.parametrize("size", [(60_000, 60_000), (10_000, 10_000), (8, 9), (0, 0)])
def test_a_png_that_claims_another_size_is_one_line(serve, size):
    _, client = serve(post=http(files(claimed_png(*size))))
    assert str(size) in line_of(lambda: client.sample(1, seed=1), "malformed")


def test_a_png_with_a_second_header_or_a_bomb_of_text_is_one_line(serve):
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    bomb = b"Comment\0\0" + zlib.compress(bytes(2**26))
    for more in (chunk(b"IHDR", header), chunk(b"zTXt", bomb)):
        _, client = serve(post=http(files(claimed_png(8, 8, more))))
        line_of(lambda client=client: client.sample(1, seed=1), "malformed")


@pytest.mark.parametrize("size", ["Infinity", "-Infinity", "NaN", "1e400", "4.5"])
def test_sizes_that_are_no_integers_are_one_line(serve, size):
    text = json.dumps(metadata()).replace('"4"', size)
    _, client = serve(http(text.encode()))
    line_of(lambda: client.sample(1), "malformed")


@pytest.mark.parametrize(
    "told",
    [
        metadata("9" * 18),
        metadata(shape=("60000", "60000", "1")),
        metadata(shape=("9" * 19, "9" * 19)),
        metadata(shape=("1",) * 50_000),
        metadata("9" * 5000),
    ],
    ids=["latents", "images", "both", "dimensions", "digits"],
)
def test_a_model_of_absurd_sizes_is_one_line(serve, told):
    _, client = serve(http(told))
    line_of(lambda: client.sample(1), "malformed")
    line_of(lambda: client.generate(np.zeros((1, 4))), "malformed")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 300_000,
        b'{"a":' * 50_000,
        b'{"outputs": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"outputs": ' + b"9" * 100_000 + b"}",
        # NumPy would give each of the texts the room of the first.
        json.dumps({"outputs": ["x" * 10**6] + [""] * 10**5}).encode(),
    ],
    ids=["arrays", "objects", "nested outputs", "digits", "texts"],
)
def test_deep_and_wide_json_is_one_line(serve, body):
    server, client = serve(post=http(body), timeout=20.0)
    with pytest.raises(ServingError, match="malformed"):
        client.generate(np.zeros((1, 4)))
    server.get = http(body)
    with pytest.raises(ServingError, match="malformed"):
        ServingClient(server.address, "digits").sample(1)


@pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found", "500 Oh"])
def test_control_characters_of_a_server_are_not_shown(serve, status, caplog):
    error = {"error": "\x1b[2J\x1b]0;owned\x07 \u202egnp.exe\r\n\0"}
    _, client = serve(post=http(error, status))
    with caplog.at_level(logging.DEBUG):
        message = line_of(
            lambda: client.sample(1), "invalid_argument", "not_found", "failed"
        )
    assert "?[2J?]0;owned" in message
    assert "?gnp.exe" in message


def test_broken_headers_are_one_line_and_are_not_logged(serve, caplog):
    answer = OK + b"a\x1b[2J header without a colon\r\nContent-Length: 2\r\n\r\n{}"
    _, client = serve(post=answer)
    line_of(lambda: client.sample(1), "malformed", "unavailable")
    assert "\x1b" not in caplog.text


def test_an_error_that_is_no_text_is_one_line(serve):
    for error in ([[]] * 3, {"a": 1}, 7, None, ""):
        _, client = serve(post=http({"error": error}, "500 Oh"))
        message = line_of(lambda client=client: client.sample(1), "failed")
        assert "HTTP status 500" in message


def test_packed_answers_are_refused_before_they_are_unpacked(serve):
    bomb = zlib.compress(bytes(2**24))
    _, client = serve(post=http(bomb, headers=["Content-Encoding: deflate"]))
    assert "packed" in line_of(lambda: client.sample(1), "malformed")


def test_passwords_are_in_no_message(serve):
    server, _ = serve(post=http({"error": "no"}, "400 Bad"))
    address = server.address.replace("//", "//anna:sesame@")
    client = ServingClient(address, "digits")
    assert "sesame" not in line_of(lambda: client.sample(1), "invalid_argument")
    for wrong in (
        "ftp://anna:sesame@host:1",
        "anna:sesame@host",
        "grpc://a:sesame@h:1",
    ):
        with pytest.raises(InputError) as caught:
            ServingClient(wrong, "digits")
        if "://" in wrong:
            assert "sesame" not in str(caught.value)


def test_requests_of_absurd_sizes_are_refused_before_memory_is_taken(serve):
    server, client = serve(http(metadata(shape=("8192", "8192", "1"))))
    with pytest.raises(InputError, match=r"`n=1000000000000` .* several requests"):
        client.sample(10**12)
    assert server.sent == 0
    with pytest.raises(InputError, match=r"100,000 images .* GiB .* fewer"):
        client.sample(10**5)
    with pytest.raises(InputError, match="`timeout=1"):
        ServingClient(server.address, "digits", timeout=1e12)


def test_right_answers_still_come_through_all_bounds(serve):
    content = json.dumps(files(picture(), picture())).encode()
    chunks = b"".join(
        b"%x\r\n%c\r\n" % (1, byte) for byte in itertools.islice(content, 100)
    )
    rest = b"%x\r\n%b\r\n0\r\nTrailer: x\r\n\r\n" % (len(content) - 100, content[100:])
    server, client = serve(post=CHUNKED + chunks + rest)
    assert client.sample(2, seed=1).shape == (2, 8, 8, 1)
    floats = np.full((1, 8, 8, 1), -1.1754943508222875e-38).tolist()
    server.post = http({"outputs": floats})
    assert client.generate(np.zeros((1, 4))).shape == (1, 8, 8, 1)


def test_tls_works_within_the_budget(tmp_path, monkeypatch):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost "
        f"-addext subjectAltName=DNS:localhost -keyout {key} -out {certificate}"
    )
    made = subprocess.run(command.split(), capture_output=True, check=False)
    if made.returncode:
        pytest.skip("there is no openssl to make a certificate")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with RawServer(http(metadata()), http(files(picture())), context) as server:
        client = ServingClient(f"https://localhost:{server.port}", "digits")
        assert client.sample(1).shape == (1, 8, 8, 1)
        line_of(
            lambda: ServingClient(server.address, "digits", retries=0).sample(1),
            "unavailable",
        )
