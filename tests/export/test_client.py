"""The client against a server process of its own, by REST and by gRPC."""

from __future__ import annotations

import io
import itertools
import json
import re
import signal
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from cases.generators import build_points_gan
from PIL import Image

from keras_gan import export
from keras_gan._checks import InputError
from keras_gan.export import ServingClient, ServingError

WARMUP = "assets.extra/tf_serving_warmup_requests"


def assert_same_pictures(images, expected, value_range):
    """Within one grey level; in fact correctly rounded."""
    low, high = value_range
    levels = (expected.astype(np.float64) - low) * 255.0 / (high - low)
    assert images.dtype == np.uint8
    assert images.shape == expected.shape
    assert np.max(np.abs(images - levels)) <= 0.51


@pytest.fixture(scope="session")
def server(start_model_server, artifacts, plain_saved_model, conditional_saved_model):
    """The addresses of a server of both models."""
    process, addresses = start_model_server(artifacts)
    yield addresses
    process.stdin.close()
    process.wait(timeout=60)


@pytest.fixture(params=["rest", "grpc"])
def way(request):
    return request.param


@pytest.fixture
def plain(server, way):
    with ServingClient(server[way], "plain") as client:
        yield client


@pytest.fixture
def conditional(server, way):
    with ServingClient(server[way], "conditional", num_classes=10) as client:
        yield client


def test_seed_5_is_the_picture_that_sample_draws(plain, plain_gan):
    expected = plain_gan.sample(seeds=[5])
    assert_same_pictures(plain.sample(seeds=[5]), expected, (-1, 1))
    (png,) = plain.sample(seeds=[5], png=True)
    pixels = np.asarray(Image.open(io.BytesIO(png)))[np.newaxis, ..., np.newaxis]
    assert_same_pictures(pixels, expected, (-1, 1))


@pytest.mark.parametrize(
    "arguments",
    [
        {"n": 5, "seed": 3},
        {"seed": 3},
        {"seeds": [3, 2**62 + 1, -1]},
        {"n": 4, "seed": 3, "truncation": 0.5},
        {"seeds": [3, 5], "truncation": np.array([0.5, 1.0])},
    ],
)
def test_sample_draws_what_the_model_draws(plain, plain_gan, arguments):
    images = plain.sample(**arguments)
    assert_same_pictures(images, plain_gan.sample(**arguments), (-1, 1))


@pytest.mark.parametrize(
    "arguments", [{"n": 9, "seed": 3}, {"labels": [1, 2, 9], "seed": 3}]
)
def test_conditional_sample_draws_what_the_model_draws(
    conditional, conditional_gan, arguments
):
    images = conditional.sample(**arguments)
    assert_same_pictures(images, conditional_gan.sample(**arguments), (0, 1))


def test_generate_gives_the_model_s_floats(
    plain, plain_gan, conditional, conditional_gan
):
    z = plain_gan.latents([1, 2, 3])
    images = plain.generate(z)
    assert images.dtype == np.float32
    np.testing.assert_allclose(images, plain_gan.generate(z), rtol=0, atol=1e-5)
    z = conditional_gan.latents([1, 2, 3])
    expected = conditional_gan.generate(z, [4, 4, 4])
    np.testing.assert_allclose(conditional.generate(z, 4), expected, rtol=0, atol=1e-5)


def test_large_requests_are_sent_in_batches(server, way, plain_gan):
    before = batches(server)
    with ServingClient(server[way], "plain", batch_size=7) as client:
        images = client.sample(20, seed=8)
    assert_same_pictures(images, plain_gan.sample(20, seed=8), (-1, 1))
    assert batches(server)[0] - before[0] == 3


