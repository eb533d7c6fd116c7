"""Points: mixtures whose modes are known, and arrays of vectors."""

import numpy as np
import pytest

from keras_gan import data
from keras_gan._checks import InputError

POINTS = np.random.default_rng(0).normal(size=(20, 3))


def all_of(dataset):
    parts = [batch if isinstance(batch, tuple) else (batch,) for batch in dataset]
    return [
        np.concatenate(list(map(np.asarray, part))) for part in zip(*parts, strict=True)
    ]


@pytest.mark.parametrize(
    ("name", "modes", "std"), [("ring", 8, 0.01), ("grid", 25, 0.05)]
)
def test_a_mixture_has_its_modes_and_its_spread(name, modes, std):
    mixture = data.mixture(name)
    assert mixture.centres.shape == (modes, 2)
    assert mixture.std == std
    info = data.info(name)
    assert (info.num_examples, info.image_shape) == (100_000, (2,))
    assert info.num_classes == modes
    loaded = data.load(name, batch_size=1000, labels=True, value_range=None)
    points, labels = all_of(loaded)
    assert points.shape == (100_000, 2)
    assert points.dtype == np.float32
    counts = np.bincount(labels, minlength=modes)
    assert np.abs(counts / 100_000 - 1 / modes).max() < 0.005
    away = points - mixture.centres[labels]
    np.testing.assert_allclose(away.std(axis=0), std, rtol=0.01)
    np.testing.assert_allclose(away.mean(axis=0), 0, atol=4 * std / 100_000**0.5)
    # 1 - exp(-9/2) of a plane Gaussian lies within three standard deviations.
    inside = np.linalg.norm(away, axis=1) <= 3 * std
    assert abs(inside.mean() - 0.98889) < 0.0012


def test_the_ring_and_the_grid_lie_where_pacgan_put_them():
    ring, grid = data.mixture("ring").centres, data.mixture("grid").centres
    np.testing.assert_allclose(np.linalg.norm(ring, axis=1), 1)
    steps = np.linalg.norm(ring - np.roll(ring, 1, axis=0), axis=1)
    np.testing.assert_allclose(steps, 2 * np.sin(np.pi / 8))
    assert sorted(map(tuple, grid)) == [
        (x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)
    ]
    assert data.mixture("mnist_10k") is data.mixture(POINTS) is None


def test_a_split_is_the_same_every_time_and_another_than_the_other():
    first, again = (
        all_of(data.load("ring", split="test", batch_size=100, shuffle=False))[0]
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, again)
    (train,) = all_of(data.load("ring", batch_size=10_000, shuffle=False))
    assert not (train[:10_000] == first).any()


def test_arrays_of_points_pass_as_they_are():
    labels = np.arange(20) % 4
    loaded = data.load((POINTS, labels), batch_size=5, labels=True, shuffle=False)
    points, numbers = all_of(loaded)
    np.testing.assert_array_equal(points, POINTS.astype(np.float32))
    np.testing.assert_array_equal(numbers, labels)
    assert data.info((POINTS, labels)).num_classes == 4


@pytest.mark.parametrize(
    ("source", "arguments", "message"),
    [
        ("ring", {"split": "validation"}, "`split` must be one of 'test', 'train'"),
        ("ring", {"image_size": 8}, "`image_size` has no meaning for ring"),
        (POINTS, {"channels": 1}, "`channels` has no meaning for `source` points"),
        (POINTS, {"labels": True}, "has no labels"),
        ((POINTS, [0, 1]), {"labels": True}, "2 labels for the 20 images"),
        (POINTS.astype(int), {}, r"points \(N, F\) and be floats; got int64 of"),
        (POINTS[:0], {}, "there are no points"),
        (np.full((20, 2), np.nan), {}, "points must be finite"),
        ("mnist_10k", {"value_range": None}, "`value_range=None` is for points"),
        ("rink", {}, "Did you mean 'ring'"),
    ],
)
def test_what_cannot_be_loaded_is_named(source, arguments, message):
    with pytest.raises(InputError, match=message):
        data.load(source, batch_size=5, **arguments)
