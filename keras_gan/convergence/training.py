"""Trains a GAN whose samples are single numbers, and shows the 2014 theorems.

The data have a normal distribution, and a latent is one number. The density p_g then
follows from G alone, so that C(G), V(D, G) and D* are computed, not estimated. The
training has four phases; see `train`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan import architectures
from keras_gan._checks import check_positive_int
from keras_gan.convergence.exact_values import DATA, Record, observe, sample_distance
from keras_gan.notebooks.tables import html_table
from keras_gan.plotting import GameState
from keras_gan.training import GAN

LEAST_STEPS = 400
"""The fewest training steps that `train` takes."""

_BATCH_SIZE = 512
_CHUNK = 10  # training steps between two records
# Training points: a whole number of chunks, so that a pass over the data never ends
# inside one.
_POINTS = 20 * _CHUNK * _BATCH_SIZE
_UNITS = (32, 32)
_FREQUENCIES = (0.5, 1.0, 2.0)  # waves of x, with which D soon sees fine structure
# Plain gradient steps, as in Algorithm 1: near the equilibrium they become small, which
# Adam's do not. D moves several times as fast as G; otherwise the two circle around the
# equilibrium and never reach it.
_GENERATOR_RATE, _DISCRIMINATOR_RATE = 0.1, 0.5
_SLOW = 0.04  # G's share of its rate before the last phase, so that records see it move
_HALF_BLIND = 0.2  # D's share of its rate in the first phase
# D's share of its rate while G is frozen; it may be large, because G does not move.
_ALONE = 2.0
# The excess of C(G) over −log 4 at which p_g counts as near p_data.
_NEAR = 0.2
# The largest shares of all steps for the first three phases.
_APPROACH, _CATCHING_UP, _FOLLOWING = 0.2, 0.25, 0.1
_SAMPLES = 100_000

# From the share of a phase that is over to the shares of G's and of D's rate.
_Rates = Callable[[float], tuple[float, float]]


@dataclass(frozen=True, eq=False, repr=False)
class Convergence:
    """The records of a whole training.

    Attributes:
        gan: The trained GAN.
        records: The figures after every tenth step, in nats and probabilities.
        states: The arrays for pictures at the same steps.
        moments: The indices in both lists of the four moments in the paper's figure 1:
            near convergence; D trained while G is frozen; G moved; the equilibrium.
        samples: `(100000,)` float32 draws of the trained GAN.
    """

    gan: GAN
    records: list[Record]
    states: list[GameState]
    moments: tuple[int, int, int, int]
    samples: np.ndarray

    def __repr__(self) -> str:
        last = self.records[-1]
        return (
            f"Convergence(step {last.step}: D(x) {last.d_real:.3f}, D(G(z)) "
            f"{last.d_fake:.3f}, C(G) {last.criterion:.4f})"
        )

    def _repr_html_(self) -> str:
        """Returns the four moments as a table for notebooks."""
        rows = [
            (name, record.step, record.d_real, record.d_fake, record.criterion)
            for name, record in self._named_moments().items()
        ]
        header = ("moment", "step", "D(x)", "D(G(z))", "C(G)")
        return html_table(rows, header=header)

    def _named_moments(self) -> dict[str, Record]:
        names = ("near", "discriminator_updated", "generator_moved", "equilibrium")
        moments = (self.records[index] for index in self.moments)
        return dict(zip(names, moments, strict=True))

    def figures(self) -> dict[str, Any]:
        """Returns the numbers of the training in plain values for JSON.

        Returns:
            A dict: `steps`; `data`, its mean and standard deviation; `minus_log_four`
            in nats; `sample_kolmogorov_smirnov`, from 0 to 1; `records`, a dict of each
            `Record`; and `moments`, four of these by name.
        """
        return {
            "steps": self.records[-1].step,
            "data": {"mean": DATA.mean, "std": DATA.stdev},
            "minus_log_four": -math.log(4.0),
            "sample_kolmogorov_smirnov": sample_distance(self.samples),
            "moments": {
                name: dataclasses.asdict(record)
                for name, record in self._named_moments().items()
            },
            "records": [dataclasses.asdict(record) for record in self.records],
        }


def train(steps: int = 6000, *, seed: int = 0) -> Convergence:
    """Trains a GAN on a normal distribution so slowly that the records show the theory.

    First both networks train until p_g is near p_data. Then D trains alone, as in the
    inner loop of Algorithm 1 with a large k, and becomes D*. Then G trains alone until
    half of the divergence is gone. Then both train to the end, at rates that fall to
    zero.

    Args:
        steps: The number of training steps, at least 400.
        seed: Seeds the data, the weights and the noise, 0 to 2³² − 1.

    Returns:
        The trained GAN with its records.

    Raises:
        ValueError: If `steps` is below 400, or `seed` out of its range.

    Example:
        >>> convergence.train(6000).records[-1].criterion  # −log 4 is -1.386294...

    Source: Goodfellow et al. 2014, figure 1, Algorithm 1 and Theorem 1.
    """
    steps = check_positive_int("steps", steps, minimum=LEAST_STEPS)
    seed = check_positive_int("seed", seed, minimum=0)
    keras.utils.set_random_seed(seed)
    gan = build_gan(seed)
    recorder = _Recorder()
    phases = _Phases(gan, draw_data(_POINTS, seed), recorder)
    moments = _train_in_phases(phases, steps // _CHUNK)
    samples = gan.sample(_SAMPLES, seed=seed, batch_size=8192)[:, 0]
    return Convergence(gan, recorder.records, recorder.states, moments, samples)


def take_one_thread() -> None:
    """Makes TensorFlow compute on one thread, if it has not computed yet.

    Operations as small as these gain nothing from more threads, and where other
    programs keep the cores busy, the threads spend most of their time waiting for each
    other.
    """
    with contextlib.suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)


def build_gan(seed: int) -> GAN:
    """Returns a compiled GAN of points `(B, 1)` with one latent number each.

    Args:
        seed: Seeds the noise, 0 to 2³² − 1. The weights are Keras's next random ones.

    Raises:
        ValueError: If the seed is out of its range.

    Example:
        >>> convergence.build_gan(seed=0).sample(5, seed=7).shape
        (5, 1)
    """
    generator, discriminator = architectures.build(
        "mlp",
        image_shape=(1,),
        latent_dim=1,
        value_range=None,
        generator_units=_UNITS,
        discriminator_units=_UNITS,
        activation="tanh",
        discriminator_frequencies=_FREQUENCIES,
    )
    _orient(generator)
    gan = GAN(generator, discriminator, prior="normal", value_range=None, seed=seed)
    gan.compile(
        generator_optimizer=keras.optimizers.SGD(_GENERATOR_RATE),
        discriminator_optimizer=keras.optimizers.SGD(_DISCRIMINATOR_RATE),
        # XLA compiles steps as small as these to slower ones.
        jit_compile=False,
        steps_per_execution=_CHUNK,
    )
    return gan


def _orient(generator: keras.Model) -> None:
    """Flips the sign of z if G decreases, so that arrows from z to G(z) do not cross.

    The prior is symmetric, so the distribution of the samples does not change.
    """
    ends = np.asarray(generator(np.array([[-1.0], [1.0]], np.float32)))
    if ends[0] > ends[1]:
        kernel = generator.trainable_variables[0]
        kernel.assign(-kernel)


def draw_data(n: int, seed: int) -> np.ndarray:
    """Returns `(n, 1)` float32 draws from the distribution of the data.

    Args:
        n: The number of draws.
        seed: A non-negative integer; equal seeds give equal draws.

    Example:
        >>> convergence.draw_data(5, seed=0).shape
        (5, 1)
    """
    draws = np.random.default_rng(seed).normal(DATA.mean, DATA.stdev, (n, 1))
    return draws.astype(np.float32)


def _train_in_phases(phases: _Phases, chunks: int) -> tuple[int, int, int, int]:
    """Trains as `train` describes; returns the indices of the four moments."""
    near = phases.train(
        int(_APPROACH * chunks),
        lambda _: (_SLOW, _HALF_BLIND),
        until=lambda record: _excess(record) < _NEAR,
    )
    updated = phases.train(int(_CATCHING_UP * chunks), _discriminator_alone)
    records = phases.recorder.records
    half = _excess(records[updated]) / 2
    moved = phases.train(
        int(_FOLLOWING * chunks),
        lambda _: (_SLOW, 0.0),
        until=lambda record: _excess(record) < half,
    )
    end = phases.train(chunks - records[moved].step // _CHUNK, _both_falling)
    return near, updated, moved, end


def _excess(record: Record) -> float:
    """Returns the excess of C(G) over its least value, which is twice the JSD."""
    return record.criterion + math.log(4.0)


def _discriminator_alone(share: float) -> tuple[float, float]:
    """Returns D's rate alone, which falls to zero."""
    return 0.0, _ALONE * _both_falling(share)[0]


