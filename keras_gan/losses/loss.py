"""The base class of adversarial losses, and defaults for losses of other classes."""

from __future__ import annotations

from typing import Any

from keras_gan._typing import Tensor
from keras_gan.losses._checks import check_arguments_saved


class AdversarialLoss:
    """A pair of objectives on logits; each is a scalar mean over the batch.

    Write your own by subclassing, and register it with
    `keras.saving.register_keras_serializable()` so that a saved GAN finds it again.
    The logits of both methods have one shape, usually `(B,)` or `(B, 1)`.

    Attributes:
        generator_needs_real_logits: Whether the generator's loss depends on the logits
            on data; if so, training hands it those of the last discriminator minibatch.
        needs_class_logits: Whether both methods take `(logits, class_logits)` instead
            of logits, and the labels as a third argument, as `AuxiliaryClassifier`.
        estimates_probability: Whether σ(D(x)) estimates the probability that x is from
            the data, so that the game ends at 1/2.

    Example:
        >>> class Square(keras_gan.losses.AdversarialLoss):
        ...     estimates_probability = False
        ...     def discriminator_loss(self, real_logits, fake_logits):
        ...         wrong = (real_logits - 1) ** 2 + (fake_logits + 1) ** 2
        ...         return tf.reduce_mean(wrong)
        ...     def generator_loss(self, real_logits, fake_logits):
        ...         return tf.reduce_mean((fake_logits - 1) ** 2)
        >>> gan.compile("adam", "adam", loss=Square())
    """

    generator_needs_real_logits: bool = False
    needs_class_logits: bool = False
    estimates_probability: bool = True

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns the scalar that the discriminator minimises.

        Args:
            real_logits: `(B, ...)` floating tensor, D's logits on data.
            fake_logits: `(B, ...)` D's logits on samples, of the same shape and dtype.

        Raises:
            ValueError: If the shapes or dtypes differ, or are not floating point.
        """
        raise NotImplementedError

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns the scalar that the generator minimises.

        Args:
            real_logits: `(B, ...)` floating tensor, D's logits on data.
            fake_logits: `(B, ...)` D's logits on samples, of the same shape and dtype.

        Raises:
            ValueError: If the shapes or dtypes differ, or are not floating point.
        """
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments; a class that has some overrides it.

        Raises:
            NotImplementedError: If such a class does not override it.
        """
        check_arguments_saved(self, AdversarialLoss)
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> AdversarialLoss:
        """Returns the loss of what `get_config` returned.

        Args:
            config: The constructor's arguments by name.
        """
        return cls(**config)


_FLAGS = ("generator_needs_real_logits", "needs_class_logits", "estimates_probability")


def with_flags(loss: Any) -> Any:
    """Returns the loss with all three attributes of `AdversarialLoss`.

    A loss may be any object with the two methods, and need not declare the attributes.
    The defaults of missing ones: `generator_needs_real_logits` is True, which at worst
    costs an unused pass of D; `needs_class_logits` is False; `estimates_probability` is
    True.

    Args:
        loss: What `losses.get` returned.

    Returns:
        `loss` itself if it has the attributes, else a new object with its two methods
        and the attributes, to be called and read, not to be saved.
    """
    if all(hasattr(loss, flag) for flag in _FLAGS):
        return loss
    return _Completed(loss)


class _Completed(AdversarialLoss):
    """A loss made of another object, with defaults for the attributes that it lacks."""

    generator_needs_real_logits = True

    def __init__(self, loss: Any) -> None:
        self.discriminator_loss = loss.discriminator_loss
        self.generator_loss = loss.generator_loss
        for flag in _FLAGS:
            setattr(self, flag, getattr(loss, flag, getattr(self, flag)))
