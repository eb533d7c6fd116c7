"""The base class of all penalties, and an adapter for functions without attributes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from keras_gan._typing import Tensor
from keras_gan.losses._checks import check_arguments_saved

Discriminator = Callable[[Tensor], Tensor]


class Penalty:
    """A term of the discriminator's loss, a scalar mean over the minibatch.

    Write your own by subclassing, and register it with
    `keras.saving.register_keras_serializable()` so that a saved GAN finds it again. A
    class whose constructor takes arguments also needs a `get_config` that returns them.

    Attributes:
        needs_uniform: Whether training calls the penalty with `uniform=` too: `(B,)`
            numbers in [0, 1), one for each example.
        every: Training asks for the penalty in the first of every so many updates of
            the discriminator, and multiplies it by their number, so that the mean over
            the updates stays. Optimizers need no other rates or decays, because the
            number of updates is the same ("lazy regularization" in Karras et al.,
            "Analyzing and Improving the Image Quality of StyleGAN", 2020, appendix B,
            there with updates of its own).

    Example:
        >>> class Drift(keras_gan.losses.penalties.Penalty):
        ...     def __call__(self, discriminator, real, fake):
        ...         return 1e-3 * tf.reduce_mean(discriminator(real) ** 2)
        >>> gan.compile("adam", "adam", penalties=[Drift()])

    Source: the term of D's output on data is that of Karras et al., "Progressive
    Growing of GANs", 2018, appendix A.1.
    """

    needs_uniform: bool = False
    every: int = 1

    def __call__(
        self, discriminator: Discriminator, real: Tensor, fake: Tensor
    ) -> Tensor:
        """Returns the penalty of this minibatch, a scalar.

        Args:
            discriminator: A function, or a Keras model, from images to logits.
            real: `(B, ...)` images from the data.
            fake: Generated images of the same shape.

        Returns:
            The scalar that is added to the discriminator's loss.
        """
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments; a class that has some overrides it.

        Raises:
            NotImplementedError: If such a class does not override it.
        """
        check_arguments_saved(self, Penalty)
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Returns the penalty of what `get_config` returned.

        Args:
            config: The constructor's arguments by name.
        """
        return cls(**config)


def with_flags(penalty: Callable[..., Tensor]) -> Any:
    """Returns the penalty with the attribute `needs_uniform`.

    A penalty may be any callable `(discriminator, real, fake) -> scalar`. One without
    the attribute draws no random numbers, and is called without `uniform=`.

    Args:
        penalty: A `Penalty`, or any other callable.

    Returns:
        `penalty` itself if it has the attribute, else a new object that calls it and
        has the attribute, to be called and read, not to be saved.
    """
    return penalty if hasattr(penalty, "needs_uniform") else _Completed(penalty)


class _Completed(Penalty):
    """A penalty made of any callable; it needs no random numbers."""

    def __init__(self, function: Callable[..., Tensor]) -> None:
        self._function = function
        # The name that messages give it.
        self.__name__ = getattr(function, "__name__", type(function).__name__)

    def __call__(
        self, discriminator: Discriminator, real: Tensor, fake: Tensor
    ) -> Tensor:
        """Calls the function."""
        return self._function(discriminator, real, fake)
