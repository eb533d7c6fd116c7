"""Sends requests to a model server, in batches, with retries and deadlines."""

from __future__ import annotations

import itertools
import random
import re
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

import numpy as np

from keras_gan._checks import InputError, one_line, without_passwords
from keras_gan.export.arrays import batches_of
from keras_gan.export.errors import ServingError
from keras_gan.export.server.served_interface import ServedInterface
from keras_gan.export.server.transport import MalformedAnswer, Peer, Transport

# Seconds: the pause before the second try, and the longest one. Each pause is twice the
# one before.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_REST = re.compile(r"https?://[^/\s]+\S*")
_GRPC = re.compile(r"(?:grpcs?://)?(?:[^/\s:]+|\[[0-9A-Fa-f:]+\]):\d{1,5}")

_Answer = TypeVar("_Answer")


class Connection:
    """A connection to one model of one server.

    Attributes:
        peer: The server and the model.

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
        """Returns the model's interface, and asks the server for it at the first call.

        Args:
            deadline: The time on the clock `time.monotonic` at which to give up.
        """
        found = self._interface  # read once: another thread may reset it meanwhile
        if found is None:
            found = self._ask(
                lambda timeout: ServedInterface.from_signatures(
                    self._transport.signatures(timeout)
                ),
                deadline,
            )
            self._interface = found
        return found

    def run(
        self,
        signature: str,
        inputs: Mapping[str, np.ndarray],
        output: str,
        row_shape: tuple[int, ...],
        row_bytes: int,
        deadline: float,
    ) -> np.ndarray:
        """Runs a signature with one output on any number of rows.

        Args:
            signature: The signature's name.
            inputs: `(B, ...)` arrays by name.
            output: The output's name.
            row_shape: The shape of one row of the output.
            row_bytes: The most bytes of one row.
            deadline: The time on the clock `time.monotonic` at which to give up.

        Returns:
            `(B, *row_shape)`: float32, or `bytes` objects for `…_bytes`.
        """

        def predicted(part: Mapping[str, np.ndarray], timeout: float) -> np.ndarray:
            count = len(next(iter(part.values())))
            shape, most_bytes = (count, *row_shape), count * row_bytes
            answer = self._transport.predict(
                signature, part, output, shape, most_bytes, timeout
            )
            if answer.shape != shape:
                raise MalformedAnswer(
                    f"{output!r} has shape {answer.shape}, not {shape}"
                )
            return answer

        parts = batches_of(inputs, self._batch_size)
        return np.concatenate(
            [self._ask(partial(predicted, part), deadline) for part in parts]
        )

    def malformed(self, reason: object) -> ServingError:
        """Returns the error of an answer that does not fit the model's interface.

        The next call asks for the interface again: the server may have another model
        by now.
        """
        self._interface = None
        return self.peer.error("malformed", reason)

    def close(self) -> None:
        """Closes the connections."""
        self._transport.close()

    def _ask(self, call: Callable[[float], _Answer], deadline: float) -> _Answer:
        """Calls until the server is available; a malformed answer is a server error.

        So is whatever a library raises at an answer that its authors did not expect.
        """
        try:
            return self._retry(call, deadline)
        except MalformedAnswer as error:
            raise self.malformed(error) from error
        except ServingError as error:
            if error.code in ("malformed", "invalid_argument"):
                self._interface = None
            raise
        except InputError:
            raise
        except Exception as error:
            reason = one_line(f"{type(error).__name__}: {error}")
            raise self.malformed(reason) from error

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
                longest = min(_FIRST_PAUSE * 2 ** min(attempt, 10), _LONGEST_PAUSE)
                # Random, so that not all clients ask at once when a server comes back.
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
        "grpc://HOST:PORT or grpcs://HOST:PORT for gRPC; got "
        f"{without_passwords(repr(server))}."
    )


def _transport(peer: Peer) -> Transport:
    if peer.server.startswith("http"):
        from keras_gan.export.server.rest_transport import RestTransport

        return RestTransport(peer)
    from keras_gan.export.server.grpc_transport import GrpcTransport

    return GrpcTransport(peer)
