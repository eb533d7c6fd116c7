"""What a server can do wrong, and the one clear line that the client makes of it."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import pickle
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from PIL import Image

from keras_gan._checks import InputError
from keras_gan.export import ServingClient, ServingError

HEAVY = ("tensorflow", "keras", "onnx", "onnxruntime", "grpc", "google", "matplotlib")


def tensor(dtype, *sizes):
    shape = {"dim": [{"size": str(s), "name": ""} for s in (-1, *sizes)]}
    return {"dtype": dtype, "tensor_shape": shape | {"unknown_rank": False}}


SIGNATURES = {
    "serving_default": {
        "inputs": {"z": tensor("DT_FLOAT", 4)},
        "outputs": {"image": tensor("DT_FLOAT", 3, 2, 1)},
    },
    "generate": {},
}


def png(width=2, height=3, mode="L"):
    file = io.BytesIO()
    Image.new(mode, (width, height)).save(file, "PNG")
    return file.getvalue()


def b64(content):
    return {"b64": base64.b64encode(content).decode()}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        signatures = {self.server.map_name: self.server.signatures}
        metadata = {"metadata": {"signature_def": signatures}}
        self.reply(200, json.dumps(metadata).encode())

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        answers = self.server.answers
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self.server.asked += 1
        if callable(answer):
            answer(self)
        else:
            self.reply(*answer)

    def reply(self, status, content, length=None):
        self.send_response(status)
        self.send_header("Content-Length", str(length or len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def serve():
    """Serves canned answers to predictions; returns the server and its address."""
    with contextlib.ExitStack() as stack:

        def start(*answers, signatures=SIGNATURES, map_name="signature_def"):
            server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            server.daemon_threads = True
            server.answers, server.asked = list(answers), 0
            server.signatures, server.map_name = signatures, map_name
            threading.Thread(
                target=server.serve_forever, args=(0.02,), daemon=True
            ).start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            return server, f"http://127.0.0.1:{server.server_port}"

        yield start


def outputs(values):
    return 200, json.dumps({"outputs": values}).encode()


def failure_of(call, code):
    """The message of the error of a call, which is one line."""
    with pytest.raises(ServingError) as caught:
        call()
    assert caught.value.code == code, caught.value
    assert "\n" not in str(caught.value)
    return str(caught.value)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_server_that_is_not_there_is_one_clear_line():
    address = f"http://127.0.0.1:{free_port()}"
    client = ServingClient(address, "digits", retries=1)
    message = failure_of(lambda: client.sample(1), "unavailable")
    assert message.startswith(f"{address}: the server cannot be reached")
    assert "Connection refused" in message
    assert "'digits'" in message


def test_unknown_host_is_one_clear_line():
    client = ServingClient("http://no-such-host.invalid:8501", "digits", retries=0)
    failure_of(lambda: client.sample(1), "unavailable")


def never(handler):
    time.sleep(20)


def drip(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    with contextlib.suppress(OSError):
        for _ in range(1000):
            handler.wfile.write(b" ")
            time.sleep(0.05)


@pytest.mark.parametrize("answer", [never, drip])
def test_deadline_holds_for_the_whole_call(serve, answer):
    _, address = serve(answer)
    client = ServingClient(address, "digits", timeout=0.5)
    start = time.monotonic()
    message = failure_of(lambda: client.sample(1), "deadline_exceeded")
    assert time.monotonic() - start < 5.0
    assert "`timeout`" in message


def test_deadline_holds_for_retries_and_batches_together(serve):
    def slowly(handler):
        time.sleep(0.2)
        handler.reply(*outputs([b64(png())]))

    server, address = serve(slowly)
    client = ServingClient(address, "digits", timeout=0.7, batch_size=1)
    failure_of(lambda: client.sample(50), "deadline_exceeded")
    assert 1 <= server.asked < 10


def break_off(handler):
    handler.reply(200, b'{"outputs": [', length=5000)
    handler.close_connection = True


def hang_up(handler):
    handler.close_connection = True


@pytest.mark.parametrize(
    "failure",
    [(503, b'{"error": "busy"}'), (502, b"<html>"), (429, b""), break_off, hang_up],
)
def test_unavailable_servers_are_asked_again(serve, failure):
    right = outputs([b64(png())])
    server, address = serve(failure, failure, right)
    images = ServingClient(address, "digits").sample(1)
    assert images.shape == (1, 3, 2, 1)
    assert server.asked == 3


@pytest.mark.parametrize("failure", [(503, b'{"error": "busy"}'), break_off, hang_up])
def test_server_that_stays_unavailable_is_one_clear_line(serve, failure):
    server, address = serve(failure)
    client = ServingClient(address, "digits", retries=2)
    message = failure_of(lambda: client.sample(1), "unavailable")
    assert "busy" in message or "the connection broke off" in message
    assert server.asked == 3


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        ((404, b'{"error": "Servable not found"}'), "not_found", "Servable not found"),
        ((404, b"<html>"), "not_found", "HTTP status 404"),
        ((400, b'{"error": "wrong\\ninput"}'), "invalid_argument", "wrong input"),
        ((500, b'{"error": "exploded"}'), "failed", "exploded"),
        ((504, b"<html>"), "deadline_exceeded", "HTTP status 504"),
        ((301, b""), "failed", "HTTP status 301"),
    ],
)
def test_answers_of_failure_are_told_and_not_asked_again(serve, answer, code, words):
    server, address = serve(answer)
    message = failure_of(lambda: ServingClient(address, "digits").sample(1), code)
    assert words in message
    assert server.asked == 1


@pytest.mark.parametrize(
    "answer",
    [
        (200, b""),
        (200, b"<html>hello</html>"),
        (200, b"[" * 100_000),
        (200, b"\xff\xfe{}"),
        (200, b"[]"),
        (200, b"{}"),
        outputs(3),
        outputs(None),
        outputs("b64"),
        outputs({"image_bytes": []}),
        outputs([]),
        outputs([b64(png()), b64(png())]),
        outputs(["iVBORw0KGgo="]),
        outputs([{"b64": "%%%"}]),
        outputs([{"b64": 3}]),
        outputs([b64(b"not a picture")]),
        outputs([b64(b"GIF89a" + bytes(20))]),
        outputs([b64(png()[:40])]),
        outputs([b64(png(3, 2))]),
        outputs([b64(png(mode="RGB"))]),
        outputs([b64(png(mode="P"))]),
        outputs([b64(png(mode="1"))]),
    ],
)
def test_malformed_pictures_are_one_clear_line(serve, answer):
    server, address = serve(answer)
    client = ServingClient(address, "digits")
    message = failure_of(lambda: client.sample(1, seed=1), "malformed")
    assert "malformed" in message
    assert server.asked == 1


@pytest.mark.parametrize(
    "values",
    [
        "image",
        [],
        [[[0.5], [0.5]]] * 2,
        np.zeros((2, 3, 2, 1)).tolist(),
        np.zeros((1, 3, 2, 2)).tolist(),
        np.full((1, 3, 2, 1), "0.5").tolist(),
        np.full((1, 3, 2, 1), None).tolist(),
        np.full((1, 3, 2, 1), True).tolist(),
        [[[[0.5], [0.5]], [[0.5]], [[0.5], [0.5]]]],
    ],
)
def test_malformed_floats_are_one_clear_line(serve, values):
    _, address = serve(outputs(values))
    client = ServingClient(address, "digits")
    failure_of(lambda: client.generate(np.zeros((1, 4))), "malformed")


def test_floats_keep_what_json_does_not_know(serve):
    content = b'{"outputs": [[[[NaN], [Infinity]], [[0.25], [1]], [[-1.5], [3e-05]]]]}'
    _, address = serve((200, content))
    images = ServingClient(address, "digits").generate(np.zeros((1, 4)))
    expected = np.float32([np.nan, np.inf, 0.25, 1.0, -1.5, 3e-5])
    np.testing.assert_array_equal(images.ravel(), expected)


@pytest.mark.parametrize(
    "signatures",
    [
        None,
        {},
        {"serving_default": {}},
        {"serving_default": SIGNATURES["serving_default"] | {"inputs": {}}},
        {
            "serving_default": SIGNATURES["serving_default"]
            | {"inputs": {"z": tensor("DT_INT32", 4)}}
        },
        {
            "serving_default": SIGNATURES["serving_default"]
            | {"inputs": {"z": tensor("DT_FLOAT", 4), "other": tensor("DT_FLOAT")}}
        },
        {
            "serving_default": SIGNATURES["serving_default"]
            | {"outputs": {"image": tensor("DT_FLOAT", -1, 2, 1)}}
        },
    ],
)
def test_models_that_are_no_generators_are_one_clear_line(serve, signatures):
    _, address = serve(outputs([]), signatures=signatures)
    client = ServingClient(address, "other")
    assert "generator" in failure_of(lambda: client.sample(1), "malformed")


def test_signatures_may_be_spelled_as_openvino_model_server_does(serve):
    """Its documentation of the REST API shows these names."""
    text = json.dumps({"serving_default": SIGNATURES["serving_default"]})
    signatures = json.loads(text.replace("tensor_shape", "tensorShape"))
    answer = outputs([[[[0.5]] * 2] * 3])
    _, address = serve(answer, signatures=signatures, map_name="signatureDef")
    client = ServingClient(address, "digits")
    assert client.generate(np.zeros((1, 4))).shape == (1, 3, 2, 1)
    with pytest.raises(InputError, match="has no signature `generate`"):
        client.sample(1)


def test_client_learns_when_the_model_behind_the_name_is_another(serve):
    server, address = serve(outputs([b64(png(5, 5))]))
    client = ServingClient(address, "digits")
    failure_of(lambda: client.sample(1), "malformed")
    default = SIGNATURES["serving_default"]
    default = default | {"outputs": {"image": tensor("DT_FLOAT", 5, 5, 1)}}
    server.signatures = SIGNATURES | {"serving_default": default}
    assert client.sample(1).shape == (1, 5, 5, 1)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"server": "localhost"}, "server"),
        ({"server": "ftp://localhost:1"}, "server"),
        ({"server": None}, "server"),
        ({"model": ""}, "model"),
        ({"version": -1}, "version"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": float("inf")}, "timeout"),
        ({"retries": -1}, "retries"),
        ({"batch_size": 0}, "batch_size"),
        ({"num_classes": 0}, "num_classes"),
    ],
)
def test_arguments_that_cannot_be_used_are_refused(arguments, name):
    with pytest.raises(InputError, match=f"`{name}`"):
        ServingClient(**{"server": "http://localhost:1", "model": "m"} | arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "`n`"),
        ({"n": 3, "seeds": [1, 2]}, "`n` is 3"),
        ({"seed": 1, "seeds": [1]}, "`seed`"),
        ({"n": 2, "labels": -1}, "`labels`"),
        ({"n": 2, "truncation": 2.0}, "`truncation`"),
    ],
)
def test_requests_that_cannot_be_are_refused_without_a_server(arguments, message):
    client = ServingClient("http://127.0.0.1:1", "digits")
    with pytest.raises(InputError, match=message) as caught:
        client.sample(**arguments)
    assert not isinstance(caught.value, ServingError)


def test_errors_survive_a_process_pool():
    error = pickle.loads(pickle.dumps(ServingError("gone", "unavailable")))
    assert (str(error), error.code) == ("gone", "unavailable")


def test_rest_needs_neither_tensorflow_nor_grpc(serve, run_python):
    _, address = serve(outputs([b64(png()), b64(png())]))
    code = """
from keras_gan.export.client import ServingClient
with ServingClient(sys.argv[1], "digits") as client:
    print(client.sample(2, seed=1).shape)
"""
    assert run_python(code, address, without=HEAVY) == "(2, 3, 2, 1)\n"


@pytest.mark.parametrize(
    ("package", "address"),
    [("urllib3", "http://localhost:1"), ("grpc", "localhost:1")],
)
def test_missing_package_is_named_with_its_extra(run_python, package, address):
    code = """
from keras_gan.export.client import ServingClient
try:
    ServingClient(sys.argv[1], "digits")
except ValueError as error:
    print(error)
"""
    message = run_python(code, address, without=[package])
    assert "pip install '.[serving]' in the clone" in message
