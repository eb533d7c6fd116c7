"""Servers beside TF Serving draw what the exported file draws (docs/servers.md).

A server that the test environment does not have is left out; docs/servers.md tells how
to install it and to run these tests.
"""

import base64
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
import yaml
from harness.served_file import WRITTEN, assert_drawn_by

from keras_gan.export import ServingClient, ServingError, runtime

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "examples" / "serving"
SECONDS = 120  # for a server to be ready, on a machine with other work


@pytest.fixture(scope="module")
def generator():
    return runtime.load(WRITTEN)


@pytest.fixture
def digits(tmp_path):
    """The file under the name that the documentation gives it."""
    return shutil.copy(WRITTEN, tmp_path / "digits.onnx")


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def answer_of(url, content=None):
    """The JSON of an answer, to posted JSON if there is some."""
    body = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or b"null")


def refusal_of(url, content):
    """The status and the text of an answer that refuses."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        answer_of(url, content)
    with refused.value as answer:
        return answer.code, answer.read().decode()


@contextlib.contextmanager
def started(command, ready, folder, **environment):
    """Runs a server until the block ends, which begins once `ready` answers."""
    paths = os.pathsep.join([str(ROOT), *filter(os.path.isdir, sys.path)])
    log = folder / "log.txt"
    with log.open("w") as output:
        process = subprocess.Popen(
            [*map(str, command)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": paths} | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        until = time.monotonic() + SECONDS
        while True:
            assert process.poll() is None, log.read_text()[-3000:]
            assert time.monotonic() < until, log.read_text()[-3000:]
            with contextlib.suppress(OSError), urllib.request.urlopen(ready):
                break
            time.sleep(0.2)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def assert_served_as_by_tf_serving(address, generator):
    """Asserts that a client of TF Serving draws the images of the file."""
    with ServingClient(address, "digits", num_classes=3, timeout=60.0) as client:
        expected = generator.sample(5, seed=7)
        levels = (expected.astype(np.float64) + 1) * 127.5
        assert np.max(np.abs(client.sample(5, seed=7) - levels)) <= 0.51
        (file,) = client.sample(seeds=[3], labels=2, truncation=0.5, png=True)
        assert_drawn_by(file, generator, seeds=[3], labels=2, truncation=0.5)
        z = generator.prior.latents([3, 5], generator.latent_dim)
        found = client.generate(z, labels=[0, 2])
        np.testing.assert_allclose(found, generator.generate(z, [0, 2]), atol=1e-6)
    with ServingClient(address, "digits") as client:
        with pytest.raises(ServingError, match=r"labels.*0\.\.2.*3") as refused:
            client.sample(seeds=[3], labels=3)
        assert refused.value.code == "invalid_argument"
    with ServingClient(address, "letters") as client:
        with pytest.raises(ServingError) as refused:
            client.sample(1)
        assert refused.value.code == "not_found"


def test_a_client_of_tf_serving_is_answered_from_an_onnx_file(
    digits, generator, monkeypatch
):
    monkeypatch.syspath_prepend(FOLDER)
    from rest import RestModel

    model = RestModel("digits", digits)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, text = model.answer(self.command, self.path, body)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        do_POST = do_GET  # noqa: N815 - the name that http.server calls

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        assert_served_as_by_tf_serving(address, generator)
        model_address = f"{address}/v1/models/digits"
        (state,) = answer_of(model_address)["model_version_status"]
        assert state["state"] == "AVAILABLE"
        for content in ({}, [], {"inputs": {"z": [[0.0]]}}, {"instances": [3]}):
            status, text = refusal_of(f"{model_address}:predict", content)
            assert status == 400
            assert "serving_default (z, label)" in text
        server.shutdown()


@pytest.mark.foreign
def test_openvino_draws_the_images_of_the_file(generator):
    openvino = pytest.importorskip("openvino")
    network = openvino.compile_model(
        WRITTEN, "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
    )
    z = generator.prior.latents(range(7), generator.latent_dim)
    labels = (np.arange(7) % 3).astype(np.int32)
    found = network({"z": z, "label": labels})["image"]
    np.testing.assert_allclose(found, generator.generate(z, labels), atol=1e-5)


@pytest.mark.foreign
def test_mlflow_serves_the_file_with_labels_of_32_bits(digits, generator, tmp_path):
    pytest.importorskip("mlflow.onnx")
    pytest.importorskip("uvicorn")
    port = free_port()
    model = tmp_path / "model"
    script = [sys.executable, FOLDER / "mlflow_model.py", digits, model]
    subprocess.run(script, check=True, capture_output=True, cwd=tmp_path, timeout=60)
    arguments = ["models", "serve", "-m", model, "-p", port, "--env-manager", "local"]
    address = f"http://127.0.0.1:{port}"
    # MLflow starts the program `uvicorn`, which lies beside Python.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with started(
        [sys.executable, "-m", "mlflow", *arguments],
        f"{address}/ping",
        tmp_path,
        PATH=path,
    ):
        z = generator.prior.latents([3, 5], generator.latent_dim)
        inputs = {"z": z.tolist(), "label": [2, 0]}
        found = answer_of(f"{address}/invocations", {"inputs": inputs})
        expected = generator.generate(z, [2, 0])
        np.testing.assert_allclose(found["predictions"]["image"], expected, atol=1e-6)
        inputs["label"] = [2, 3]
        status, _ = refusal_of(f"{address}/invocations", {"inputs": inputs})
        assert status == 400


@pytest.mark.foreign
def test_ray_serve_answers_a_client_of_tf_serving(digits, generator, tmp_path):
    pytest.importorskip("ray.serve")
    port = free_port()
    code = (
        "import ray; from ray import serve;"
        "ray.init(num_cpus=2, include_dashboard=False);"
        f"serve.start(http_options={{'port': {port}}});"
        "from ray_serve import app; serve.run(app, blocking=True)"
    )
    paths = os.pathsep.join([str(FOLDER), str(ROOT), *filter(os.path.isdir, sys.path)])
    address = f"http://127.0.0.1:{port}"
    with started(
        [sys.executable, "-c", code],
        f"{address}/v1/models/digits",
        tmp_path,
        FILE=str(digits),
        PYTHONPATH=paths,
        RAY_USAGE_STATS_ENABLED="0",
    ):
        assert_served_as_by_tf_serving(address, generator)


@pytest.mark.foreign
def test_kserve_answers_in_its_v1_protocol(digits, generator, tmp_path):
    pytest.importorskip("kserve")
    port = free_port()
    options = ["--model_name", "digits", "--http_port", port, "--enable_grpc", "false"]
    model = f"http://127.0.0.1:{port}/v1/models/digits"
    with started(
        [sys.executable, FOLDER / "kserve_model.py", digits, *options], model, tmp_path
    ):
        assert answer_of(model)["ready"] in (True, "True")
        z = generator.prior.latents([3, 5], generator.latent_dim)
        rows = [{"z": z[0].tolist(), "label": 2}, {"z": z[1].tolist(), "label": 0}]
        found = answer_of(f"{model}:predict", {"instances": rows})["predictions"]
        np.testing.assert_allclose(found, generator.generate(z, [2, 0]), atol=1e-6)
        row = {"seed": 7, "label": 2, "truncation": 0.5}
        drawn = {"signature_name": "generate", "instances": [row]}
        (file,) = answer_of(f"{model}:predict", drawn)["predictions"]
        file = base64.b64decode(file["b64"])
        assert_drawn_by(file, generator, seeds=[7], labels=2, truncation=0.5)
        rows[0]["label"] = 3
        status, text = refusal_of(f"{model}:predict", {"instances": rows})
        assert status == 400
        assert "0..2" in text


@pytest.fixture
def triton(tmp_path):
    """The program, its backends and its libraries, from nvidia-pytriton."""
    python = Path(os.environ.get("TRITON_PYTHON", "missing"))
    if not python.is_file():
        pytest.skip("TRITON_PYTHON names no Python; see docs/servers.md")
    where = "import importlib.util as u; print(u.find_spec('pytriton').origin)"
    found = subprocess.run([python, "-c", where], capture_output=True, text=True)
    package = Path(found.stdout.strip()).parent
    server = package / "tritonserver"
    version = subprocess.run(
        [python, "-c", "import sys; print(sys.version_info[1])"],
        capture_output=True,
        text=True,
    ).stdout.strip()
    backend = tmp_path / "backends" / "python"
    shutil.copytree(server / "backends" / "python", backend)
    stubs = server / "python_backend_stubs" / f"3.{version}"
    shutil.copy(stubs / "triton_python_backend_stub", backend)
    return python, server / "bin" / "tritonserver", backend.parent


@pytest.mark.foreign
def test_triton_draws_requests_together_and_refuses_each_alone(
    triton, digits, generator, tmp_path
):
    python, program, backends = triton
    models = tmp_path / "models"
    shutil.copytree(FOLDER / "triton", models)
    shutil.copy(digits, models / "digits" / "1" / "model.onnx")
    port = free_port()
    address = f"http://127.0.0.1:{port}/v2"
    options = ["--model-repository", models, "--backend-directory", backends]
    options += [
        "--http-port",
        port,
        "--allow-grpc",
        "false",
        "--allow-metrics",
        "false",
    ]
    libraries = program.parents[3] / "nvidia_pytriton.libs"
    with started(
        [program, *options],
        f"{address}/models/digits",
        tmp_path,
        PATH=f"{python.parent}{os.pathsep}{os.environ['PATH']}",
        LD_LIBRARY_PATH=str(libraries),
    ):
        inputs = {
            "seed": ("INT64", [3, 5]),
            "label": ("INT32", [2, 0]),
            "truncation": ("FP32", [0.5, 1.0]),
        }

        def request(**changed):
            return {
                "inputs": [
                    {"name": name, "datatype": kind, "shape": [2, 1], "data": data}
                    for name, (kind, data) in (inputs | changed).items()
                ]
            }

        infer = f"{address}/models/digits/infer"
        (output,) = answer_of(infer, request())["outputs"]
        expected = generator.sample(seeds=[3, 5], labels=[2, 0], truncation=[0.5, 1.0])
        found = np.reshape(output["data"], output["shape"])
        np.testing.assert_allclose(found, expected, atol=1e-6)
        status, text = refusal_of(infer, request(label=("INT32", [2, 3])))
        assert status >= 400
        assert "`labels` must be in 0..2" in text


def test_kserve_gives_tf_serving_the_folder_of_versions():
    text = (FOLDER / "kserve.yaml").read_text(encoding="utf-8")
    service = yaml.safe_load(text)
    assert service["kind"] == "InferenceService"
    model = service["spec"]["predictor"]["model"]
    assert model["modelFormat"]["name"] == "tensorflow"
    assert model["protocolVersion"] == "v1"
    assert model["storageUri"].endswith("/" + service["metadata"]["name"])
