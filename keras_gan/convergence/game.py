"""The game of 2014 on a line: a real training in which every law is known.

The data are a normal law, the latents one number each. p_g then follows from G alone,
so that C(G), V(D, G) and D* are computed and not estimated.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_gan import architectures
from keras_gan._checks import check_positive_int
from keras_gan.convergence.observation import DATA, Record, observe, sample_distance
from keras_gan.plotting import GameState
from keras_gan.training import GAN

LEAST_STEPS = 400

_BATCH_SIZE = 512
_CHUNK = 10  # training steps between two looks at the game
# Of the data, which the training goes through again and again, in whole chunks.
_POINTS = 20 * _CHUNK * _BATCH_SIZE
_UNITS = (32, 32)
_FREQUENCIES = (0.5, 1.0, 2.0)  # waves of x, so that D soon tells fine structure
# Plain gradient steps, as Algorithm 1 has them: near the equilibrium they get small by
# themselves, which Adam's do not. D moves several times as fast as G, or the two
# circle around the equilibrium instead of falling into it.
_GENERATOR_RATE, _DISCRIMINATOR_RATE = 0.1, 0.5
_SLOW = 0.04  # the share of G's rate until the end, to see it come
_HALF_BLIND = 0.2  # the share of D's rate until then
# D's while G stands still, which nothing then throws off balance.
_ALONE = 2.0
# The excess of C(G) over −log 4 at which p_g counts as near p_data.
_NEAR = 0.2
_APPROACH, _CATCHING_UP, _FOLLOWING = 0.2, 0.25, 0.1  # at most, of all steps
_SAMPLES = 100_000

# From the share of a phase that is over to the shares of both networks' rates.
_Rates = Callable[[float], tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Convergence:
    """A training from beginning to end.

    Attributes:
        gan: The trained GAN.
        records: The figures over the training.
        states: The pictures' arrays at the same steps.
        moments: The places in both lists of the paper's four moments: near
            convergence; D trained while G stands still; G moved; the equilibrium.
        samples: `(100000,)` float32 draws of the trained GAN.
    """

    gan: GAN
    records: list[Record]
    states: list[GameState]
    moments: tuple[int, int, int, int]
    samples: np.ndarray

    def figures(self) -> dict[str, Any]:
        """Returns the numbers of the training, in plain values of JSON."""
        names = ("near", "discriminator_updated", "generator_moved", "equilibrium")
        return {
            "steps": self.records[-1].step,
            "data": {"mean": DATA.mean, "std": DATA.stdev},
            "minus_log_four": -math.log(4.0),
            "sample_kolmogorov_smirnov": sample_distance(self.samples),
            "moments": {
                name: dataclasses.asdict(self.records[index])
                for name, index in zip(names, self.moments, strict=True)
            },
            "records": [dataclasses.asdict(record) for record in self.records],
        }


def train(steps: int = 6000, *, seed: int = 0) -> Convergence:
    """Trains a GAN on a normal law so slowly that one sees what the theory says.

    First both play until p_g is near p_data; then D alone, as in the inner loop of
    Algorithm 1 with a large k, which makes it D*; then G alone, until half of the
    divergence is gone; then both to the end, at rates that fall to zero.

    Args:
        steps: Training steps in all, at least 400.
        seed: Seeds the data, the weights and the noise.

    Raises:
        ValueError: If an argument cannot be used.

    Example:
        >>> convergence.train(6000).records[-1].criterion  # −log 4 is -1.386294...

    Source: Goodfellow et al. 2014, figure 1, Algorithm 1 and Theorem 1.
    """
    steps = check_positive_int("steps", steps, minimum=LEAST_STEPS)
    seed = check_positive_int("seed", seed, minimum=0)
    keras.utils.set_random_seed(seed)
    gan = build_gan(seed)
    watch = _Watch()
    moments = _play_to_the_end(gan, draw_data(_POINTS, seed), watch, steps // _CHUNK)
    samples = gan.sample(_SAMPLES, seed=seed, batch_size=8192)[:, 0]
    return Convergence(gan, watch.records, watch.states, moments, samples)


def build_gan(seed: int) -> GAN:
    """Returns a compiled GAN of points `(B, 1)`, of one latent each."""
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
        keras.optimizers.SGD(_GENERATOR_RATE),
        keras.optimizers.SGD(_DISCRIMINATOR_RATE),
        # XLA compiles steps as small as these to slower ones.
        jit_compile=False,
        steps_per_execution=_CHUNK,
    )
    return gan


def _orient(generator: keras.Model) -> None:
    """Turns z round if G falls, so that the arrows from z to G(z) do not cross.

    The prior is symmetric: the law of the samples stays as it is.
    """
    ends = np.asarray(generator(np.array([[-1.0], [1.0]], np.float32)))
    if ends[0] > ends[1]:
        kernel = generator.trainable_variables[0]
        kernel.assign(-kernel)


def draw_data(n: int, seed: int) -> np.ndarray:
    """Returns `(n, 1)` float32 draws from the data's law."""
    draws = np.random.default_rng(seed).normal(DATA.mean, DATA.stdev, (n, 1))
    return draws.astype(np.float32)


def _play_to_the_end(
    gan: GAN, points: np.ndarray, watch: _Watch, chunks: int
) -> tuple[int, int, int, int]:
    """Trains as `train` says; returns the places of the four moments."""

    def play(chunks: int, rates: _Rates, until: Callable[[Record], bool]) -> int:
        """Trains with these rates; returns the place of the last record."""
        watch.rates, watch.until, watch.chunks = rates, until, chunks
        gan.fit(
            points,
            batch_size=_BATCH_SIZE,
            epochs=chunks,
            steps_per_epoch=_CHUNK,
            callbacks=[watch],
            verbose=0,
        )
        return len(watch.records) - 1

    near = play(
        int(_APPROACH * chunks),
        lambda _: (_SLOW, _HALF_BLIND),
        lambda record: _excess(record) < _NEAR,
    )
    updated = play(int(_CATCHING_UP * chunks), _alone, lambda _: False)
    half = _excess(watch.records[updated]) / 2
    moved = play(
        int(_FOLLOWING * chunks),
        lambda _: (_SLOW, 0.0),
        lambda record: _excess(record) < half,
    )
    left = chunks - watch.records[moved].step // _CHUNK
    end = play(left, _falling, lambda _: False)
    return near, updated, moved, end


def _excess(record: Record) -> float:
    """How far C(G) is above its least value: twice the JSD."""
    return record.criterion + math.log(4.0)


def _alone(share: float) -> tuple[float, float]:
    """D's rate alone, falling to zero."""
    return 0.0, _ALONE * _falling(share)[0]


def _falling(share: float) -> tuple[float, float]:
    """Both rates fall to zero on a cosine."""
    rate = (1.0 + math.cos(math.pi * share)) / 2.0
    return rate, rate


class _Watch(keras.callbacks.Callback):
    """Sets the rates before each chunk, looks after it, and knows when to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.rates: _Rates = _falling
        self.until: Callable[[Record], bool] = lambda _: False
        self.chunks = 1
        self.records: list[Record] = []
        self.states: list[GameState] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        gan: Any = self.model
        generator, discriminator = self.rates(epoch / self.chunks)
        gan.generator_optimizer.learning_rate = generator * _GENERATOR_RATE
        gan.discriminator_optimizer.learning_rate = discriminator * _DISCRIMINATOR_RATE

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        gan: Any = self.model
        record, state = observe(gan)
        self.records.append(record)
        self.states.append(state)
        if self.until(record):
            gan.stop_training = True
