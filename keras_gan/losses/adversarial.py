"""The adversarial losses, each as two functions and a class that names them.

Every function takes the logits r of D on data (`real_logits`) and f on samples
(`fake_logits`), `(B, ...)` floating tensors of one shape, and returns a scalar: the
mean E over the batch, in float32 or wider. It raises a ValueError if the shapes differ
or the logits are not floating point. With D = σ(logit),

    log D(x) = −softplus(−r)  and  log(1 − D(G(z))) = −softplus(f),

which neither overflow nor lose the gradient at ±1e4.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

import keras
import tensorflow as tf

from keras_gan._checks import InputError, check_choice
from keras_gan._typing import Tensor
from keras_gan.distribution.global_batch import global_mean
from keras_gan.losses._checks import check_logits
from keras_gan.losses.loss import AdversarialLoss

Loss = TypeVar("Loss")


class _TwoFunctions(AdversarialLoss):
    """A loss without state, made of a function for each player."""

    # The loss of the discriminator, and that of the generator.
    _functions: ClassVar[tuple[Callable[[Tensor, Tensor], Tensor], ...]]

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return self._functions[0](real_logits, fake_logits)

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return self._functions[1](real_logits, fake_logits)


def binary_cross_entropy(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns −V(D, G) = E softplus(−r) + E softplus(f), in nats."""
    real, fake = check_logits(real_logits, fake_logits)
    return tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))


def minimax_generator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns E log(1 − D(G(z))) = −E softplus(f), in nats."""
    _, fake = check_logits(real_logits, fake_logits)
    return -tf.reduce_mean(tf.nn.softplus(fake))


@keras.saving.register_keras_serializable("keras_gan")
class Minimax(_TwoFunctions):
    """The 2014 game, min_G max_D V(D, G) = E log D(x) + E log(1 − D(G(z))).

    The generator's gradient vanishes where the discriminator is sure of itself
    (§3 of the paper); `NonSaturating` has the same fixed point without that. Both
    losses are in nats.

    Example:
        >>> loss = keras_gan.losses.get("minimax")
        >>> float(loss.discriminator_loss([0.0], [0.0]))  # 2 log 2
        1.3862943649291992

    Source: Goodfellow et al., "Generative Adversarial Nets", 2014, eq. 1.
    """

    _functions = (binary_cross_entropy, minimax_generator_loss)


def non_saturating_generator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns −E log D(G(z)) = E softplus(−f), in nats."""
    _, fake = check_logits(real_logits, fake_logits)
    return tf.reduce_mean(tf.nn.softplus(-fake))


@keras.saving.register_keras_serializable("keras_gan")
class NonSaturating(_TwoFunctions):
    """The discriminator of `Minimax` against a generator that maximises log D(G(z)).

    Both losses are in nats.

    Example:
        >>> loss = keras_gan.losses.get("non_saturating")
        >>> float(loss.generator_loss([0.0], [0.0]))  # log 2
        0.6931471824645996

    Source: Goodfellow et al., "Generative Adversarial Nets", 2014, §3.
    """

    _functions = (binary_cross_entropy, non_saturating_generator_loss)


def least_squares_discriminator_loss(
    real_logits: Tensor, fake_logits: Tensor
) -> Tensor:
    """Returns ½ E(r − 1)² + ½ E f²."""
    real, fake = check_logits(real_logits, fake_logits)
    return 0.5 * (
        tf.reduce_mean(tf.square(real - 1.0)) + tf.reduce_mean(tf.square(fake))
    )


def least_squares_generator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns ½ E(f − 1)²."""
    _, fake = check_logits(real_logits, fake_logits)
    return 0.5 * tf.reduce_mean(tf.square(fake - 1.0))


@keras.saving.register_keras_serializable("keras_gan")
class LeastSquares(_TwoFunctions):
    """Regression of the logits to 1 on data and to 0 on samples.

    In the paper's letters a = 0 and b = c = 1. The best output for a fixed generator is
    p_data / (p_data + p_g), as in `Minimax`, but without σ. The generator also gets a
    gradient from samples that D takes for data, if their logits are far above 1.

    Example:
        >>> loss = keras_gan.losses.get("least_squares")
        >>> float(loss.discriminator_loss([0.5], [0.5]))
        0.25

    Source: Mao et al., "Least Squares Generative Adversarial Networks", 2017, eq. 9.
    """

    estimates_probability = False
    _functions = (least_squares_discriminator_loss, least_squares_generator_loss)


def wasserstein_critic_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns E f − E r: minus the estimate of the distance."""
    real, fake = check_logits(real_logits, fake_logits)
    return tf.reduce_mean(fake) - tf.reduce_mean(real)


def linear_generator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns −E f."""
    _, fake = check_logits(real_logits, fake_logits)
    return -tf.reduce_mean(fake)


@keras.saving.register_keras_serializable("keras_gan")
class Wasserstein(_TwoFunctions):
    """An estimate of the Wasserstein distance by a critic, minimised by the generator.

    The distance is the maximum over 1-Lipschitz critics D of E D(x) − E D(G(z)). The
    loss does not keep the critic Lipschitz: train it with `penalties.GradientPenalty`
    or with spectral normalization, or its outputs grow without bound. The paper takes
    k = 5 critic steps.

    Example:
        >>> loss = keras_gan.losses.get("wasserstein")
        >>> float(loss.discriminator_loss([3.0], [1.0]))
        -2.0

    Source: Arjovsky et al., "Wasserstein GAN", 2017, eq. 2.
    """

    estimates_probability = False
    _functions = (wasserstein_critic_loss, linear_generator_loss)


def hinge_discriminator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns E relu(1 − r) + E relu(1 + f)."""
    real, fake = check_logits(real_logits, fake_logits)
    return tf.reduce_mean(tf.nn.relu(1.0 - real)) + tf.reduce_mean(
        tf.nn.relu(1.0 + fake)
    )


