"""Asks TF Serving by gRPC, with the official messages of `tensorflow-serving-api`.

Source: tensorflow_serving/apis/prediction_service.proto
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_gan._checks import InputError
from keras_gan._limits import LIMITS
from keras_gan.export.server.transport import MalformedAnswer, Peer

_CODES = {
    "UNAVAILABLE": "unavailable",
    "RESOURCE_EXHAUSTED": "unavailable",
    "DEADLINE_EXCEEDED": "deadline_exceeded",
    "NOT_FOUND": "not_found",
    "INVALID_ARGUMENT": "invalid_argument",
    "UNIMPLEMENTED": "malformed",
}
_OPTIONS = [
    ("grpc.max_send_message_length", -1),
    # Reconnect to a lost server about as often as `Connection` repeats a call.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
]


class GrpcTransport:
    """A `Transport` by gRPC.

    Args:
        peer: The server, `grpc://host:8500`, or `grpcs://…` for TLS, and the model.
    """

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._grpc, apis = _libraries()
        self._metadata = apis.get_model_metadata_pb2
        self._messages = apis.predict_pb2
        self._service = apis.prediction_service_pb2_grpc
        self._channels: dict[int, Any] = {}
        self._lock = threading.Lock()

    def signatures(self, timeout: float) -> Any:
        """See `Transport.signatures`."""
        from google.protobuf import json_format

        request = self._metadata.GetModelMetadataRequest()
        request.metadata_field.append("signature_def")
        most = LIMITS.metadata_bytes
        response = self._call("GetModelMetadata", request, most, timeout)
        found = self._metadata.SignatureDefMap()
        if not response.metadata["signature_def"].Unpack(found):
            raise MalformedAnswer("no signatures in it")
        signatures = json_format.MessageToDict(found, preserving_proto_field_name=True)
        return signatures.get("signature_def")

    def predict(
        self,
        signature: str,
        inputs: Mapping[str, np.ndarray],
        output: str,
        shape: tuple[int, ...],
        most_bytes: int,
        timeout: float,
    ) -> np.ndarray:
        """See `Transport.predict`."""
        import tensorflow as tf

        request = self._messages.PredictRequest()
        request.model_spec.signature_name = signature
        for name, values in inputs.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(values))
        most = most_bytes + LIMITS.metadata_bytes
        response = self._call("Predict", request, most, timeout)
        if output not in response.outputs:
            raise MalformedAnswer(f"no {output!r} in it")
        tensor = response.outputs[output]
        # Checked before parsing: a few bytes can claim a shape that no memory holds.
        found = tuple(dimension.size for dimension in tensor.tensor_shape.dim)
        wanted = tf.string if output.endswith("_bytes") else tf.float32
        if found != shape or tensor.dtype != wanted.as_datatype_enum:
            raise MalformedAnswer(
                f"{output!r} is of type {tensor.dtype} and shape {found}, not of "
                f"{wanted.as_datatype_enum} ({wanted.name}) and {shape}"
            )
        try:
            return tf.make_ndarray(tensor)
        except (TypeError, ValueError) as error:
            raise MalformedAnswer(str(error)) from error

    def close(self) -> None:
        """See `Transport.close`."""
        with self._lock:
            for channel in self._channels.values():
                channel.close()
            self._channels.clear()

    def _channel(self, limit: int) -> Any:
        with self._lock:
            if limit not in self._channels:
                self._channels[limit] = self._open(limit)
            return self._channels[limit]

    def _open(self, limit: int) -> Any:
        scheme, _, target = self._peer.server.partition("://")
        # By default gRPC takes 4 MB, and 64 large images are more.
        options = [*_OPTIONS, ("grpc.max_receive_message_length", limit)]
        if scheme == "grpcs":
            credentials = self._grpc.ssl_channel_credentials()
            return self._grpc.secure_channel(target, credentials, options)
        return self._grpc.insecure_channel(target, options)

    def _call(self, method: str, request: Any, most_bytes: int, timeout: float) -> Any:
        """Returns the answer, of at most about `most_bytes`.

        A channel has one limit, so there is one for each power of two that was needed.
        """
        request.model_spec.name = self._peer.model
        if self._peer.version is not None:
            request.model_spec.version.value = self._peer.version
        limit = min(2 ** most_bytes.bit_length(), LIMITS.answer_bytes) - 1
        stub = self._service.PredictionServiceStub(self._channel(limit))
        try:
            return getattr(stub, method)(request, timeout=timeout)
        except self._grpc.RpcError as error:
            name, details = error.code().name, error.details() or ""
            code = _CODES.get(name, "failed")
            if "deserializing response" in details:
                code = "malformed"
            if name == "RESOURCE_EXHAUSTED" and f"vs. {limit})" in details:
                code, name = "malformed", "it is larger than what was asked for can be"
            raise self._peer.error(code, f"{name}: {details}") from error


def _libraries() -> tuple[Any, Any]:
    try:
        import grpc
        import tensorflow_serving.apis as apis
        from tensorflow_serving.apis import (
            get_model_metadata_pb2,  # noqa: F401
            predict_pb2,  # noqa: F401
            prediction_service_pb2_grpc,  # noqa: F401
        )
    except ImportError as error:
        raise InputError(
            "Asking a server by gRPC needs tensorflow-serving-api: "
            "pip install '.[serving]' in the clone of keras-gan (REST, http://…, "
            "does without it)"
        ) from error
    return grpc, apis
