"""Asks TF Serving by REST: JSON over HTTP, without TensorFlow.

Source: https://www.tensorflow.org/tfx/serving/api_rest
"""

from __future__ import annotations

import base64
import itertools
import json
import math
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import numpy as np

from keras_gan._checks import InputError
from keras_gan._limits import LIMITS
from keras_gan.export.server.transport import MalformedAnswer, Peer

_CODES = {
    400: "invalid_argument",
    404: "not_found",
    429: "unavailable",
    502: "unavailable",
    503: "unavailable",
    504: "deadline_exceeded",
}
# The most characters of a number in JSON, with what is between two numbers; TF Serving
# writes some 20.
_NUMBER = 64


class RestTransport:
    """A `Transport` by REST.

    Args:
        peer: The server, a URL such as `http://host:8501` or `https://…`, and model.
    """

    def __init__(self, peer: Peer) -> None:
        self._http = _bounded_http().BoundedHttp(peer)
        self._peer = peer
        version = "" if peer.version is None else f"/versions/{peer.version}"
        name = quote(peer.model, safe="")
        self._url = f"{peer.server.rstrip('/')}/v1/models/{name}{version}"

    def signatures(self, timeout: float) -> Any:
        """See `Transport.signatures`."""
        url, most = f"{self._url}/metadata", LIMITS.metadata_bytes
        answer = self._ask("GET", url, None, timeout, most)
        try:
            signatures = answer["metadata"]["signature_def"]
            # OpenVINO Model Server writes the names of JSON, TF Serving those of proto.
            return signatures[
                "signatureDef" if "signatureDef" in signatures else "signature_def"
            ]
        except (KeyError, TypeError):
            raise MalformedAnswer("no signatures in it") from None

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
        began = time.monotonic()
        lists = {name: values.tolist() for name, values in inputs.items()}
        body = {"signature_name": signature, "inputs": lists}
        text = json.dumps(body, separators=(",", ":")).encode()
        are_bytes = output.endswith("_bytes")
        # Base64 writes three bytes as four, TF Serving a float in `_NUMBER` at most.
        most = 2 * most_bytes if are_bytes else _NUMBER * math.prod(shape)
        most = min(most + LIMITS.metadata_bytes, LIMITS.answer_bytes)
        left = max(timeout - (time.monotonic() - began), 1e-3)
        answer = self._ask("POST", f"{self._url}:predict", text, left, most)
        try:
            # TF Serving leaves out the name of an output that is the only one.
            values = answer["outputs"]
            return _bytes(values, shape) if are_bytes else _floats(values, shape)
        except (KeyError, TypeError, ValueError, OverflowError):
            kind = "list of files" if are_bytes else "array"
            raise MalformedAnswer(
                f"no {kind} {output!r} of shape {shape} in it"
            ) from None

    def close(self) -> None:
        """See `Transport.close`."""
        self._http.close()

    def _ask(
        self, method: str, url: str, body: bytes | None, timeout: float, most: int
    ) -> Any:
        """Returns the JSON that the server answers with, of at most `most` bytes."""
        status, content = self._http.exchange(method, url, body, timeout, most)
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            answer = None
        if status != 200:
            reason = answer.get("error") if isinstance(answer, dict) else None
            reason = reason if isinstance(reason, str) and reason else None
            code = _CODES.get(status, "failed")
            raise self._peer.error(code, reason or f"HTTP status {status}")
        if answer is None:
            raise MalformedAnswer("it is not JSON")
        return answer


def _floats(values: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Returns float32 of nested lists, which must have the shape.

    NumPy would parse text as numbers, null as NaN, and give every text the room of the
    longest.
    """
    rows = [values]
    for size in shape:
        if any(type(row) is not list or len(row) != size for row in rows):
            raise ValueError
        rows = list(itertools.chain.from_iterable(rows))
    if not set(map(type, rows)) <= {float, int}:
        raise TypeError
    with np.errstate(over="ignore"):
        return np.array(rows, np.float64).astype(np.float32).reshape(shape)


def _bytes(values: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Returns the contents of base64 objects, which must have the shape `(N,)`."""
    if type(values) is not list or (len(values),) != shape:
        raise ValueError
    result = np.empty(len(values), object)
    for index, value in enumerate(values):
        result[index] = base64.b64decode(value["b64"], validate=True)
    return result


def _bounded_http() -> Any:
    try:
        from keras_gan.export.server import bounded_http
    except ImportError as error:
        raise InputError(
            "Asking a server by REST needs urllib3: pip install urllib3, or pip "
            "install '.[serving]' in the clone of keras-gan"
        ) from error
    return bounded_http
