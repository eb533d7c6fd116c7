"""The error of an artifact that is not what it should be."""

from __future__ import annotations

from keras_gan._checks import InputError


class VerificationError(InputError):
    """An exported file is missing, changed, corrupt, or differs from the model.

    The message is one line that begins with the file's path.
    """
