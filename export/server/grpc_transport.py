"""Asks TF Serving by gRPC, with the official messages of `tensorflow-serving-api`.

Source: tensorflow_serving/apis/prediction_service.proto
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from keras_gan._checks import InputError
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
    # By default gRPC takes 4 MB, and 64 large images are more.
    ("grpc.max_receive_message_length", -1),
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
        scheme, _, target = peer.server.partition("://")
        if scheme == "grpcs":
            credentials = self._grpc.ssl_channel_credentials()
            self._channel = self._grpc.secure_channel(target, credentials, _OPTIONS)
        else:
            self._channel = self._grpc.insecure_channel(target, _OPTIONS)
        service = apis.prediction_service_pb2_grpc
        self._stub = service.PredictionServiceStub(self._channel)

    def signatures(self, timeout: float) -> Any:
        """See `Transport.signatures`."""
        from google.protobuf import json_format

        request = self._metadata.GetModelMetadataRequest()
        request.metadata_field.append("signature_def")
        response = self._call(self._stub.GetModelMetadata, request, timeout)
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
        timeout: float,
    ) -> np.ndarray:
        """See `Transport.predict`."""
        import tensorflow as tf

        request = self._messages.PredictRequest()
        request.model_spec.signature_name = signature
        for name, values in inputs.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(values))
        response = self._call(self._stub.Predict, request, timeout)
        if output not in response.outputs:
            raise MalformedAnswer(f"no {output!r} in it")
        tensor = response.outputs[output]
        # Checked before parsing: a few bytes can claim a shape that no memory holds.
        found = tuple(dimension.size for dimension in tensor.tensor_shape.dim)
        wanted = tf.string if output.endswith("_bytes") else tf.float32
        if found != shape or tensor.dtype != wanted.as_datatype_enum:
            kind = tf.dtypes.as_dtype(tensor.dtype).name if tensor.dtype else "untyped"
            raise MalformedAnswer(f"{output!r} is {kind} of shape {found}, not {shape}")
        try:
            return tf.make_ndarray(tensor)
        except (TypeError, ValueError) as error:
            raise MalformedAnswer(str(error)) from error

    def close(self) -> None:
        """See `Transport.close`."""
        self._channel.close()

    def _call(self, method: Callable[..., Any], request: Any, timeout: float) -> Any:
        request.model_spec.name = self._peer.model
        if self._peer.version is not None:
            request.model_spec.version.value = self._peer.version
        try:
            return method(request, timeout=timeout)
        except self._grpc.RpcError as error:
            name, details = error.code().name, error.details() or ""
            code = _CODES.get(name, "failed")
            if "deserializing response" in details:
                code = "malformed"
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
