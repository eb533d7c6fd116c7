"""Defines the interface that REST and gRPC share, and the errors of a server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from keras_gan._checks import one_line, printable, without_passwords
from keras_gan.export.errors import ServingError


class MalformedAnswer(Exception):  # noqa: N818 - `Connection` makes it a `ServingError`
    """The reason why an answer cannot be used, worded as a clause."""


class Transport(Protocol):
    """Sends requests to one model of one server; may be used from several threads.

    Every call either answers within `timeout` seconds or raises `ServingError`. An
    answer that cannot be used raises `MalformedAnswer`.
    """

    def signatures(self, timeout: float) -> Any:
        """Returns the model's signatures, in the JSON form of `SignatureDefMap`."""
        ...

    def predict(
        self,
        signature: str,
        inputs: Mapping[str, np.ndarray],
        output: str,
        shape: tuple[int, ...],
        most_bytes: int,
        timeout: float,
    ) -> np.ndarray:
        """Runs a signature with one output.

        Args:
            signature: The signature's name.
            inputs: `(B, ...)` arrays by name.
            output: The output's name.
            shape: The shape that the output should have.
            most_bytes: The most bytes that the output may have.
            timeout: Seconds until an answer must be there.

        Returns:
            The output: float32, or `bytes` objects for `…_bytes`.
        """
        ...

    def close(self) -> None:
        """Closes the connections."""
        ...


class Peer:
    """Names a server and one of its models, and makes the errors that tell of them.

    Attributes:
        server: The server's address.
        shown: The address without a password, for people.
        model: The model's name.
        version: The version asked for; None for the latest.
    """

    def __init__(self, server: str, model: str, version: int | None) -> None:
        self.server = server
        self.shown = without_passwords(server)
        self.model = model
        self.version = version

    def error(self, code: str, reason: object) -> ServingError:
        """Returns an error of one line: what went wrong, why, and what to do."""
        text = one_line(reason, 300).rstrip(".")
        version = "" if self.version is None else f" version {self.version}"
        model = f"model {self.model!r}{version}"
        message = {
            "unavailable": f"the server cannot be reached, or cannot answer now "
            f"({text}); see that it runs there and has loaded the {model}",
            "deadline_exceeded": f"no answer in time ({text}); give a longer "
            "`timeout`, or ask for less at once",
            "not_found": f"there is no {model} ({text}); see the models.config of the "
            "server, and the version folders in the model's base path",
            "invalid_argument": f"the {model} refuses the request ({text})",
            "malformed": f"the answer for the {model} is malformed: {text}; see that "
            "TF Serving answers there, and that `save_saved_model` wrote the model",
            "failed": f"the {model} failed ({text}); see the server's log",
        }[code]
        return ServingError(printable(f"{self.shown}: {message}."), code)
