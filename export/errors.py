"""Defines the errors of exported files and of model servers."""

from __future__ import annotations

from keras_gan._checks import InputError


class VerificationError(InputError):
    """An exported file is missing, changed, corrupt, or differs from the model.

    The message is one line that begins with the file's path.
    """


class ServingError(InputError):
    """A model server did not answer a request as it should.

    The message is one line that begins with the server's address and says what to do.

    Args:
        message: The line.
        code: The kind of failure.

    Attributes:
        code: The kind of failure: "unavailable" (the server is not there, overloaded,
            or gone in the middle of an answer; the only one that is tried again),
            "deadline_exceeded", "not_found" (model or version), "invalid_argument"
            (refused by the model), "malformed" (an answer that cannot be used), or
            "failed".
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (str(self), self.code)
