"""Opens a generator from a hub."""

from __future__ import annotations

import os

from keras_gan.priors.generator_protocol import Generator
from keras_gan.trained_generators.hub_address import HubAddress
from keras_gan.trained_generators.hub_download import download, say_commit
from keras_gan.trained_generators.loading import open_gan, open_generator


def load(
    repository: str | os.PathLike[str],
    *,
    revision: str | None = None,
    sha256: str | None = None,
    token: str | None = None,
    endpoint: str | None = None,
) -> Generator:
    """Opens a generator from a hub, and says on standard error which commit it is.

    The file is downloaded as `download` does, and then examined as any file of a
    stranger is, before Keras or ONNX Runtime opens it.

    Args:
        repository: "user/name", or an address: "hf://user/name@revision/file.onnx".
        revision: A branch, a tag or a commit; None for the newest commit.
        sha256: The checksum that the file must have, from a place that you trust.
        token: A token of the hub; None for that of HF_TOKEN or `hf auth login`.
        endpoint: The hub's URL; None for HF_ENDPOINT, or the public hub.

    Returns:
        The GAN, or of an `.onnx` file its generator; both have `sample`.

    Raises:
        ValueError: As `download`, or if the file is refused or holds no generator.

    Example:
        >>> gan = keras_gan.hub.load("user/name", revision="v1")
        >>> gan.sample(16, seed=7).shape
        (16, 28, 28, 1)
    """
    found = download(
        repository, revision=revision, sha256=sha256, token=token, endpoint=endpoint
    )
    say_commit(HubAddress.parse(repository, revision), found)
    whole = found.path.suffix == ".keras"
    return open_gan(found.path) if whole else open_generator(found.path)
