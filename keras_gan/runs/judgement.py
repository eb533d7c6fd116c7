"""Reads from the folder of a run what its figures say in plain words."""

from __future__ import annotations

from typing import NamedTuple

from keras_gan._checks import printable
from keras_gan.metrics.verdicts import discriminator_verdict, length_verdict
from keras_gan.runs.folder import RunFolder


class Judgement(NamedTuple):
    """Sentences about a GAN of a run.

    Attributes:
        length: That the training was too short; None if it was not.
        discriminator: How well the discriminator told samples from data over the epoch
            that ended with this GAN; None if the log does not know.
        copies: The verdict of the test for copies; None if this GAN was not tested.
    """

    length: str | None
    discriminator: str | None
    copies: str | None

    @property
    def sentences(self) -> list[str]:
        """The sentences that there are."""
        return [each for each in self if each is not None]


def read_judgement(folder: RunFolder, step: int | None = None) -> Judgement:
    """Returns what the figures of a run say in plain words.

    Args:
        folder: The folder of the run.
        step: The training steps of the GAN; None for the last, and for whichever was
            tested for copies.

    Raises:
        ValueError: If the folder holds no run, or a record is damaged.
    """
    epochs = folder.read_log("epoch")
    epochs = [each for each in epochs if step in (None, each["step"])]
    said, length, values = None, None, folder.read_values()
    if epochs and folder.read_config().get("pretrained") is None:
        architecture = values.get("architecture")
        length = length_verdict(epochs[-1]["step"], architecture=architecture)
    if epochs and {"d_real", "d_fake"} <= set(epochs[-1]):
        loss, last = values.get("loss", ""), epochs[-1]
        said = discriminator_verdict(last["d_real"], last["d_fake"], loss=loss)
    tested = folder.read_memorization() or {}
    copies = tested.get("verdict")
    if copies is None or not folder.describes(step, tested.get("step")):
        return Judgement(length, said, None)
    return Judgement(length, said, printable(copies))
