"""Requests to a model server: cut into batches, tried again, within a deadline."""

from __future__ import annotations

import itertools
import random
import re
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np

from keras_gan._checks import InputError
from keras_gan.export.server.served_interface import Peer, ServedInterface, Transport
from keras_gan.export.errors import ServingError

# Seconds to wait before the second try, and at most; each time twice as long.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_REST = re.compile(r"https?://[^/\s]+\S*")
_GRPC = re.compile(r"(?:grpcs?://)?(?:[^/\s:]+|\[[0-9A-Fa-f:]+\]):\d{1,5}")

_Answer = TypeVar("_Answer")


class Connection:
    """One model of one server.

    Attributes:
        peer: Whom it asks.

    Args:
        server: The server's address, as `ServingClient` takes it.
        model: The name that the server knows the model by.
        version: The version to ask; None for the latest that the server has.
        retries: How often a request to an unavailable server is sent again.
        batch_size: Rows in one request.
    """

    def __init__(
        self,
        server: str,
        model: str,
        version: int | None,
        retries: int,
        batch_size: int,
    ) -> None:
        self.peer = Peer(_address(server), model, version)
        self._retries = retries
        self._batch_size = batch_size
        self._transport = _transport(self.peer)
        self._interface: ServedInterface | None = None

    def interface(self, deadline: float) -> ServedInterface:
        """Returns what the server says of the model; it is asked once.

        Args:
            deadline: When to give up, on the clock `time.monotonic`.
        """
        found = self._interface  # once: another thread may forget it meanwhile
        if found is None:
            found = self._retry(self._transport.interface, deadline)
            self._interface = found
        return found

    def run(
        self,
        signature: str,
        inputs: Mapping[str, np.ndarray],
        output: str,
        row_shape: tuple[int, ...],
        deadline: float,
    ) -> np.ndarray:
        """Runs a signature with one output on any number of rows.

        Args:
            signature: The signature's name.
            inputs: `(B, ...)` arrays by name.
            output: The output's name.
            row_shape: The shape of one row of the output.
            deadline: When to give up, on the clock `time.monotonic`.

        Returns:
            `(B, *row_shape)`: float32, or `bytes` objects for `…_bytes`.
        """
        count = len(next(iter(inputs.values())))
        answers = []
        for start in range(0, count, self._batch_size):
            stop = min(start + self._batch_size, count)
            part = {name: values[start:stop] for name, values in inputs.items()}
            answers.append(
                self._run_part(
                    signature, part, output, (stop - start, *row_shape), deadline
                )
            )
        return np.concatenate(answers)

    def malformed(self, reason: str) -> ServingError:
        """Returns the error of an answer that does not fit the model's interface.

        The interface is asked for again at the next call: the server may have another
        model by now.
        """
        self._interface = None
        return self.peer.error("malformed", reason)

    def close(self) -> None:
        """Closes the connections."""
        self._transport.close()

    def _run_part(
        self,
        signature: str,
        inputs: Mapping[str, np.ndarray],
        output: str,
        shape: tuple[int, ...],
        deadline: float,
    ) -> np.ndarray:
        def ask(timeout: float) -> np.ndarray:
            return self._transport.predict(signature, inputs, output, shape, timeout)

        try:
            answer = self._retry(ask, deadline)
            if answer.shape != shape:
                reason = f"{output!r} has shape {answer.shape}, not {shape}"
                raise self.malformed(reason)
        except ServingError as error:
            if error.code in ("malformed", "invalid_argument"):
                self._interface = None
            raise
        return answer

    def _retry(self, call: Callable[[float], _Answer], deadline: float) -> _Answer:
        started = time.monotonic()
        for attempt in itertools.count():
            left = deadline - time.monotonic()
            if left <= 0:
                waited = f"{time.monotonic() - started:.3g} s of it for this request"
                raise self.peer.error("deadline_exceeded", waited)
            try:
                return call(left)
            except ServingError as error:
                longest = min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE)
                # Not all clients of a server that comes back shall ask at once.
                pause = longest * random.uniform(0.5, 1.0)
                in_time = time.monotonic() + pause < deadline
                again = attempt < self._retries and in_time
                if error.code != "unavailable" or not again:
                    raise
            time.sleep(pause)
        raise AssertionError("itertools.count ends")


def _address(server: object) -> str:
    """Returns the address with its scheme."""
    if isinstance(server, str):
        if _REST.fullmatch(server):
            return server.rstrip("/")
        if _GRPC.fullmatch(server):
            return server if "://" in server else f"grpc://{server}"
    raise InputError(
        "`server` must be http://HOST:PORT or https://HOST for REST, or HOST:PORT, "
        f"grpc://HOST:PORT or grpcs://HOST:PORT for gRPC; got {server!r}."
    )


def _transport(peer: Peer) -> Transport:
    if peer.server.startswith("http"):
        from keras_gan.export.server.rest_transport import RestTransport

        return RestTransport(peer)
    from keras_gan.export.server.grpc_transport import GrpcTransport

    return GrpcTransport(peer)