def test_64_concurrent_ragged_requests_are_all_answered_right(server, plain_gan):
    """Clients shared by 64 threads; the server merges what waits into batches."""
    sizes = [1 + (7 * i) % 13 for i in range(64)]
    starts = [0, *itertools.accumulate(sizes)]
    expected = plain_gan.sample(seeds=range(starts[-1]))
    clients = [ServingClient(server[way], "plain") for way in ("rest", "grpc")]
    for client in clients:
        client.sample(1)
    before = batches(server)
    barrier = threading.Barrier(64)

    def ask(i):
        barrier.wait()
        return clients[i % 2].sample(seeds=range(starts[i], starts[i + 1]))

    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(ask, range(64)))
    for client in clients:
        client.close()
    assert [len(answer) for answer in answers] == sizes
    assert_same_pictures(np.concatenate(answers), expected, (-1, 1))
    requests, merged = np.subtract(batches(server), before)
    assert requests == 64
    assert merged < 64


def batches(server):
    """How many requests the server has answered, and in how many batches."""
    with urllib.request.urlopen(f"{server['rest']}/batches", timeout=60) as answer:
        return json.load(answer)


def test_row_and_column_format_are_answered_alike(server):
    def post(body):
        request = urllib.request.Request(
            f"{server['rest']}/v1/models/plain:predict",
            json.dumps({"signature_name": "generate", **body}).encode(),
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    columns = post({"inputs": {"seed": [3, 5], "truncation": [1.0, 1.0]}})["outputs"]
    rows = [{"seed": seed, "truncation": 1.0} for seed in (3, 5)]
    assert post({"instances": rows})["predictions"] == columns
    assert all(set(value) == {"b64"} for value in columns)


@pytest.mark.parametrize(
    ("model", "version"), [("nothing", None), ("plain", 7), ("no thing/1", None)]
)
def test_unknown_model_or_version_is_one_clear_line(server, way, model, version):
    client = ServingClient(server[way], model, version=version)
    with pytest.raises(ServingError, match="there is no model '") as caught:
        client.sample(1)
    assert caught.value.code == "not_found"
    assert model in str(caught.value)
    assert "\n" not in str(caught.value)


def test_version_that_is_asked_for_is_asked(server, way, plain_gan):
    with ServingClient(server[way], "plain", version=1) as client:
        images = client.sample(2, seed=4)
    assert_same_pictures(images, plain_gan.sample(2, seed=4), (-1, 1))


def test_label_that_is_no_class_is_refused_by_the_model(server, way):
    client = ServingClient(server[way], "conditional")
    with pytest.raises(ServingError, match=r"`label` must be in 0\.\.9") as caught:
        client.sample(1, labels=10)
    assert caught.value.code == "invalid_argument"


def test_arguments_that_cannot_be_used_are_refused(plain, conditional, server, way):
    with pytest.raises(InputError, match="`labels` were given"):
        plain.sample(1, labels=2)
    with pytest.raises(InputError, match=r"at least one latent, \(batch, 8\)"):
        plain.generate(np.zeros((2, 5)))
    with pytest.raises(InputError, match=r"must be in 0\.\.9"):
        conditional.sample(1, labels=10)
    with pytest.raises(InputError, match="`labels` are missing"):
        conditional.generate(np.zeros((2, 5)))
    client = ServingClient(server[way], "conditional")
    with pytest.raises(InputError, match="give `labels`, or give `num_classes`"):
        client.sample(1)


def test_new_version_is_served_while_it_is_asked_for(
    server, way, artifacts, points_gan
):
    """A watching server never sees half a model; models without pictures are served."""
    base = artifacts / f"watched_{way}"
    export.save_saved_model(points_gan, base)
    client = ServingClient(server[way], base.name)
    z = points_gan.latents([1, 2])
    with pytest.raises(InputError, match="draws no pictures"):
        client.sample(1)
    second = build_points_gan()
    weights = points_gan.generator.get_weights()
    second.generator.set_weights([weight + 1.0 for weight in weights])
    writer = threading.Thread(target=export.save_saved_model, args=(second, base))
    seen = [client.generate(z)]
    writer.start()
    while writer.is_alive():
        seen.append(client.generate(z))
        time.sleep(0.02)
    seen.append(client.generate(z))
    wanted = [gan.generate(z) for gan in (points_gan, second)]
    is_new = [np.allclose(points, wanted[1], atol=1e-5) for points in seen]
    assert is_new == sorted(is_new)
    assert (is_new[0], is_new[-1]) == (False, True)
    old = np.stack([p for p, new in zip(seen, is_new, strict=True) if not new])
    np.testing.assert_allclose(
        old, np.broadcast_to(wanted[0], old.shape), rtol=0, atol=1e-5
    )


@pytest.mark.parametrize("model", ["plain", "conditional"])
def test_warmup_file_replays(request, server, model):
    """By the official messages, against the official service, as TF Serving does."""
    import grpc
    from tensorflow_serving.apis import prediction_log_pb2 as logs
    from tensorflow_serving.apis.prediction_service_pb2_grpc import (
        PredictionServiceStub,
    )

    folder = request.getfixturevalue(f"{model}_saved_model")
    gan = request.getfixturevalue(f"{model}_gan")
    replayed = []
    with grpc.insecure_channel(server["grpc"]) as channel:
        service = PredictionServiceStub(channel)
        for record in tf.data.TFRecordDataset(str(folder / WARMUP)):
            log = logs.PredictionLog.FromString(record.numpy())
            assert log.WhichOneof("log_type") == "predict_log"
            asked = log.predict_log.request
            assert asked.model_spec.name == model
            response = service.Predict(asked, timeout=60)
            inputs = {n: tf.make_ndarray(t) for n, t in asked.inputs.items()}
            outputs = {n: tf.make_ndarray(t) for n, t in response.outputs.items()}
            signature = asked.model_spec.signature_name
            replayed.append((signature, len(next(iter(inputs.values())))))
            if signature == "serving_default":
                expected = gan.generate(inputs["z"], inputs.get("label"))
                np.testing.assert_allclose(outputs["image"], expected, atol=1e-5)
            else:
                assert all(png[:4] == b"\x89PNG" for png in outputs["image_bytes"])
    signatures = ("serving_default", "generate")
    assert replayed == [(name, size) for size in (1, 8) for name in signatures]
    recorded = json.loads((folder / "manifest.json").read_text())["files"]
    assert WARMUP in recorded


def test_changed_warmup_file_fails_verification(tmp_path):
    folder = export.save_saved_model(build_points_gan(), tmp_path / "points")
    with (folder / WARMUP).open("ab") as file:
        file.write(b"more")
    with pytest.raises(export.VerificationError, match="tf_serving_warmup_requests"):
        export.verify(folder)


def test_every_input_leads_with_the_batch(conditional_saved_model):
    signatures = tf.saved_model.load(str(conditional_saved_model)).signatures
    for signature in signatures.values():
        inputs = signature.structured_input_signature[1].values()
        outputs = signature.structured_outputs.values()
        assert {spec.shape[0] for spec in (*inputs, *outputs)} == {None}


@pytest.mark.slow
def test_server_that_dies_in_the_middle_is_one_clear_line(
    start_model_server, artifacts, plain_saved_model
):
    process, addresses = start_model_server(artifacts, 600)
    clients = [ServingClient(a, "plain", retries=2) for a in addresses.values()]
    for client in clients:
        assert client.interface.latent_dim == 8
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(client.sample, 3, seed=1) for client in clients]
        time.sleep(2)  # both are sent, and wait for their answer
        assert not any(call.done() for call in calls)
        process.send_signal(signal.SIGKILL)
        process.wait()
        for call in calls:
            with pytest.raises(ServingError, match="cannot be reached") as caught:
                call.result(timeout=60)
            assert caught.value.code == "unavailable"
            assert "\n" not in str(caught.value)


def test_the_block_of_the_page_asks_a_server(server, way, capsys):
    page = Path(__file__).parents[2] / "docs" / "serving.md"
    blocks = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    (block,) = (block for block in blocks if "ServingClient(" in block)
    found = {}
    block = block.replace("http://localhost:8501", server[way])
    block = block.replace("timeout=5.0", "timeout=60.0")
    exec(block.replace('"digits"', '"conditional"'), found)
    assert capsys.readouterr().out == ""
    assert found["images"].shape == (16, 8, 8, 3)
    assert [png[:4] for png in found["sevens"]] == [b"\x89PNG"] * 2
    assert found["floats"].shape == (2, 8, 8, 3)
