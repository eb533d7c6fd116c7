"""Patches at the levels of a Laplacian pyramid: a SciPy twin, closed forms, faults."""

import numpy as np
import pytest
from scipy import linalg, ndimage, stats

from keras_gan.metrics import (
    _pyramid_patches,
    patch_frechet,
    pyramid_sliced_wasserstein,
)

FILTER = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1])[None, :, :, None] / 256


def pictures(count, shape=(32, 32, 3), seed=0):
    """Smooth colours with some noise, in [-1, 1]."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(count, *shape))
    smooth = ndimage.gaussian_filter(noise, (0, 3, 3, 0))
    mixed = smooth @ rng.dirichlet(np.ones(shape[2]), shape[2]).T
    return np.clip(4 * mixed + 0.1 * noise, -1, 1).astype(np.float32)


REAL, FAKE = pictures(60), pictures(60, seed=1)


def smaller(images):
    return ndimage.convolve(images, FILTER, mode="mirror")[:, ::2, ::2]


def larger(images, like):
    spread = np.zeros_like(like)
    spread[:, ::2, ::2] = images
    return ndimage.convolve(spread, 4 * FILTER, mode="mirror")


def pyramid_of(images):
    """By SciPy, from coarse to fine in one list."""
    levels = [images.astype(np.float64)]
    while (min(levels[-1].shape[1:3]) + 1) // 2 >= 16:
        levels.append(smaller(levels[-1]))
        levels[-2] = levels[-2] - larger(levels[-1], levels[-2])
    return levels


def descriptors(level, number, count, patches, seed):
    """Loops over the patches, at the places that the documentation promises."""
    height, width = level.shape[1:3]
    size = min(7, height, width)
    ends = (height - size + 1, width - size + 1)
    corners = np.random.default_rng((seed, number)).integers(
        0, ends, (count, patches, 2)
    )
    return np.stack(
        [
            level[i, y : y + size, x : x + size].transpose(2, 0, 1)
            for i in range(len(level))
            for y, x in corners[i]
        ]
    )


def scaled_patches(real, fake, *, patches, seed, own_scale=False):
    """The patches of each level, scaled; rows of float64."""
    for number, (one, other) in enumerate(
        zip(pyramid_of(real), pyramid_of(fake), strict=True)
    ):
        count = max(len(one), len(other))
        pair = [
            descriptors(level, number, count, patches, seed) for level in (one, other)
        ]
        scales = pair if own_scale else [pair[0], pair[0]]
        yield [
            (
                (x - s.mean((0, 2, 3), keepdims=True)) / s.std((0, 2, 3), keepdims=True)
            ).reshape(len(x), -1)
            for x, s in zip(pair, scales, strict=True)
        ]


@pytest.mark.parametrize("own_scale", [False, True])
@pytest.mark.parametrize(
    ("shape", "sides"),
    [((64, 64, 3), [64, 32, 16]), ((33, 47, 1), [33, 17]), ((5, 9, 2), [5])],
)
def test_it_is_the_mean_of_scipys_distance_on_the_lines(shape, sides, own_scale):
    real, fake = pictures(9, shape), pictures(7, shape, seed=5) * 0.8
    found = pyramid_sliced_wasserstein(
        real, fake, patches_per_image=5, projections=20, seed=3, own_scale=own_scale
    )
    expected = []
    for one, other in scaled_patches(
        real, fake, patches=5, seed=3, own_scale=own_scale
    ):
        lines = np.random.default_rng(3).standard_normal((20, one.shape[1]))
        lines /= np.linalg.norm(lines, axis=1, keepdims=True)
        along = [stats.wasserstein_distance(one @ line, other @ line) for line in lines]
        expected.append(1e3 * np.mean(along))
    names = [f"pyramid_{side}" for side in sides]
    assert list(found) == ["pyramid", *names]
    assert [found[name] for name in names] == pytest.approx(expected, rel=1e-4)
    assert found["pyramid"] == pytest.approx(np.mean(expected), rel=1e-4)


def test_patch_frechet_is_that_of_scipys_square_root():
    found = patch_frechet(REAL[:20, :20, :24], FAKE[:20, :20, :24], seed=2)
    ((one, other),) = scaled_patches(
        REAL[:20, :20, :24], FAKE[:20, :20, :24], patches=32, seed=2
    )
    a, b = (np.cov(x, rowvar=False) for x in (one, other))
    root = linalg.sqrtm(a @ b).real
    means = one.mean(0) - other.mean(0)
    expected = means @ means + np.trace(a + b - 2 * root)
    assert list(found) == ["patch_frechet", "patch_frechet_20"]
    assert found["patch_frechet"] == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("contrast", [0.0, 0.5, 2.0])
def test_another_contrast_has_the_closed_forms(contrast):
    # Real patches have the second moment 1 in each of D dimensions, on average, and the
    # mean of the channel is 0: ‖μ‖²(1 − c)² + tr Σ (1 − c)² = D (1 − c)².
    real = REAL - REAL.mean(axis=(0, 1, 2))
    frechet = patch_frechet(real, contrast * real)
    for side in (32, 16):
        assert frechet[f"patch_frechet_{side}"] == pytest.approx(
            147 * (1 - contrast) ** 2, rel=1e-2
        )
    # x ↦ c·x is optimal along a line, and costs |1 − c| E|x|: of normal x √(2/π).
    noise = np.random.default_rng(0).normal(size=(100, 16, 16, 1))
    found = pyramid_sliced_wasserstein(noise, contrast * noise)["pyramid"]
    expected = 1e3 * abs(1 - contrast) * np.sqrt(2 / np.pi)
    assert found == pytest.approx(expected, rel=0.02)


def test_a_level_is_what_smoothing_takes_and_all_levels_make_the_image():
    for shape in ((64, 64, 3), (37, 50, 1)):
        images = pictures(3, shape)
        expected = pyramid_of(images)
        for number, level in enumerate(expected):
            found = _pyramid_patches.laplacian_level(images, number)
            np.testing.assert_allclose(found, level, atol=1e-6)
        image = expected[-1]
        for detail in expected[-2::-1]:
            image = larger(image, detail) + detail
        np.testing.assert_allclose(image, images, atol=1e-6)


@pytest.mark.parametrize("measure", [pyramid_sliced_wasserstein, patch_frechet])
def test_a_set_against_itself_is_at_distance_zero(measure):
    assert set(measure(REAL, REAL).values()) == {0.0}
    one_colour = np.zeros((4, 16, 16, 4), np.float32)
    assert set(measure(one_colour, one_colour).values()) == {0.0}


@pytest.mark.parametrize("measure", [pyramid_sliced_wasserstein, patch_frechet])
def test_the_seed_decides_and_neither_units_nor_blocks_do(measure, monkeypatch):
    first = measure(REAL, FAKE, seed=4)
    assert measure(REAL, FAKE, seed=4) == first
    assert measure(REAL, FAKE, seed=5) != first
    grey = [127.5 * (images + 1) for images in (REAL, FAKE)]
    same = measure(*grey, seed=4, value_range=(0, 255))
    assert same == pytest.approx(first, rel=1e-3)
    monkeypatch.setattr(_pyramid_patches, "_BLOCK_ENTRIES", 32 * 32 * 3 * 7)
    assert measure(REAL, FAKE, seed=4) == pytest.approx(first, rel=1e-9)


def times_worse(measure, fault, real=REAL, fake=FAKE):
    """The figures of faulty images, as multiples of those of other good ones."""
    good, bad = measure(real, fake), measure(real, fault(fake))
    return {name: bad[name] / good[name] for name in good}


def test_blur_is_seen_at_the_finest_level_alone():
    for measure in (pyramid_sliced_wasserstein, patch_frechet):
        name, finest, coarsest = times_worse(
            measure, lambda x: ndimage.uniform_filter(x, (0, 2, 2, 0), mode="nearest")
        ).values()
        assert finest > 5
        assert coarsest < 2
        assert name > 2


def test_a_tint_is_seen_at_the_coarsest_level_unless_each_set_has_its_own_scale():
    def tinted(images):
        return images + np.array([0.5, 0.0, -0.5], np.float32)

    for measure in (pyramid_sliced_wasserstein, patch_frechet):
        _, finest, coarsest = times_worse(measure, tinted).values()
        assert finest == pytest.approx(1.0, abs=0.1)
        assert coarsest > 2

    def of_the_paper(real, fake):
        return pyramid_sliced_wasserstein(real, fake, own_scale=True)

    assert times_worse(of_the_paper, tinted)["pyramid"] == pytest.approx(1, abs=0.05)


def test_colours_that_do_not_belong_together_are_seen_best_by_patch_frechet():
    nearly_grey = [
        images.mean(axis=3, keepdims=True) + 0.2 * images for images in (REAL, FAKE)
    ]

    def mixed(images):
        channels = [np.roll(images[..., i], i, axis=0) for i in range(3)]
        return np.stack(channels, axis=-1)  # of three pictures

    sliced = times_worse(pyramid_sliced_wasserstein, mixed, *nearly_grey)["pyramid"]
    frechet = times_worse(patch_frechet, mixed, *nearly_grey)["patch_frechet"]
    assert frechet > 2 * sliced > 4


def test_noise_in_a_constant_alpha_channel_counts_in_grey_levels():
    opaque = np.concatenate([REAL, np.ones((*REAL.shape[:3], 1), np.float32)], axis=3)
    noise = 2 / 255 * np.random.default_rng(0).choice([-1.0, 1.0], REAL.shape[:3])
    noisy = opaque.copy()
    noisy[..., 3] += noise
    found = patch_frechet(opaque, noisy)["patch_frechet_32"]
    # At the finest level most of the noise is left, of deviation 1 in 49 dimensions.
    assert 20 < found < 50


@pytest.mark.parametrize(
    ("real", "fake", "options", "message"),
    [
        (REAL[0], FAKE, {}, "`real` must be images"),
        (REAL, FAKE[:, :30], {}, "of one shape"),
        (REAL, FAKE * np.nan, {}, "`fake` must be finite"),
        (REAL, FAKE, {"patch_size": 0}, "`patch_size` must be an integer >= 1"),
        (REAL, FAKE, {"patches_per_image": 0}, "`patches_per_image` must be"),
        (REAL, FAKE, {"seed": -1}, "`seed` must be"),
        (REAL, FAKE, {"value_range": (1, 0)}, "`value_range`"),
    ],
)
def test_wrong_arguments_are_named(real, fake, options, message):
    for measure in (pyramid_sliced_wasserstein, patch_frechet):
        with pytest.raises(ValueError, match=message):
            measure(real, fake, **options)