@keras.saving.register_keras_serializable("keras_gan")
class Hinge(_TwoFunctions):
    """The margin of a support vector machine between data and samples.

    D gets no gradient from data whose logit is above 1, nor from samples whose logit is
    below −1. The generator maximises E D(G(z)).

    Example:
        >>> loss = keras_gan.losses.get("hinge")
        >>> float(loss.discriminator_loss([0.5], [-2.0]))
        0.5

    Source: Lim and Ye, "Geometric GAN", 2017; as written here in Miyato et al.,
    "Spectral Normalization for Generative Adversarial Networks", 2018, eqs. 16 and 17.
    """

    estimates_probability = False
    _functions = (hinge_discriminator_loss, linear_generator_loss)


def relativistic_discriminator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns E softplus(−(r − f)) over pairs, in nats."""
    real, fake = check_logits(real_logits, fake_logits)
    return tf.reduce_mean(tf.nn.softplus(fake - real))


def relativistic_generator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns E softplus(−(f − r)) over pairs, in nats."""
    real, fake = check_logits(real_logits, fake_logits)
    return tf.reduce_mean(tf.nn.softplus(real - fake))


@keras.saving.register_keras_serializable("keras_gan")
class Relativistic(_TwoFunctions):
    """D tells which of a pair is real; G makes D choose the sample.

    σ(D(x) − D(G(z))) is the probability that x is the real one of the two. Only
    differences count, so that D's outputs may drift together. The paper adds the
    penalties `R1` and `R2`, without which training need not converge. Both losses are
    in nats.

    Example:
        >>> loss = keras_gan.losses.get("relativistic")
        >>> float(loss.discriminator_loss([5.0], [5.0]))  # log 2
        0.6931471824645996

    Source: Huang et al., "The GAN is dead; long live the GAN! A Modern GAN Baseline",
    2024, eq. 2, after Jolicoeur-Martineau, 2018.
    """

    generator_needs_real_logits = True
    estimates_probability = False
    _functions = (relativistic_discriminator_loss, relativistic_generator_loss)


def relativistic_average_discriminator_loss(
    real_logits: Tensor, fake_logits: Tensor
) -> Tensor:
    """Returns E softplus(−(r − Ēf)) + E softplus(f − Ēr), in nats.

    Ēr and Ēf are means over the global batch, of all replicas together.
    """
    return _preference(*check_logits(real_logits, fake_logits))


def relativistic_average_generator_loss(
    real_logits: Tensor, fake_logits: Tensor
) -> Tensor:
    """Returns E softplus(−(f − Ēr)) + E softplus(r − Ēf), in nats.

    Ēr and Ēf are means over the global batch, of all replicas together.
    """
    real, fake = check_logits(real_logits, fake_logits)
    return _preference(fake, real)


def _preference(preferred: Tensor, other: Tensor) -> Tensor:
    """Returns E softplus(−(p − Ēo)) + E softplus(o − Ēp)."""
    means = tf.stack([tf.reduce_mean(preferred), tf.reduce_mean(other)])
    mean_preferred, mean_other = tf.unstack(global_mean(means))
    return tf.reduce_mean(tf.nn.softplus(mean_other - preferred)) + tf.reduce_mean(
        tf.nn.softplus(other - mean_preferred)
    )


@keras.saving.register_keras_serializable("keras_gan")
class RelativisticAverage(_TwoFunctions):
    """D tells whether an example is more realistic than the average of the other kind.

    Both losses are in nats. On several replicas the two averages are those of the
    global batch, in one all-reduce, and so is the gradient through them.

    Example:
        >>> loss = keras_gan.losses.get("relativistic_average")
        >>> float(loss.discriminator_loss([5.0], [5.0]))  # 2 log 2
        1.3862943649291992

    Source: Jolicoeur-Martineau, "The relativistic discriminator: a key element missing
    from standard GAN", 2018, the RaSGAN.
    """

    generator_needs_real_logits = True
    estimates_probability = False
    _functions = (
        relativistic_average_discriminator_loss,
        relativistic_average_generator_loss,
    )


_LOSSES: dict[str, type[AdversarialLoss]] = {
    "minimax": Minimax,
    "non_saturating": NonSaturating,
    "least_squares": LeastSquares,
    "wasserstein": Wasserstein,
    "hinge": Hinge,
    "relativistic": Relativistic,
    "relativistic_average": RelativisticAverage,
}


def names() -> tuple[str, ...]:
    """Returns the names that `get` knows.

    Example:
        >>> "hinge" in keras_gan.losses.names()
        True
    """
    return tuple(_LOSSES)


def get(loss: str | Loss) -> AdversarialLoss | Loss:
    """Returns the loss of that name, or the loss object itself.

    Args:
        loss: One of `names()`, or any object with the two methods of
            `AdversarialLoss`. The object need not declare the attributes of that class:
            training reads them through `losses.loss.with_flags`, which has defaults.

    Raises:
        ValueError: If the name is unknown, or the object lacks a method.

    Example:
        >>> float(keras_gan.losses.get("hinge").generator_loss([0.5], [-2.0]))
        2.0
    """
    if isinstance(loss, str):
        return _LOSSES[check_choice("loss", loss, _LOSSES)]()
    methods = ("discriminator_loss", "generator_loss")
    has_methods = all(callable(getattr(loss, method, None)) for method in methods)
    if isinstance(loss, type) or not has_methods:
        raise InputError(
            "`loss` must be a name or an object with the methods `discriminator_loss` "
            f"and `generator_loss`; got {loss!r}."
        )
    return loss
