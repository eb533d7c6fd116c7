"""The GAN: a Keras model whose training step is Algorithm 1 of the 2014 paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras

from keras_gan import losses, priors
from keras_gan._checks import check_positive_int
from keras_gan._typing import Tensor
from keras_gan.losses.loss import with_flags as loss_with_flags
from keras_gan.losses.penalties.penalty import with_flags as penalty_with_flags
from keras_gan.training import networks
from keras_gan.training.argument_names import GAN_NAMES, clear_arguments, explained
from keras_gan.training.compile_checks import check_execution, check_rules
from keras_gan.training.counters import RunningMeans, StepCounter
from keras_gan.training.fitting.compiled_steps import (
    ExecutionFunction,
    compiled_function,
)
from keras_gan.training.fitting.feed import open_feed
from keras_gan.training.fitting.fit import end_fit, evaluate_on, prepare_fit
from keras_gan.training.fitting.hooks import Progress
from keras_gan.training.fitting.loop import FitLoop
from keras_gan.training.fitting.options import FitOptions
from keras_gan.training.generative_model import GenerativeModel
from keras_gan.training.optimizers.two_optimizers import two_optimizers
from keras_gan.training.readiness import Readiness
from keras_gan.training.savable import warn_of_unsavable
from keras_gan.training.steps.algorithm1 import alternating_updates
from keras_gan.training.steps.augmenting import prepare
from keras_gan.training.steps.evaluation import evaluate_batch
from keras_gan.training.steps.game import Game
from keras_gan.training.steps.moving_average import MovingAverage
from keras_gan.training.steps.player import Player
from keras_gan.training.steps.simultaneous import simultaneous_updates
from keras_gan.training.steps.streams import Streams, seed_of_training

Penalty = Callable[[Callable[[Tensor], Tensor], Tensor, Tensor], Tensor]


@keras.saving.register_keras_serializable("keras_gan")
class GAN(GenerativeModel):
    """A generator and a discriminator that train against each other under `fit`.

    Each training step is one turn of Algorithm 1: k minibatches of the batch update the
    discriminator, against fresh samples, then fresh noise updates the generator. The
    noise of an example is a function of (seed, step, place in the batch) alone.

    Args:
        generator: Any Keras model from latents `(B, latent_dim)` [and labels `(B,)`
            int32] to images `(B, ...)` in `value_range`.
        discriminator: Any Keras model from images [and labels] to logits `(B, 1)`, or
            to a map of logits, which is averaged. For `losses.AuxiliaryClassifier` one
            from images to `[logits, class_logits]`; to judge packs of images,
            `layers.PackedDiscriminator`.
        prior: The distribution of latents: "normal", "uniform" or "sphere".
        num_classes: The number of classes, if the networks take labels; else None.
        value_range: (low, high) of the images, usually (-1, 1) or (0, 1); None for
            data without a range, such as points.
        name: The model's name.
        seed: Seeds the training noise, 0 to 2³² − 1; None draws one from Keras, so that
            `keras.utils.set_random_seed` makes it repeatable.

    Attributes:
        latent_dim: The numbers of a latent, read from the generator.
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

    @explained(GAN_NAMES)
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
        super().__init__(
            generator,
            discriminator,
            prior=prior,
            num_classes=num_classes,
            value_range=value_range,
            name=name,
        )
        self.seed = seed_of_training(seed)
        self.step = StepCounter()
        self.train_means = RunningMeans()
        self.test_means = RunningMeans()
        self._readiness = Readiness()
        self._loop: FitLoop | None = None
        # Every variable exists from here on; Keras need not call us to find out.
        self.built = True

    @clear_arguments
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
        """Sets how the two networks are trained.

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
                a number in (0, 1) for each example. One with `every = n` is computed in
                the first of every n updates alone, and counts n times there.
            augment: A differentiable map of images `(B, ...)` to images that data and
                samples pass before the discriminator sees them. `evaluate` leaves those
                in `augmentation` out.
            ema_decay: Decay in (0, 1) of an exponential moving average of the
                generator, which sampling and export then use; None for no average.
            jit_compile: Whether XLA compiles the step; "auto" lets Keras choose.
            steps_per_execution: How many steps one call of the train function runs.
                "auto" lets the number grow until a call takes a seventh of a second; it
                stays 1 if a callback must hear of each step.
            run_eagerly: Whether the step runs as plain Python, to debug it.

        Raises:
            ValueError: If an argument is out of its range, or two do not go together.
        """
        self.discriminator_steps = check_positive_int(
            "discriminator_steps", discriminator_steps
        )
        penalties = [penalties] if callable(penalties) else penalties
        check_rules(discriminator_steps, simultaneous, penalties, augment, ema_decay)
        self.simultaneous = simultaneous
        self.adversarial_loss = losses.get(loss)
        networks.check_loss(self.adversarial_loss, self.interface)
        self.penalties = tuple(penalties)
        self.ema_decay = ema_decay
        with self.distribute_strategy.scope():
            layers = [self.generator, self.discriminator]
            if isinstance(augment, keras.layers.Layer):
                layers.append(augment)
            self._execution = check_execution(
                self,
                layers,
                jit_compile=jit_compile,
                steps_per_execution=steps_per_execution,
                run_eagerly=run_eagerly,
            )
            prepare(augment, self.image_shape, self.value_range)
            networks.check_network("generator", self.generator)
            networks.check_network("discriminator", self.discriminator)
            self.generator_optimizer, self.discriminator_optimizer = two_optimizers(
                generator_optimizer, discriminator_optimizer, layers
            )
            self._set_averaging(ema_decay is not None)
        # After the average, as when a file is loaded, to keep the order of `weights`.
        self.augment = augment
        self._updates = simultaneous_updates if simultaneous else alternating_updates
        # Keras takes a number only; 1 stands for "auto".
        one_step = {"steps_per_execution": 1} if self.chooses_steps else {}
        super().compile(**{"optimizer": None, **self._execution, **one_step})
        warn_of_unsavable(self)

    @property
    def optimizer(self) -> Any:
        """The generator's optimizer, which trackers and Keras's summary ask for."""
        return getattr(self, "generator_optimizer", None) if self.compiled else None

    @optimizer.setter
    def optimizer(self, value: Any) -> None:
        """Ignores the one optimizer that Keras sets in `compile`."""

    @property
    def chooses_steps(self) -> bool:
        """True where `steps_per_execution` is "auto", left to `fit` and `evaluate`."""
        return self._execution["steps_per_execution"] == "auto"

    def train_step(self, data: Any) -> dict[str, Tensor]:
        """Does k discriminator updates and one generator update on one batch."""
        return self._updates(self._game(self.step), data)

    def test_step(self, data: Any) -> dict[str, Tensor]:
        """Computes the logs on one batch without touching any weight."""
        return evaluate_batch(self._game(self.test_means.count), data)

    def _game(self, position: StepCounter) -> Game:
        """Returns the players and rules, with random numbers for this position."""
        average = None
        if self.ema_decay is not None:
            average = MovingAverage(self.ema_generator, self.ema_decay)
        return Game(
            generator=Player(self.generator, self.generator_optimizer),
            discriminator=Player(self.discriminator, self.discriminator_optimizer),
            interface=self.interface,
            loss=loss_with_flags(self.adversarial_loss),
            penalties=[penalty_with_flags(each) for each in self.penalties],
            augment=self.augment,
            discriminator_steps=self.discriminator_steps,
            prior=self.prior,
            moving_average=average,
            streams=Streams(self.seed, position),
            step=self.step,
            compiled=self.jit_compile,
        )

    def fit(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        **kwargs: Any,
    ) -> keras.callbacks.History:
        """Trains as `keras.Model.fit` does, on images instead of inputs and targets.

        The order of `data.load`'s datasets and of arrays is a function of the seed and
        of how far the GAN has been trained, so that calling `fit` again goes on with
        the next pass. Callbacks that write files do so on the chief of several workers.
        A notebook shows one bar for all epochs.

        Args:
            x: Images `(N, ...)` in `value_range`, an `(images, labels)` pair, or
                batches of either (over all replicas): a `tf.data.Dataset`, a
                `keras.utils.PyDataset`, a PyTorch `DataLoader` or any other iterable.
            y: Labels `(N,)`, where `x` is an array.
            batch_size: Images per step of arrays, a multiple of `discriminator_steps`.
            epochs: Passes over the data.
            **kwargs: As in `keras.Model.fit`, such as `callbacks`.

        Returns:
            The history of `d_loss`, `g_loss`, `d_real` and `d_fake`: the means over
            each epoch of the losses, of σ(D(x)) and of σ(D(G(z))).

        Raises:
            ValueError: If images of any batch have another shape or range than the
                networks, labels are missing, `discriminator_steps`, the replicas or
                the packs of a `PackedDiscriminator` do not divide a batch, or the
                workers do not agree on data and seed.
        """
        self._readiness.check(self, "fit")
        options = FitOptions.of({"batch_size": batch_size, "epochs": epochs, **kwargs})
        try:
            self._loop = prepare_fit(self, x, y, options)
            return self._loop.run()
        finally:
            self._loop = None
            end_fit(self, options)

    def evaluate(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        x: Any = None,
        y: Any = None,
        *,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Computes the logs without touching weights; equal data give equal logs.

        Args:
            x: As in `fit`.
            y: As in `fit`.
            batch_size: As in `fit`.
            verbose: Whether Keras shows a progress bar.
            steps: The number of batches; None for all.
            callbacks: Keras callbacks.
            return_dict: Whether to return the logs with their names.

        Returns:
            `[d_loss, g_loss, d_real, d_fake]`, or a dict of them.

        Raises:
            ValueError: If the images do not fit the networks.
        """
        self._readiness.check(self, "evaluate")
        feed = open_feed(self, x, y, batch_size)
        logs = evaluate_on(self, feed, steps, callbacks, verbose)
        return logs if return_dict else list(logs.values())

    def train_on_batch(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, x: Any, y: Any = None, *, return_dict: bool = False
    ) -> Any:
        """Does one training step on a batch; returns its logs, as `evaluate` does.

        Args:
            x: Images `(B, ...)` in `value_range`.
            y: Integer labels `(B,)` of a conditional GAN.
            return_dict: Whether to return logs by name.

        Raises:
            ValueError: If the images do not fit the networks.
        """
        self._readiness.check(self, "train_on_batch")
        feed = open_feed(self, x, y, len(x), minibatches=self.discriminator_steps)
        self.train_means.reset()
        self.make_train_function()(feed.start(0))
        logs = self.get_metrics_result()
        return logs if return_dict else list(logs.values())

    def make_train_function(self, force: bool = False) -> ExecutionFunction:
        """Compiles `train_step` for `fit`."""
        if self.train_function is None or force:
            step, means = self.train_step, self.train_means
            self.train_function = compiled_function(self, step, means)
        return self.train_function

    def make_test_function(self, force: bool = False) -> ExecutionFunction:
        """Compiles `test_step` for `evaluate`."""
        if self.test_function is None or force:
            step, means = self.test_step, self.test_means
            self.test_function = compiled_function(self, step, means)
        return self.test_function

    def progress(self, *, with_states: bool = False) -> Progress:
        """Returns how far `fit` has come.

        Args:
            with_states: Asks callbacks for their states, too.

        Raises:
            RuntimeError: If `fit` does not run.
        """
        if self._loop is None:
            raise RuntimeError("`progress` is known only while `fit` runs.")
        return self._loop.progress(with_states)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """An empty list, because `RunningMeans` holds the logs, not Keras's metrics."""
        return []

    def get_metrics_result(self) -> dict[str, float]:
        """Returns the means of the four logs over the epoch so far."""
        return {name: float(v) for name, v in self.train_means.result().items()}

    def reset_metrics(self) -> None:
        """Starts new means."""
        self.train_means.reset()
        self.test_means.reset()

    def get_config(self) -> dict[str, Any]:
        """Returns what `from_config` needs to make this GAN again."""
        return {**super().get_config(), "seed": self.seed}

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
        """Compiles with the arguments that `get_compile_config` returned."""
        self.compile(**keras.saving.deserialize_keras_object(config))
