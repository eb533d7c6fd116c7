"""Prepares a call of `fit` or `evaluate`: data, callbacks, workers, the loop."""

from __future__ import annotations

import dataclasses
import functools
import json
import platform
import warnings
from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError, counted
from keras_gan._keras_private import uses_onednn
from keras_gan._process import onednn_is_chosen
from keras_gan.distribution.workers import (
    bytes_from_chief,
    check_agreement,
    is_chief,
    warn_of_slow_messages,
    worker_count,
)
from keras_gan.notebooks.kernel import in_notebook
from keras_gan.training.fitting.feed import Feed, brings_batches, open_feed
from keras_gan.training.fitting.hooks import (
    FitHooks,
    Progress,
    by_priority,
    hooked,
)
from keras_gan.training.fitting.loop import FitLoop, evaluate
from keras_gan.training.fitting.options import FitOptions
from keras_gan.training.fitting.progress import FitProgress
from keras_gan.training.fitting.range_watch import RangeWatch
from keras_gan.training.fitting.stock_callbacks import (
    listed_callbacks,
    saves_models,
    without_idle_callbacks,
)
from keras_gan.training.network_ends import may_leave_range
from keras_gan.training.networks import warn_of_local_statistics
from keras_gan.training.optimizers.spent_rates import warn_of_spent_rate
from keras_gan.training.savable import check_savable, written_rules


def prepare_fit(gan: Any, x: Any, y: Any, options: FitOptions) -> FitLoop:
    """Returns the loop that trains a GAN on checked data.

    A callback may restore the GAN from a checkpoint; the loop then goes on from there.

    Args:
        gan: A compiled GAN.
        x: As in `GAN.fit`.
        y: As in `GAN.fit`.
        options: The other arguments of `fit`.

    Raises:
        ValueError: If the data do not fit the GAN, or the workers do not agree.
    """
    listening = by_priority(without_idle_callbacks(options.callbacks))
    if any(saves_models(callback) for callback in listening):
        check_savable(gan)
    options = _with_one_bar(dataclasses.replace(options, callbacks=listening))
    if may_leave_range(gan):
        listening.append(RangeWatch())
    resumed = _restore(gan, listening)
    gan.restart_average(only_untrained=True)
    _warn_of_nothing_to_do(resumed, options)
    _warn_without_onednn()
    if options.validation_split and options.validation_data is None:
        x, y, *rest = _split(x, y, options.validation_split)
        options = dataclasses.replace(options, validation_data=tuple(rest))
    feed = open_feed(
        gan,
        x,
        y,
        options.batch_size,
        minibatches=gan.discriminator_steps,
        seed=gan.seed if options.shuffle else None,
    )
    _check_workers(gan, feed, options)
    _warn_of_shuffling(feed, listening)
    validation = _validation_feed(gan, options)
    if gan.distribute_strategy.num_replicas_in_sync > 1:
        for network in (gan.generator, gan.discriminator):
            warn_of_local_statistics(network)
    loop = FitLoop(gan, feed, validation, options, resumed)
    left = loop.steps_left()
    if left is not None:
        warn_of_spent_rate("generator_optimizer", gan.generator_optimizer, left)
        updates = left * gan.discriminator_steps
        warn_of_spent_rate(
            "discriminator_optimizer", gan.discriminator_optimizer, updates
        )
    return loop


def evaluate_on(
    gan: Any, feed: Feed, steps: int | None, callbacks: Any, verbose: Any
) -> dict[str, float]:
    """Returns the means of the logs over `steps` batches, or over all.

    Args:
        gan: A compiled GAN.
        feed: The batches.
        steps: The number of batches; None for all.
        callbacks: Keras callbacks.
        verbose: As in `keras.Model.evaluate`.
    """
    listening = keras.callbacks.CallbackList(
        callbacks,
        add_progbar=verbose != 0,
        verbose=verbose,
        epochs=1,
        steps=steps or feed.num_batches,
        model=gan,
    )
    return evaluate(gan, feed, steps, listening)


def end_fit(gan: Any, options: FitOptions) -> None:
    """Tells the callbacks that `fit` has ended, however it did."""
    for hook in hooked(listed_callbacks(options.callbacks)).values():
        hook.after_end(gan)


def _with_one_bar(options: FitOptions) -> FitOptions:
    """Shows progress once, where `verbose` is "auto".

    Keras shows a line or two for each epoch, which a notebook would keep. There one bar
    stands for the whole training.

    Args:
        options: The options with a list of callbacks, to which the bar is added.
    """
    if options.verbose != "auto":
        return options
    if not any(getattr(each, "shows_progress", False) for each in options.callbacks):
        if not in_notebook():
            return options
        options.callbacks.append(FitProgress(batch_size=options.batch_size))
    return dataclasses.replace(options, verbose=0)


def _restore(gan: Any, callbacks: list[keras.callbacks.Callback]) -> Progress | None:
    """Lets callbacks restore the GAN; returns where the training goes on."""
    hooks = hooked(callbacks)
    found = [(hook, hook.before_fit(gan)) for hook in hooks.values()]
    hook, progress = next((each for each in found if each[1]), (None, None))
    while hook is not None and progress is not None:
        fault = _fault_of(gan, hooks, progress)
        if fault is None:
            break
        progress = hook.step_back(gan, fault)
    return progress


