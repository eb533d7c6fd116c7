"""The GAN: Algorithm 1 as the `train_step` of a Keras model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan import losses, priors
from keras_gan._checks import InputError, check_positive_int, check_value_range
from keras_gan._typing import Tensor
from keras_gan.distribution.workers import worker_count
from keras_gan.training import _networks
from keras_gan.training._augmenting import prepare
from keras_gan.training._fitting import Fitting
from keras_gan.training._optimizers import two_optimizers
from keras_gan.training._running_means import RunningMeans, StepCounter
from keras_gan.training._sampling import Sampler, Sampling
from keras_gan.training._simultaneous import Updates
from keras_gan.training._switches import check_execution, check_network

Penalty = Callable[[Callable[[Tensor], Tensor], Tensor, Tensor], Tensor]


@keras.saving.register_keras_serializable("keras_gan")
class GAN(Sampling, Updates, Fitting, keras.Model):
    """A generator and a discriminator that train against each other under `fit`.

    Each training step is one turn of Algorithm 1: the batch is cut into k minibatches,
    each updates the discriminator against fresh samples, then fresh noise updates the
    generator. The noise of an example is a function of (seed, step, place in the
    batch) alone.

    Args:
        generator: Any Keras model from latents `(B, latent_dim)` [and labels `(B,)`
            int32] to images `(B, ...)` in `value_range`.
        discriminator: Any Keras model from images [and labels] to logits `(B, 1)`, or
            to a map of logits, which is averaged. For `losses.AuxiliaryClassifier` one
            from images to `[logits, class_logits]`; to judge packs of images,
            `layers.PackedDiscriminator`.
        prior: The distribution of latents: "normal", "uniform" or "sphere".
        num_classes: The number of classes of a conditional GAN, whose networks take
            labels; None for an unconditional one.
        value_range: (low, high) of the images, usually (-1, 1) or (0, 1); None for
            data without a range, such as points.
        name: The model's name.
        seed: Seeds the training noise; None draws one from Keras, so that
            `keras.utils.set_random_seed` makes it repeatable.

    Attributes:
        latent_dim: The size of a latent, read from the generator.
        image_shape: The shape of one image, read from the generator.
        step: The number of training steps done, an int64 variable.

    Raises:
        ValueError: If the networks do not fit each other or the arguments.

    Example:
        >>> generator, discriminator = keras_gan.architectures.build(
        ...     "goodfellow_mlp", image_shape=(28, 28, 1))
        >>> gan = keras_gan.GAN(generator, discriminator, prior="uniform")
        >>> gan.sample(16, seed=7).shape
        (16, 28, 28, 1)

    Source: Goodfellow et al., "Generative Adversarial Nets", 2014, Algorithm 1.
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        *,
        prior: str | priors.Prior = "normal",
        num_classes: int | None = None,
        value_range: tuple[float, float] | None = (-1.0, 1.0),
        name: str | None = None,
        seed: int | None = None,
    ) -> None:
        super().__init__(name=name)
        if num_classes is not None:
            num_classes = check_positive_int("num_classes", num_classes)
        if value_range is not None:
            value_range = check_value_range(value_range)
        self.prior = priors.get(prior)
        self.num_classes = num_classes
        self.value_range = value_range
        self.seed = _seed(seed)
        self.latent_dim = _networks.latent_dim_of(generator)
        self._interface = _networks.build_networks(
            generator, discriminator, self.latent_dim, num_classes
        )
        self.image_shape = self._interface.image_shape
        self.generator = generator
        self.discriminator = discriminator
        self.ema_generator = None
        self._averaging = False
        self.step = StepCounter()
        self.train_means = RunningMeans()
        self.test_means = RunningMeans()
        self._samplers: dict[bool, Sampler] = {}
        # Every variable exists from here on; Keras need not call us to find out.
        self.built = True

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer | str,
        discriminator_optimizer: keras.optimizers.Optimizer | str,
        loss: str
        | losses.AdversarialLoss
        | losses.AuxiliaryClassifier = "non_saturating",
        *,
        discriminator_steps: int = 1,
        simultaneous: bool = False,
        penalties: Sequence[Penalty] = (),
        augment: Callable[[Tensor], Tensor] | None = None,
        ema_decay: float | None = None,
        jit_compile: bool | str = "auto",
        steps_per_execution: int | str = "auto",
        run_eagerly: bool = False,
    ) -> None:
        """Says how the two networks are trained.

        Args:
            generator_optimizer: A Keras optimizer of the generator's own.
            discriminator_optimizer: A Keras optimizer of the discriminator's own.
            loss: A name that `losses.get` knows, or an object with its two methods.
            discriminator_steps: k, the discriminator's updates before each of the
                generator's; must divide the batch size.
            simultaneous: Whether both networks are updated at once from the same
                samples, as in the 2014 authors' code, and not in turn; needs one
                discriminator step, and saves a pass of each network.
            penalties: Callables `(discriminator, real, fake) -> scalar` whose sum is
                added to the discriminator's loss, such as those in `losses.penalties`.
                One with an attribute `needs_uniform = True` is also given `uniform=`,
                a number in (0, 1) for each example.
            augment: A differentiable map of images to images that both real and
                generated images pass before the discriminator sees them, such as those
                in `augmentation`, which `evaluate` leaves out.
            ema_decay: Decay in (0, 1) of an exponential moving average of the
                generator, which sampling and export then use; None for no average.
            jit_compile: Whether XLA compiles the step; "auto" lets Keras choose.
            steps_per_execution: How many steps one call of the train function runs;
                "auto" lets the number grow until a call takes a seventh of a second,
                where no callback must hear of each step.
            run_eagerly: Whether the step runs as plain Python, to debug it.

        Raises:
            ValueError: If an argument cannot be used.
        """
        if ema_decay is not None and not 0.0 < ema_decay < 1.0:
            raise InputError(f"`ema_decay` must be in (0, 1) or None; got {ema_decay}.")
        if augment is not None and not callable(augment):
            raise InputError(f"`augment` must be callable or None; got {augment!r}.")
        for penalty in penalties:
            if not callable(penalty):
                raise InputError(f"`penalties` must be callables; got {penalty!r}.")
        self.discriminator_steps = check_positive_int(
            "discriminator_steps", discriminator_steps
        )
        self.simultaneous = _check_simultaneous(simultaneous, discriminator_steps)
        self.adversarial_loss = losses.get(loss)
        _networks.check_loss(self.adversarial_loss, self._interface, self.num_classes)
        self.penalties = tuple(penalties)
        self.ema_decay = ema_decay
        with self.distribute_strategy.scope():
            layers = self._random_layers(augment)
            self._execution = check_execution(
                self,
                layers,
                jit_compile=jit_compile,
                steps_per_execution=steps_per_execution,
                run_eagerly=run_eagerly,
            )
            prepare(augment, self.image_shape)
            check_network("generator", self.generator)
            check_network("discriminator", self.discriminator)
            self.generator_optimizer, self.discriminator_optimizer = two_optimizers(
                generator_optimizer, discriminator_optimizer, layers
            )
            self._set_averaging(ema_decay is not None)
        # After the average, as when a file is loaded: the order of `weights`.
        self.augment = augment
        super().compile(
            optimizer=None,  # pyright: ignore[reportArgumentType]
            # Where `fit` chooses, Keras is told of the least.
            **self._execution
            | ({"steps_per_execution": 1} if self.chooses_steps else {}),
        )

    @property
    def chooses_steps(self) -> bool:
        """Whether `steps_per_execution` is "auto", left to `fit` and `evaluate`."""
        return self._execution["steps_per_execution"] == "auto"

    @property
    def sampler(self) -> keras.Model:
        """The network that draws: the moving average of the generator, if any."""
        averaging = self._averaging and self.ema_generator is not None
        return self.ema_generator if averaging else self.generator  # pyright: ignore

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Returns images of latents `(B, latent_dim)`, or of [latents, labels]."""
        return self.sampler(inputs, training=training)

    def get_config(self) -> dict[str, Any]:
        """Returns what `from_config` needs to make this GAN again."""
        return {
            "generator": keras.saving.serialize_keras_object(self.generator),
            "discriminator": keras.saving.serialize_keras_object(self.discriminator),
            "prior": self.prior.name,
            "num_classes": self.num_classes,
            "value_range": self.value_range,
            "name": self.name,
            "seed": self.seed,
            # Not an argument: whether the file holds weights of a moving average.
            "ema": self._averaging,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> GAN:
        """Makes a GAN from what `get_config` returned."""
        config = dict(config)
        ema = config.pop("ema", False)
        for network in ("generator", "discriminator"):
            config[network] = keras.saving.deserialize_keras_object(
                config[network], custom_objects=custom_objects
            )
        gan = cls(**config)
        gan._set_averaging(ema)
        return gan

    def get_compile_config(self) -> dict[str, Any] | None:
        """Returns the arguments of `compile`, serialized."""
        if not self.compiled:
            return None
        arguments = {
            "generator_optimizer": self.generator_optimizer,
            "discriminator_optimizer": self.discriminator_optimizer,
            "loss": self.adversarial_loss,
            "discriminator_steps": self.discriminator_steps,
            "simultaneous": self.simultaneous,
            "penalties": self.penalties,
            "augment": self.augment,
            "ema_decay": self.ema_decay,
            **self._execution,
        }
        return keras.saving.serialize_keras_object(arguments)  # pyright: ignore

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compiles as `get_compile_config` tells."""
        self.compile(**keras.saving.deserialize_keras_object(config))

    def _set_averaging(self, wanted: bool) -> None:
        """Says whether sampling uses a moving average, which is made at first need."""
        if wanted and self.ema_generator is None:
            self.ema_generator = _networks.clone(self.generator)
        self._averaging = wanted


def _check_simultaneous(simultaneous: bool, discriminator_steps: int) -> bool:
    if not isinstance(simultaneous, bool):
        raise InputError(f"`simultaneous` must be True or False; got {simultaneous!r}.")
    if simultaneous and discriminator_steps > 1:
        raise InputError(
            "`simultaneous=True` updates each network once a step; got "
            f"`discriminator_steps={discriminator_steps}`. Use one of them."
        )
    return simultaneous


def _seed(seed: int | None) -> int:
    """The seed, or one from Keras's, which `keras.utils.set_random_seed` fixes."""
    if seed is not None:
        return int(seed)
    if worker_count(tf.distribute.get_strategy()) > 1:
        raise InputError("Several workers need the same `seed`; give the GAN one.")
    return int(np.random.randint(2**31))
