"""Computes Philox4x32-10 random numbers, with one formula for NumPy and TensorFlow.

The generator is counter-based: a number depends on a key and a counter alone. The key
is the seed's 64 bits, the counter is (block, 0, 0, purpose), and word `w` becomes the
uniform number (w + 0.5) / 2³². All is computed in uint64 and float64, so that the
implementations agree.
Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from keras_gan._typing import Tensor

_MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
_WEYL = (0x9E3779B9, 0xBB67AE85)
_WORD = 0xFFFFFFFF
_HALF = np.array(32, np.uint64)  # an array: to make one of a number takes longer

# The purposes of a seed's random numbers; each purpose has its own stream.
LATENT, LABEL, CHILD = 0, 1, 2


NUMPY = SimpleNamespace(
    uint64=lambda values: np.asarray(values).astype(np.uint64),
    float64=lambda values: values.astype(np.float64),
    shift=lambda values, bits: values >> np.uint64(bits),
    low=lambda values: values & np.uint64(_WORD),
    constant=np.uint64,
    full_like=np.full_like,
    xor=np.bitwise_xor,
    log=np.log,
    sqrt=np.sqrt,
    cos=np.cos,
    sin=np.sin,
    stack=np.stack,
    reshape=np.reshape,
    sum=np.sum,
)


def tensorflow_operations() -> SimpleNamespace:
    """Returns the operations of `NUMPY` for TensorFlow tensors."""
    import tensorflow as tf

    def constant(value: int) -> Tensor:
        return tf.constant(value, tf.uint64)

    return SimpleNamespace(
        uint64=lambda values: tf.bitcast(tf.cast(values, tf.int64), tf.uint64),
        float64=lambda values: tf.cast(tf.bitcast(values, tf.int64), tf.float64),
        shift=lambda values, bits: tf.bitwise.right_shift(values, constant(bits)),
        low=lambda values: tf.bitwise.bitwise_and(values, constant(_WORD)),
        constant=constant,
        full_like=lambda values, fill: tf.fill(tf.shape(values), constant(fill)),
        xor=tf.bitwise.bitwise_xor,
        log=tf.math.log,
        sqrt=tf.math.sqrt,
        cos=tf.math.cos,
        sin=tf.math.sin,
        stack=tf.stack,
        reshape=tf.reshape,
        sum=tf.reduce_sum,
    )


def words_of(block: Any, seed: Any, purpose: int, xp: SimpleNamespace) -> list[Any]:
    """Returns four arrays of 32-bit words for the counters (block, 0, 0, purpose)."""
    seed = xp.uint64(seed)
    counter = [
        xp.uint64(block),
        xp.full_like(seed, 0),
        xp.full_like(seed, 0),
        xp.full_like(seed, purpose),
    ]
    return philox4x32(counter, [xp.low(seed), xp.shift(seed, 32)], xp)


def philox4x32(counter: list[Any], key: list[Any], xp: SimpleNamespace) -> list[Any]:
    """Computes the ten rounds of Philox4x32-10 (Salmon et al. 2011, §4.3).

    Args:
        counter: Four uint64 arrays of one shape that hold 32-bit words.
        key: Two such arrays.
        xp: The array operations, `NUMPY` or those of TensorFlow.
    """
    if xp is NUMPY:
        return _philox4x32_of_pairs(counter, key)
    for step in range(10):
        if step:
            key = [
                xp.low(word + xp.constant(weyl))
                for word, weyl in zip(key, _WEYL, strict=True)
            ]
        products = [
            counter[0] * xp.constant(_MULTIPLIERS[0]),
            counter[2] * xp.constant(_MULTIPLIERS[1]),
        ]
        counter = [
            xp.xor(xp.xor(xp.shift(products[1], 32), counter[1]), key[0]),
            xp.low(products[1]),
            xp.xor(xp.xor(xp.shift(products[0], 32), counter[3]), key[1]),
            xp.low(products[0]),
        ]
    return counter


def _philox4x32_of_pairs(
    counter: Sequence[np.ndarray], key: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """Computes `philox4x32` in NumPy with half of the calls.

    Calls take more time than the arithmetic in them, and twice as long where arrays are
    not contiguous or not of one shape. Additions in uint32 wrap around.
    """
    counter = np.broadcast_arrays(*counter)
    even = np.empty((2, *counter[0].shape), np.uint64)
    odd = np.empty(even.shape, np.uint32)
    even[:], odd[:] = counter[0::2], counter[1::2]
    keys = np.array(key, np.uint32)
    pair = (2, *[1] * (even.ndim - 1))
    multipliers, shifted = np.empty_like(even), np.empty_like(even)
    multipliers[:] = np.array(_MULTIPLIERS, np.uint64).reshape(pair)
    weyl = np.array(_WEYL, np.uint32).reshape(pair)
    for step in range(10):
        if step:
            keys += weyl
        even *= multipliers
        np.right_shift(even, _HALF, out=shifted)
        high = shifted[::-1].astype(np.uint32)
        high ^= odd
        high ^= keys
        odd = even[::-1].astype(np.uint32)
        even[:] = high
    odd = odd.astype(np.uint64)
    return [even[0], odd[0], even[1], odd[1]]


def uniforms(seeds: Any, count: int, purpose: int, xp: SimpleNamespace) -> Any:
    """Returns `(B, count)` float64 numbers in the open interval (0, 1)."""
    blocks = -(-count // 4)
    column, row = xp.reshape(xp.uint64(seeds), (-1, 1)), np.arange(blocks)[np.newaxis]
    grid = column * 0 + xp.constant(row)
    words = words_of(grid, column, purpose, xp)
    words = xp.reshape(xp.stack(words, axis=-1), (-1, 4 * blocks))
    return (xp.float64(words)[:, :count] + 0.5) * 2.0**-32


def normals(seeds: Any, count: int, purpose: int, xp: SimpleNamespace) -> Any:
    """Returns `(B, count)` float64 standard normals."""
    return box_muller(uniforms(seeds, count + count % 2, purpose, xp), xp)[:, :count]


def box_muller(u: Any, xp: SimpleNamespace) -> Any:
    """Turns uniforms `(B, even)` into as many standard normals, pair by pair."""
    radius = xp.sqrt(-2.0 * xp.log(u[:, 0::2]))
    angle = 2.0 * math.pi * u[:, 1::2]
    pairs = xp.stack([radius * xp.cos(angle), radius * xp.sin(angle)], axis=-1)
    return xp.reshape(pairs, (-1, u.shape[1]))


def keyed_uniforms(rows: int | Tensor, columns: int, key: Tensor) -> Tensor:
    """Returns uniform numbers in (0, 1) for training, by the key and the row alone.

    They are made from TensorFlow's random integers. Its random floats change under XLA,
    and would make a training depend on `jit_compile`.

    Args:
        rows: Any number; the first rows do not depend on it.
        columns: The numbers in a row.
        key: `(2,)` int64 tensor.

    Returns:
        `(rows, columns)` float64 tensor.
    """
    import tensorflow as tf

    no_bound: Any = None
    words = tf.random.stateless_uniform(
        (rows, columns), key, no_bound, no_bound, tf.uint32, alg="philox"
    )
    return (tf.cast(words, tf.float64) + 0.5) / 2.0**32