def _fault_of(
    gan: Any, hooks: Mapping[str, FitHooks], progress: Progress
) -> str | None:
    """Returns which file does not fit a place in the training; None if all do.

    The chief of several workers has the files, and decides for all.
    """
    strategy = gan.distribute_strategy
    faults: list[str | None] = []
    if is_chief(strategy):
        states = progress.callbacks
        known = [name for name in states if name in hooks]
        faults = [hooks[name].fault_of_state(states[name]) for name in known]
    fault = next(filter(None, faults), None)
    told = bytes_from_chief(strategy, None if fault is None else fault.encode())
    return None if told is None else told.decode()


def _warn_of_nothing_to_do(resumed: Progress | None, options: FitOptions) -> None:
    """Warns of a `fit` whose last epoch is over before it begins."""
    if resumed is None and options.initial_epoch >= options.epochs > 0:
        warnings.warn(
            f"`fit` trains nothing: `epochs={options.epochs}` is the number of the "
            "last epoch, counted from 0 and not from "
            f"`initial_epoch={options.initial_epoch}`; give more `epochs`.",
            stacklevel=4,
        )
    elif resumed is not None and resumed.epoch >= options.epochs:
        warnings.warn(
            f"`fit` trains nothing: the checkpoint that it goes on from has done "
            f"{counted(resumed.epoch, 'epoch')}, and `epochs={options.epochs}` counts "
            "these too. "
            "Give more `epochs`, or give `callbacks.Checkpoint` another folder to "
            "train anew.",
            stacklevel=4,
        )


@functools.cache
def _warn_without_onednn() -> None:
    """Warns once if TensorFlow was imported too early to use what makes it faster."""
    slow = not uses_onednn() and platform.machine().lower() in ("x86_64", "amd64")
    if slow and not onednn_is_chosen() and not tf.config.list_physical_devices("GPU"):
        warnings.warn(
            "TensorFlow was imported before keras_gan and does not use oneDNN, which "
            "makes a step on this CPU a tenth to two thirds faster: import keras_gan "
            "first, or set TF_ENABLE_ONEDNN_OPTS=1; 0 keeps it off.",
            stacklevel=4,
        )


def _warn_of_shuffling(feed: Feed, callbacks: list[keras.callbacks.Callback]) -> None:
    """Warns of a dataset that no checkpoint can continue exactly."""
    hooks = hooked(callbacks).values()
    if feed.shuffles_anew and any(hook.continues_trainings for hook in hooks):
        warnings.warn(
            "The dataset has a `shuffle()` whose order no other process repeats, so "
            "that a training continued from a checkpoint meets other batches than an "
            "uninterrupted one. Give arrays or `data.load` for an order that can be "
            "continued, or `shuffle(..., seed=1, reshuffle_each_iteration=False)` for "
            "the same order in each epoch.",
            stacklevel=4,
        )


def _validation_feed(gan: Any, options: FitOptions) -> Feed | None:
    """Returns the batches that `fit` evaluates on, if there are any."""
    x, y = options.validation_data, None
    if x is None:
        return None
    if isinstance(x, (tuple, list)) and not brings_batches(x):
        x, y, *_ = (*x, None)
    size = options.validation_batch_size or options.batch_size
    try:
        return open_feed(gan, x, y, None if brings_batches(x) else size)
    except InputError as error:
        raise InputError(
            f"`validation_data`: {error} (Its batches have `validation_batch_size`, by "
            "default `batch_size`, images.)"
        ) from error


def _check_workers(gan: Any, feed: Feed, options: FitOptions) -> None:
    """Refuses workers that are not given the same training; warns of a slow link."""
    strategy = gan.distribute_strategy
    if worker_count(strategy) == 1:
        return
    arguments = (
        written_rules(gan),
        gan.discriminator_steps,
        gan.simultaneous,
        gan.ema_decay,
        gan.jit_compile,
        gan.run_eagerly,
        gan.steps_per_execution,
        options.epochs,
        options.initial_epoch,
        options.steps_per_epoch,
    )
    check_agreement(
        strategy,
        seed=str(gan.seed).encode(),
        data=feed.first_batch(),
        # An object may have no value that is the same in every process.
        arguments=json.dumps(
            arguments, default=lambda value: type(value).__name__
        ).encode(),
    )
    warn_of_slow_messages(strategy)


def _split(images: Any, labels: Any, share: float) -> tuple[Any, Any, Any, Any]:
    """Splits off the last `share` of images and labels; returns the rest first."""
    if isinstance(images, (tuple, list)) and labels is None and len(images) == 2:
        images, labels = images
    if brings_batches(images) or not hasattr(images, "__len__"):
        raise InputError(
            "`validation_split` needs arrays; of batches, give a part of them as "
            "`validation_data`."
        )
    kept = len(images) - int(len(images) * share)
    if kept in (0, len(images)):
        raise InputError(
            f"`validation_split={share}` of {counted(len(images), 'image')} leaves no "
            "image to train or none to validate on."
        )
    parts = [None] * 2 if labels is None else [labels[:kept], labels[kept:]]
    return images[:kept], parts[0], images[kept:], parts[1]