def _both_falling(share: float) -> tuple[float, float]:
    """Returns rates that both fall to zero on a cosine."""
    rate = (1.0 + math.cos(math.pi * share)) / 2.0
    return rate, rate


class _Recorder(keras.callbacks.Callback):
    """Sets the rates before each chunk of steps, and records the game after it.

    Attributes:
        records: The figures after each chunk.
        states: The arrays for pictures after each chunk.
    """

    def __init__(self) -> None:
        super().__init__()
        self.records: list[Record] = []
        self.states: list[GameState] = []
        self.begin_phase(1, _both_falling, lambda _: False)

    def begin_phase(
        self, chunks: int, rates: _Rates, until: Callable[[Record], bool]
    ) -> None:
        """Takes the length of a phase, its rates, and when to end it early."""
        self._chunks, self._rates, self._until = chunks, rates, until

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        gan: Any = self.model
        generator, discriminator = self._rates(epoch / self._chunks)
        gan.generator_optimizer.learning_rate = generator * _GENERATOR_RATE
        gan.discriminator_optimizer.learning_rate = discriminator * _DISCRIMINATOR_RATE

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        gan: Any = self.model
        record, state = observe(gan)
        self.records.append(record)
        self.states.append(state)
        if self._until(record):
            gan.stop_training = True


@dataclass(frozen=True)
class _Phases:
    """A GAN, the points to train it on, and the recorder of its phases."""

    gan: GAN
    points: np.ndarray
    recorder: _Recorder

    def train(
        self,
        chunks: int,
        rates: _Rates,
        until: Callable[[Record], bool] = lambda _: False,
    ) -> int:
        """Trains one phase; returns the index of its last record."""
        self.recorder.begin_phase(chunks, rates, until)
        self.gan.fit(
            self.points,
            batch_size=_BATCH_SIZE,
            epochs=chunks,
            steps_per_epoch=_CHUNK,
            callbacks=[self.recorder],
            verbose=0,
        )
        return len(self.recorder.records) - 1
