"""What a model server says of the generator that it serves, and how it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from keras_gan.export.errors import ServingError


@dataclass(frozen=True)
class ServedInterface:
    """A served generator, as its signatures describe it.

    Attributes:
        latent_dim: The size of a latent.
        image_shape: The shape of one image, usually (height, width, channels).
        takes_labels: Whether each image needs a label.
        draws_pictures: Whether it has the signature `generate`, from seeds to PNG.
    """

    latent_dim: int
    image_shape: tuple[int, ...]
    takes_labels: bool
    draws_pictures: bool

    @classmethod
    def from_signatures(cls, signatures: Any) -> ServedInterface:
        """Reads signatures as the JSON form of `SignatureDefMap` has them.

        Raises:
            ValueError: If they are not those that `save_saved_model` writes.
        """
        try:
            serve = signatures["serving_default"]
            batch, latent_dim = _sizes(serve["inputs"]["z"], "DT_FLOAT")
            images, *image_shape = _sizes(serve["outputs"]["image"], "DT_FLOAT")
            takes_labels = set(serve["inputs"]) == {"z", "label"}
            if not takes_labels and set(serve["inputs"]) != {"z"}:
                raise ValueError
            draws_pictures = "generate" in signatures and len(image_shape) == 3
        except (KeyError, TypeError, ValueError):
            raise ValueError(
                "its signatures are not those of an exported generator"
            ) from None
        if not batch == images == -1 or min(latent_dim, *image_shape) < 1:
            raise ValueError("its shapes are not those of an exported generator")
        return cls(latent_dim, tuple(image_shape), takes_labels, draws_pictures)


def _sizes(tensor: Any, dtype: str) -> list[int]:
    if tensor["dtype"] != dtype:
        raise ValueError
    return [int(dimension["size"]) for dimension in tensor["tensor_shape"]["dim"]]


class Transport(Protocol):
    """A way to one model of one server; may be used from several threads.

    Every call either answers within `timeout` seconds or raises `ServingError`.
    """

    def interface(self, timeout: float) -> ServedInterface:
        """Asks what the model is."""
        ...

    def predict(
        self,
        signature: str,
        inputs: Mapping[str, np.ndarray],
        output: str,
        shape: tuple[int, ...],
        timeout: float,
    ) -> np.ndarray:
        """Runs a signature with one output.

        Returns:
            The output, of this shape: float32, or `bytes` objects for `…_bytes`.
        """
        ...

    def close(self) -> None:
        """Closes the connections."""
        ...


class Peer:
    """Whom a transport talks to, and the errors that name it.

    Attributes:
        server: The server's address.
        model: The model's name.
        version: The version asked for; None for the latest.
    """

    def __init__(self, server: str, model: str, version: int | None) -> None:
        self.server = server
        self.model = model
        self.version = version

    def error(self, code: str, reason: object) -> ServingError:
        """Returns an error of one line that says what went wrong and what to do."""
        text = " ".join(str(reason).split())[:300].rstrip(".")
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
        return ServingError(f"{self.server}: {message}.", code)
