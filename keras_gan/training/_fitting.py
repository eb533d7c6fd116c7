"""`fit` and `evaluate` of a GAN: what Keras's do, on images instead of targets."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan.distribution.workers import check_agreement, worker_count
from keras_gan.training._batches import BatchContract, split_arrays, static_batch_size
from keras_gan.training._feed import Feed, from_arrays
from keras_gan.training._fit_options import FitOptions
from keras_gan.training._functions import StepFunctions
from keras_gan.training._hooks import Progress, hooked
from keras_gan.training._loop import FitLoop, evaluate
from keras_gan.training._networks import Interface, warn_of_local_statistics
from keras_gan.training._running_means import RunningMeans
from keras_gan.training._stock_callbacks import without_idle_callbacks
from keras_gan.training._switches import check_compiled_batches

_DEFAULT_BATCH_SIZE = 32  # Keras's


class Fitting(StepFunctions):
    """The ways to drive a GAN with data, whose attributes they use."""

    image_shape: tuple[int, ...]
    num_classes: int | None
    value_range: tuple[float, float] | None
    discriminator_steps: int
    seed: int
    step: Any
    generator: keras.Model
    discriminator: keras.Model
    _interface: Interface
    train_means: RunningMeans
    test_means: RunningMeans
    _loop: FitLoop | None = None

    def fit(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        **kwargs: Any,
    ) -> keras.callbacks.History:
        """Trains; as `keras.Model.fit`, on images instead of inputs and targets.

        The order of `data.load`'s datasets and of arrays is a function of the seed and
        of how far the GAN has been trained, so that calling `fit` again goes on with
        the next pass. Callbacks that write files do so on the chief of several workers.

        Args:
            x: Images `(N, ...)` in `value_range`, an `(images, labels)` pair, or a
                `tf.data.Dataset` of batches of either (over all replicas).
            y: Labels `(N,)`, where `x` is an array.
            batch_size: Images per step, a multiple of `discriminator_steps`; datasets
                bring their own.
            epochs: Passes over the data.
            **kwargs: As in `keras.Model.fit`, such as `callbacks`, `validation_data`,
                `initial_epoch`, `steps_per_epoch`.

        Returns:
            The history of `d_loss`, `g_loss`, `d_real` and `d_fake`: the means over
            each epoch of the losses, of σ(D(x)) and of σ(D(G(z))).

        Raises:
            ValueError: If the images have another shape or range than the networks,
                labels are missing, `discriminator_steps`, the replicas or the packs of
                a `PackedDiscriminator` do not divide a batch, or the workers do not
                agree on data and seed.
        """
        self._check_compiled("fit")
        options = FitOptions.of({"batch_size": batch_size, "epochs": epochs, **kwargs})
        listening = without_idle_callbacks(options.callbacks)
        options = dataclasses.replace(options, callbacks=listening)
        resumed = self._resume(listening)
        if options.validation_split and options.validation_data is None:
            x, y, *rest = split_arrays(x, y, options.validation_split)
            options = dataclasses.replace(options, validation_data=tuple(rest))
        seed = self.seed if options.shuffle else None
        k = self.discriminator_steps
        feed = self._feed(x, y, options.batch_size, cuts=k, seed=seed)
        self._check_workers(feed, options)
        validation = self._validation_feed(options)
        if self.distribute_strategy.num_replicas_in_sync > 1:
            for network in (self.generator, self.discriminator):
                warn_of_local_statistics(network)
        self._loop = FitLoop(self, feed, validation, options, resumed)
        try:
            return self._loop.run()
        finally:
            self._loop = None

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
        """Computes the logs without touching weights; the same data gives the same.

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
        self._check_compiled("evaluate")
        feed = self._feed(x, y, batch_size)
        listening = keras.callbacks.CallbackList(
            callbacks,
            add_progbar=verbose != 0,
            verbose=verbose,
            epochs=1,
            steps=steps or feed.num_batches,
            model=self,
        )
        logs = evaluate(self, feed, steps, listening)
        return logs if return_dict else list(logs.values())

    def train_on_batch(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, x: Any, y: Any = None, *, return_dict: bool = False
    ) -> Any:
        """Does one training step on a batch of arrays; returns its logs."""
        self._check_compiled("train_on_batch")
        feed = self._feed(x, y, len(x), cuts=self.discriminator_steps)
        self.train_means.reset()
        self.make_train_function()(feed.start(0))
        logs = self.get_metrics_result()
        return logs if return_dict else list(logs.values())

    def progress(self, *, with_states: bool = False) -> Progress:
        """How far the `fit` that runs is, on request with the callbacks' states.

        Raises:
            RuntimeError: If none runs.
        """
        if self._loop is None:
            raise RuntimeError("`progress` is known while `fit` runs only.")
        return self._loop.progress(with_states)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """None: the logs of a GAN are no metrics of Keras's, see `RunningMeans`."""
        return []

    def get_metrics_result(self) -> dict[str, float]:
        """The means of the four logs over the epoch so far."""
        return {name: float(v) for name, v in self.train_means.result().items()}

    def reset_metrics(self) -> None:
        """Starts new means."""
        self.train_means.reset()
        self.test_means.reset()

    def _resume(self, callbacks: list[keras.callbacks.Callback]) -> Progress | None:
        """Restores what a callback has kept; returns where the training goes on."""
        hooks = hooked(callbacks).values()
        progress = [callback.before_fit(self) for callback in hooks]
        return next(filter(None, progress), None)

    def _validation_feed(self, options: FitOptions) -> Feed | None:
        """The batches that `fit` evaluates on, if there are any."""
        x, y = options.validation_data, None
        if x is None:
            return None
        if isinstance(x, (tuple, list)):
            x, y = x[0], x[1]
        size = options.validation_batch_size or options.batch_size
        is_dataset = isinstance(x, tf.data.Dataset)
        return self._feed(x, y, None if is_dataset else size)

    def _check_workers(self, feed: Feed, options: FitOptions) -> None:
        """Refuses workers that are not given the same training."""
        strategy = self.distribute_strategy
        if worker_count(strategy) == 1:
            return
        arguments = (
            self.get_compile_config(),
            options.epochs,
            options.initial_epoch,
            options.steps_per_epoch,
        )
        check_agreement(
            strategy,
            seed=str(self.seed).encode(),
            data=feed.first_batch(),
            # An object may have no value that is the same in every process.
            arguments=json.dumps(
                arguments, default=lambda value: type(value).__name__
            ).encode(),
        )

    def _check_compiled(self, method: str) -> None:
        if not self.compiled:
            raise InputError(f"Call `compile` with two optimizers before `{method}`.")

    def _feed(
        self,
        x: Any,
        y: Any,
        batch_size: int | None,
        *,
        cuts: int = 1,
        seed: int | None = None,
    ) -> Feed:
        """Checks the data, and returns its batches."""
        strategy = self.distribute_strategy
        contract = BatchContract(
            image_shape=self.image_shape,
            num_classes=self.num_classes,
            value_range=self.value_range,
            discriminator_steps=cuts,
            pack=self._interface.pack,
            replicas=strategy.num_replicas_in_sync,
        )
        if not isinstance(x, tf.data.Dataset):
            if isinstance(x, (tuple, list)) and y is None and len(x) == 2:
                x, y = x
            batch_size = batch_size or _DEFAULT_BATCH_SIZE
            contract.check_arrays(x, y, batch_size)
            x = from_arrays(x, y, min(batch_size, len(x)), seed)
        elif batch_size is not None or y is not None:
            name = "y" if y is not None else "batch_size"
            raise InputError(
                f"`{name}` was given beside a dataset, which brings its own; batch the "
                "dataset, and let it yield `(images, labels)` for labels."
            )
        else:
            size = static_batch_size(x)
            check_compiled_batches(self.jit_compile, cuts, size, contract.pack)
            contract.check_dataset(x)
        return Feed(x, strategy)
