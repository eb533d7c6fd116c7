"""What a gRPC server can do wrong, by the official service."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
import numpy as np
import pytest
import tensorflow as tf
from google.protobuf import any_pb2
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from keras_gan.export import ServingClient, ServingError


def signatures():
    def info(*sizes):
        placeholder = tf.compat.v1.placeholder(tf.float32, (None, *sizes))
        return tf.compat.v1.saved_model.build_tensor_info(placeholder)

    with tf.Graph().as_default():
        definition = tf.compat.v1.saved_model.build_signature_def(
            {"z": info(4)}, {"image": info(3, 2, 1)}
        )
    return {"serving_default": definition}


class Service(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Answers predictions as `respond(response, context)` says."""

    def __init__(self, respond):
        self.respond, self.asked, self.metadata = respond, 0, None

    def GetModelMetadata(self, request, context):  # noqa: N802 - as in the .proto
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        if self.metadata is not None:
            response.metadata["signature_def"].CopyFrom(self.metadata)
            return response
        found = get_model_metadata_pb2.SignatureDefMap(signature_def=signatures())
        response.metadata["signature_def"].Pack(found)
        return response

    def Predict(self, request, context):  # noqa: N802
        self.asked += 1
        response = predict_pb2.PredictResponse()
        self.respond(response, context)
        return response


@pytest.fixture
def serve():
    started = []

    def start(respond):
        server = grpc.server(ThreadPoolExecutor(4))
        service = Service(respond)
        add = prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server
        add(service, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        started.append(server)
        return service, f"127.0.0.1:{port}"

    yield start
    for server in started:
        server.stop(None).wait()


def failure_of(client, code):
    with client, pytest.raises(ServingError) as caught:
        client.generate(np.zeros((1, 4)))
    assert caught.value.code == code, caught.value
    assert "\n" not in str(caught.value)
    return str(caught.value)


def image(response, _, shape=(1, 3, 2, 1), dtype=np.float32):
    values = np.zeros(shape, dtype)
    response.outputs["image"].CopyFrom(tf.make_tensor_proto(values))


def test_server_that_is_not_there_is_one_clear_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        client = ServingClient(address, "digits", retries=1)
        message = failure_of(client, "unavailable")
    assert message.startswith(f"grpc://{address}: the server cannot be reached")


def test_deadline_holds(serve):
    _, address = serve(lambda *_: time.sleep(3))
    start = time.monotonic()
    client = ServingClient(address, "digits", timeout=0.8)
    assert "`timeout`" in failure_of(client, "deadline_exceeded")
    assert time.monotonic() - start < 2.8


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (grpc.StatusCode.NOT_FOUND, "not_found"),
        (grpc.StatusCode.INVALID_ARGUMENT, "invalid_argument"),
        (grpc.StatusCode.INTERNAL, "failed"),
        (grpc.StatusCode.UNIMPLEMENTED, "malformed"),
    ],
)
def test_failures_are_told_and_not_asked_again(serve, status, code):
    service, address = serve(lambda _, context: context.abort(status, "so\nit is"))
    assert "so it is" in failure_of(ServingClient(address, "digits"), code)
    assert service.asked == 1


@pytest.mark.parametrize("name", ["UNAVAILABLE", "RESOURCE_EXHAUSTED"])
def test_unavailable_servers_are_asked_again(serve, name):
    left = [1, 2]

    def respond(response, context):
        if left:
            left.pop()
            context.abort(grpc.StatusCode[name], "the queue is full")
        image(response, context)

    service, address = serve(respond)
    with ServingClient(address, "digits") as client:
        assert client.generate(np.zeros((1, 4))).shape == (1, 3, 2, 1)
    assert service.asked == 3


def other_name(response, _):
    response.outputs["picture"].CopyFrom(tf.make_tensor_proto([1.0]))


def other_shape(response, context):
    image(response, context, (2, 3, 2, 1))


def other_type(response, context):
    image(response, context, dtype=np.float64)


def no_values(response, _):
    tensor = response.outputs["image"]
    tensor.dtype = tf.float32.as_datatype_enum
    for size in (1, 3, 2, 1):
        tensor.tensor_shape.dim.add(size=size)
    tensor.tensor_content = b"abc"


def larger_than_memory(response, _):
    tensor = response.outputs["image"]
    tensor.dtype = tf.float32.as_datatype_enum
    tensor.tensor_shape.dim.add(size=1 << 50)
    tensor.float_val.append(0.0)


def larger_than_asked_for(response, context):
    image(response, context)
    response.outputs["more"].tensor_content = bytes(40 * 2**20)


def unknown_type(response, context):
    image(response, context)
    response.outputs["image"].dtype = 2_000_000


@pytest.mark.parametrize(
    "respond",
    [
        lambda *_: None,
        larger_than_asked_for,
        unknown_type,
        other_name,
        other_shape,
        other_type,
        no_values,
        larger_than_memory,
        lambda response, _: response.outputs["image"].SetInParent(),
    ],
)
def test_malformed_answers_are_one_clear_line(serve, respond):
    service, address = serve(respond)
    assert "malformed" in failure_of(ServingClient(address, "digits"), "malformed")
    assert service.asked == 1


@pytest.mark.parametrize("value", [b"\xff" * 9, bytes(9 * 2**20)])
def test_broken_signatures_are_one_clear_line(serve, value):
    service, address = serve(image)
    service.metadata = any_pb2.Any(
        type_url="type.googleapis.com/tensorflow.serving.SignatureDefMap", value=value
    )
    assert "malformed" in failure_of(ServingClient(address, "digits"), "malformed")


def test_control_characters_of_a_server_are_not_shown(serve):
    status = grpc.StatusCode.INTERNAL
    _, address = serve(lambda _, context: context.abort(status, "\x1b[2J\x07"))
    assert "?[2J?" in failure_of(ServingClient(address, "digits"), "failed")


def test_answers_may_be_as_large_as_what_was_asked_for(serve):
    shape = (240_000, 3, 2, 1)  # more than the 4 MB that gRPC takes by default
    _, address = serve(lambda response, context: image(response, context, shape))
    z = np.zeros((shape[0], 4), np.float32)
    with ServingClient(address, "digits", batch_size=shape[0]) as client:
        assert client.generate(z).shape == shape
