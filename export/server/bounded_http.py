"""Bounds the seconds and the bytes of an HTTP exchange with urllib3.

The timeouts of urllib3 hold for one read each, and its readers take lines of any
length: a server that sends a byte now and then, or a header that never ends, would hold
a client for ever. Here one budget holds for all of an exchange: the look-up of the
name, the connection, the request, the headers, the body and the trailers.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import threading
import time
from concurrent.futures import Future, InvalidStateError
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import urllib3
from urllib3 import exceptions as errors
from urllib3.connection import HTTPConnection, HTTPSConnection

from keras_gan.export.server.transport import MalformedAnswer, Peer

# Up to this many threads share a client without opening a connection per call.
_KEPT_CONNECTIONS = 64
_CHUNK = 1 << 20
_RECORD = 1 << 14  # the most bytes of a record of TLS
# Bytes for the headers, the trailers and the sizes of chunks.
_AROUND_THE_BODY = 1 << 18


@dataclass
class _Budget:
    """The time and the bytes that are left for an exchange."""

    deadline: float
    bytes: int

    def seconds(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time is over")
        return left

    def take(self, count: int) -> None:
        self.bytes -= count
        if self.bytes < 0:
            raise MalformedAnswer("it is larger than what was asked for can be")


_BUDGET: ContextVar[_Budget] = ContextVar("budget")


class BoundedHttp:
    """Exchanges requests and answers with one server, each within a budget.

    Args:
        peer: The server and the model, for errors.
    """

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._pool = urllib3.PoolManager(maxsize=_KEPT_CONNECTIONS)
        self._pool.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def exchange(
        self, method: str, url: str, body: bytes | None, timeout: float, most: int
    ) -> tuple[int, bytes]:
        """Returns the status and the body of the answer.

        Args:
            method: "GET" or "POST".
            url: The address.
            body: JSON to send; None for nothing.
            timeout: Seconds until the answer must be there, to its last byte.
            most: The most bytes of its body.

        Raises:
            ServingError: If the answer does not come in time, or breaks off.
            MalformedAnswer: If it is too large, or packed.
        """
        deadline = time.monotonic() + timeout
        token = _BUDGET.set(_Budget(deadline, most + _AROUND_THE_BODY))
        try:
            return self._exchange(method, url, body, timeout)
        except (errors.HTTPError, OSError) as error:
            late = time.monotonic() >= deadline
            code, reason = _explained(error, timeout, late)
            raise self._peer.error(code, reason) from error
        finally:
            _BUDGET.reset(token)

    def close(self) -> None:
        """Closes the connections."""
        self._pool.clear()

    def _exchange(
        self, method: str, url: str, body: bytes | None, timeout: float
    ) -> tuple[int, bytes]:
        response = self._pool.request(
            method,
            url,
            body=body,
            headers={} if body is None else {"Content-Type": "application/json"},
            timeout=urllib3.Timeout(total=timeout),
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        content = bytearray()
        try:
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise MalformedAnswer("it is packed, which nobody asked for")
            while chunk := response.read1(_CHUNK):
                content += chunk
        except BaseException:
            response.close()
            raise
        response.release_conn()
        return response.status, bytes(content)


class _Reader(io.RawIOBase):
    """Reads from a socket within the budget."""

    def __init__(self, raw: io.RawIOBase, connected: socket.socket) -> None:
        self._raw = raw
        self._socket = connected

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = _BUDGET.get()
        self._socket.settimeout(left.seconds())
        count = self._raw.readinto(buffer)
        left.take(count or 0)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_Reader(self.fp.detach(), sock))  # type: ignore

    def begin(self) -> None:
        super().begin()
        if self.headers.defects:  # urllib3 would log them, raw
            raise MalformedAnswer("its headers are broken")


class _Bounded:
    """A connection of urllib3 that keeps the budget."""

    response_class = _Response
    sock: socket.socket | None

    def _new_conn(self) -> socket.socket:
        left = _BUDGET.get().seconds()
        found = _connected(self, super()._new_conn, left)  # type: ignore[misc]
        try:
            found.settimeout(_BUDGET.get().seconds())  # for the handshake of TLS
        except TimeoutError:
            found.close()
            raise
        return found

    def send(self, data: Any) -> None:
        # In parts, because TLS begins the timeout anew with every record.
        view = memoryview(data)
        for start in range(0, len(view), _RECORD):
            if self.sock is not None:
                self.sock.settimeout(_BUDGET.get().seconds())
            super().send(view[start : start + _RECORD])  # type: ignore[misc]


class _Connection(_Bounded, HTTPConnection):
    pass


class _TlsConnection(_Bounded, HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection  # type: ignore[assignment]


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TlsConnection  # type: ignore[assignment]


def _explained(error: Exception, timeout: float, late: bool) -> tuple[str, str]:
    """Returns the code and the reason of a `ServingError`."""
    if late:
        return "deadline_exceeded", f"{timeout:.3g} s of it for this request"
    if isinstance(error, errors.NewConnectionError):  # its base is a timeout error
        return "unavailable", str(error).rpartition(": ")[2]
    if isinstance(error, errors.TimeoutError):
        return "deadline_exceeded", f"{timeout:.3g} s of it for this request"
    if isinstance(error, errors.LocationValueError):
        return "failed", f"the URL is malformed: {error}"
    if isinstance(error, (errors.ProtocolError, OSError)):
        return "unavailable", "the connection broke off"
    return "failed", f"{type(error).__name__}: {error}"


def _connected(connection: Any, connect: Any, seconds: float) -> socket.socket:
    """Connects in a thread: no system lets a look-up of a name be broken off."""
    result: Future[socket.socket] = Future()

    def run() -> None:
        with contextlib.suppress(InvalidStateError):
            try:
                found = connect()
            except Exception as error:
                result.set_exception(error)
                return
            try:
                result.set_result(found)
            except InvalidStateError:  # nobody waits any more
                found.close()

    threading.Thread(target=run, daemon=True).start()
    try:
        return result.result(seconds)
    except TimeoutError:
        if not result.cancel() and result.exception() is None:
            return result.result()
        raise errors.ConnectTimeoutError(connection, "no connection in time") from None
