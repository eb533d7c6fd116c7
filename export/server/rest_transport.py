"""Asks TF Serving by REST: JSON over HTTP, without TensorFlow.

Source: https://www.tensorflow.org/tfx/serving/api_rest
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import numpy as np

from keras_gan._checks import InputError
from keras_gan.export.server.transport import MalformedAnswer, Peer

_CODES = {
    400: "invalid_argument",
    404: "not_found",
    429: "unavailable",
    502: "unavailable",
    503: "unavailable",
    504: "deadline_exceeded",
}
# Up to this many threads share a client without opening a connection per call.
_KEPT_CONNECTIONS = 64
_CHUNK = 1 << 20


class RestTransport:
    """A `Transport` by REST.

    Args:
        peer: The server, a URL such as `http://host:8501` or `https://…`, and model.
    """

    def __init__(self, peer: Peer) -> None:
        self._http = _urllib3()
        self._peer = peer
        version = "" if peer.version is None else f"/versions/{peer.version}"
        name = quote(peer.model, safe="")
        self._url = f"{peer.server.rstrip('/')}/v1/models/{name}{version}"
        self._pool = self._http.PoolManager(maxsize=_KEPT_CONNECTIONS)

    def signatures(self, timeout: float) -> Any:
        """See `Transport.signatures`."""
        answer = self._ask("GET", f"{self._url}/metadata", None, timeout)
        try:
            return answer["metadata"]["signature_def"]["signature_def"]
        except (KeyError, TypeError):
            raise MalformedAnswer("no signatures in it") from None

    def predict(
        self,
        signature: str,
        inputs: Mapping[str, np.ndarray],
        output: str,
        shape: tuple[int, ...],
        timeout: float,
    ) -> np.ndarray:
        """See `Transport.predict`."""
        lists = {name: values.tolist() for name, values in inputs.items()}
        body = {"signature_name": signature, "inputs": lists}
        text = json.dumps(body, separators=(",", ":")).encode()
        answer = self._ask("POST", f"{self._url}:predict", text, timeout)
        try:
            # TF Serving leaves out the name of an output that is the only one.
            values = answer["outputs"]
            return _bytes(values) if output.endswith("_bytes") else _floats(values)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise MalformedAnswer(f"no {output!r} in it") from None

    def close(self) -> None:
        """See `Transport.close`."""
        self._pool.clear()

    def _ask(self, method: str, url: str, body: bytes | None, timeout: float) -> Any:
        status, content = self._exchange(method, url, body, timeout)
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            answer = None
        if status != 200:
            reason = answer.get("error") if isinstance(answer, dict) else None
            code = _CODES.get(status, "failed")
            raise self._peer.error(code, reason or f"HTTP status {status}")
        if answer is None:
            raise MalformedAnswer("it is not JSON")
        return answer

    def _exchange(
        self, method: str, url: str, body: bytes | None, timeout: float
    ) -> tuple[int, bytes]:
        """Returns the status and the body of one HTTP request."""
        errors = self._http.exceptions
        deadline = time.monotonic() + timeout
        response = None
        try:
            response = self._pool.request(
                method,
                url,
                body=body,
                headers={} if body is None else {"Content-Type": "application/json"},
                timeout=self._http.Timeout(total=timeout),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            content = bytearray()
            # The timeout of urllib3 is for each read; this one is for all of them.
            while chunk := response.read1(_CHUNK):
                content += chunk
                if time.monotonic() > deadline:
                    raise errors.TimeoutError("it is still being sent")
        except (errors.HTTPError, OSError) as error:
            if response is not None:
                response.close()
            raise self._peer.error(*self._explain(error, timeout)) from error
        response.release_conn()
        return response.status, bytes(content)

    def _explain(self, error: Exception, timeout: float) -> tuple[str, str]:
        errors = self._http.exceptions
        if isinstance(error, errors.NewConnectionError):  # its base is a timeout error
            return "unavailable", str(error).rpartition(": ")[2]
        if isinstance(error, errors.TimeoutError):
            return "deadline_exceeded", f"{timeout:.3g} s of it for this request"
        if isinstance(error, errors.ProtocolError):
            return "unavailable", "the connection broke off"
        if isinstance(error, errors.LocationValueError):
            return "failed", f"the URL is malformed: {error}"
        return "failed", f"{type(error).__name__}: {error}"


def _floats(values: Any) -> np.ndarray:
    # Without this check NumPy would parse text as numbers, and null as NaN.
    array = np.array(values)
    if array.dtype.kind not in "fi":
        raise TypeError
    with np.errstate(over="ignore"):
        return array.astype(np.float32)


def _bytes(values: Any) -> np.ndarray:
    result = np.empty(len(values), object)
    for index, value in enumerate(values):
        result[index] = base64.b64decode(value["b64"], validate=True)
    return result


def _urllib3() -> Any:
    try:
        import urllib3
    except ImportError as error:
        raise InputError(
            "Asking a server by REST needs urllib3: pip install urllib3, or pip "
            "install '.[serving]' in the clone of keras-gan"
        ) from error
    return urllib3
