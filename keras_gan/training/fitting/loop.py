"""Runs the loops of `fit` and `evaluate`, which can go on from any step.

Keras's own loops can start at an epoch only, and fail on several workers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras

from keras_gan._checks import InputError
from keras_gan.training.fitting.feed import Feed
from keras_gan.training.fitting.hooks import Progress, hooked
from keras_gan.training.fitting.interruption import Interruption
from keras_gan.training.fitting.options import FitOptions
from keras_gan.training.fitting.pace import (
    BATCH_END_HOOKS,
    TEST_HOOKS,
    TRAIN_HOOKS,
    Pace,
    overrides,
)


class FitLoop:
    """One call of `fit`.

    Args:
        gan: The GAN to train.
        feed: The batches.
        validation: The batches of the evaluation after epochs, if there is one.
        options: The arguments of `fit`.
        resumed: Where the training goes on; None at the beginning.
    """

    def __init__(
        self,
        gan: Any,
        feed: Feed,
        validation: Feed | None,
        options: FitOptions,
        resumed: Progress | None,
    ) -> None:
        if feed.endless and options.steps_per_epoch is None:
            raise InputError("The dataset never ends; give `steps_per_epoch`.")
        self.gan = gan
        self.feed = feed
        self.validation = validation
        self.options = options
        self.steps = options.steps_per_epoch or feed.num_batches
        start = resumed or Progress(
            epoch=options.initial_epoch, data_epoch=self._next_data_epoch()
        )
        self.resumed = resumed
        self.begun = start.begun
        self.epoch, self.batch = start.epoch, start.batch
        self.data_epoch, self.data_batch = start.data_epoch, start.data_batch
        self.callbacks = keras.callbacks.CallbackList(
            options.callbacks,
            add_history=True,
            add_progbar=options.verbose != 0,
            verbose=options.verbose,
            epochs=options.epochs,
            steps=self.steps,
            batch_size=feed.batch_size,  # in `params`, where callbacks look for it
            model=gan,
        )
        listening = self.callbacks.callbacks
        self.hooked = hooked(listening)
        self.pace = Pace(gan, listening, TRAIN_HOOKS, self.hooked.values())
        # Keras hands each call to a thread, which costs time if nobody listens.
        self.ends_heard = any(overrides(one, BATCH_END_HOOKS) for one in listening)
        self.interruption = Interruption(gan, self.hooked.values())
        self._iterator: Iterator[Any] | None = None
        self._uncounted = 0
        self._first_step = int(gan.step)
        self._steps_done = 0
        # The callbacks' states before the end of an epoch, while it is told to them.
        self._told: dict[str, Any] | None = None

    def progress(self, with_states: bool) -> Progress:
        """Returns how far the training is, with the callbacks' states if asked for."""
        states: dict[str, Any] = {}
        if with_states:
            states = self._states() if self._told is None else self._told
        data_place = self.data_epoch, self.data_batch
        if self.batch == self.steps and self._length_unknown:
            # Only the end of the pass tells a resumed training where the epoch ends.
            data_place = self.data_epoch - 1, self.batch
        return Progress(self.epoch, self.batch, *data_place, self.begun, states)

    def steps_left(self) -> int | None:
        """Returns the steps to the end of the last epoch; None if that is unknown."""
        if self.steps is None:
            return None
        return (self.options.epochs - self.epoch) * self.steps - self.batch

    @property
    def _length_unknown(self) -> bool:
        return self.options.steps_per_epoch is None and self.feed.num_batches is None

    def _states(self) -> dict[str, Any]:
        """Returns the states of the callbacks that have one."""
        states = {name: hook.get_state() for name, hook in self.hooked.items()}
        return {name: state for name, state in states.items() if state}

    def run(self) -> keras.callbacks.History:
        """Trains to the end of the last epoch."""
        with self.interruption.heard():
            return self._run()

    def _run(self) -> keras.callbacks.History:
        gan, callbacks = self.gan, self.callbacks
        gan.stop_training = False
        gan.make_train_function()
        callbacks.on_train_begin()
        if not self.begun:
            self._give_states()  # one of them may stop the training at once
        logs: dict[str, float] = {}
        while self.epoch < self.options.epochs and not gan.stop_training:
            self._begin_epoch()
            complete = self._run_epoch()
            self._told = self._states()
            logs = gan.get_metrics_result()
            logs |= self._validate()
            callbacks.on_epoch_end(self.epoch, logs)
            with self.interruption:
                if complete:
                    self.epoch, self.batch, self.begun = self.epoch + 1, 0, False
                self._told = None
        callbacks.on_train_end(logs)
        for callback in self.hooked.values():
            callback.after_fit(self.gan)
        return gan.history

    def _run_epoch(self) -> bool:
        """Does the steps left in an epoch; returns whether it came to its end."""
        while True:
            self.interruption.raise_pending()
            if self.batch == self.steps:
                return True
            for callback in self.hooked.values():
                callback.between_steps(self.gan, self._uncounted)
            self._uncounted = 0
            if self.gan.stop_training:
                return False
            self.callbacks.on_train_batch_begin(self.batch)
            if self.gan.stop_training:
                continue
            left = None if self.steps is None else self.steps - self.batch
            most = self.pace.most(self.batch, left)
            with self.interruption:
                batches = self._batches()
                with self.feed.naming_batch(self._place):
                    done, logs = self.pace.call(self.gan.train_function, batches, most)
                self._count(done)
            if done and self.ends_heard:
                self.callbacks.on_train_batch_end(self.batch - 1, logs)

    def _batches(self) -> Iterator[Any]:
        if self._iterator is None:
            self._iterator = self.feed.start(self.data_epoch, self.data_batch)
        return self._iterator

    def _count(self, done: int) -> None:
        """Counts the steps of one call of the train function."""
        self.batch += done
        self.data_batch += done
        self._uncounted += done
        self._steps_done += done
        ended = done == 0 or self.data_batch == self.feed.num_batches
        if ended and self.options.steps_per_epoch is None:
            self.steps = self.batch  # of a dataset that did not tell its length
        if ended:
            self._end_pass()

    def _place(self) -> int:
        """Returns the place in this pass of the first batch that was not trained on."""
        done = int(self.gan.step) - self._first_step - self._steps_done
        return self.data_batch + done

    def _end_pass(self) -> None:
        """Lets the next batch be the first of the next pass over the data."""
        if self.data_batch == 0:
            raise InputError(
                "The data gave no batch. They must not be empty; an iterator can be "
                "read only once, and serves for several epochs with `steps_per_epoch`, "
                "if it is long enough."
            )
        self._iterator = None
        self.feed.end_pass()
        self.data_epoch, self.data_batch = self.data_epoch + 1, 0

    def _next_data_epoch(self) -> int:
        """Returns the first pass over the data that the GAN has not seen.

        It is computed from the steps done, as if they had all been on this data.
        """
        length = self.feed.num_batches
        passes = -(-int(self.gan.step) // length) if length else 0
        return passes or self.options.initial_epoch

    def _begin_epoch(self) -> None:
        """Begins an epoch, or goes on with one that had begun."""
        if not self.begun:
            self.gan.reset_metrics()
        self.callbacks.on_epoch_begin(self.epoch)
        self.begun = True
        self._give_states()

    def _give_states(self) -> None:
        """Gives the callbacks the states that a checkpoint has kept."""
        states = self.resumed.callbacks if self.resumed else {}
        for name, state in states.items():
            if name in self.hooked:
                self.hooked[name].set_state(state)
        self.resumed = None

    def _validate(self) -> dict[str, float]:
        """Returns the logs of an evaluation, if one is due after this epoch."""
        due = (self.epoch + 1) % self.options.validation_freq == 0
        if self.validation is None or not due:
            return {}
        steps = self.options.validation_steps
        logs = evaluate(self.gan, self.validation, steps, self.callbacks)
        return {f"val_{name}": value for name, value in logs.items()}


def evaluate(
    gan: Any, feed: Feed, steps: int | None, callbacks: keras.callbacks.CallbackList
) -> dict[str, float]:
    """Returns the means of the logs over `steps` batches, or over all."""
    if feed.endless and steps is None:
        raise InputError("The dataset never ends; give the number of steps.")
    gan.make_test_function()
    callbacks.on_test_begin()
    gan.test_means.reset()
    batches, batch = feed.start(0), 0
    pace = Pace(gan, callbacks.callbacks, TEST_HOOKS)
    gan.stop_evaluating = False
    while (steps is None or batch < steps) and not gan.stop_evaluating:
        callbacks.on_test_batch_begin(batch)
        left = None if steps is None else steps - batch
        with feed.naming_batch(lambda: int(gan.test_means.count)):
            done, means = pace.call(gan.test_function, batches, pace.most(batch, left))
        if done == 0:
            break
        batch += done
        callbacks.on_test_batch_end(batch - 1, means)
    feed.end_pass()
    logs = {name: float(mean) for name, mean in gan.test_means.result().items()}
    callbacks.on_test_end(logs)
    return logs
