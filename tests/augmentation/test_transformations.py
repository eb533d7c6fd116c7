"""Each augmentation is its formula, for given random numbers."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan import augmentation
from keras_gan.augmentation._policies import POLICIES

SHAPE = (6, 16, 12, 3)
RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(-1, 1, SHAPE)
COLUMNS = {"color": 3, "translation": 2, "cutout": 2}


def numbers(count):
    """Uniform numbers, with both ends of their range."""
    u = np.random.default_rng(count).uniform(size=(SHAPE[0], count))
    u[0], u[1] = 1e-9, 1.0  # what rounding makes of the largest
    return u


def color(image, u):
    image = image + (u[0] - 0.5)
    grey = image.mean(-1, keepdims=True)
    image = grey + 2 * u[1] * (image - grey)
    return image.mean() + (u[2] + 0.5) * (image - image.mean())


def index(u, count):
    return min(int(np.float64(u) * count), count - 1)


def translation(image, u):
    height, width, _ = image.shape
    down = index(u[0], 5) - 2  # a sixteen's eighth is 2
    right = index(u[1], 5) - 2  # a twelve's is 1.5, rounded up
    moved = np.zeros_like(image)
    for i in range(height):
        for j in range(width):
            if 0 <= i - down < height and 0 <= j - right < width:
                moved[i, j] = image[i - down, j - right]
    return moved


def cutout(image, u):
    height, width, _ = image.shape
    top = index(u[0], height + 1) - 4
    left = index(u[1], width + 1) - 3
    cut = image.copy()
    cut[max(top, 0) : max(top + 8, 0), max(left, 0) : max(left + 6, 0)] = 0.0
    return cut


REFERENCES = {"color": color, "translation": translation, "cutout": cutout}


def by_hand(policy, images, u):
    taken = 0
    for name in policy:
        part = u[:, taken : taken + COLUMNS[name]]
        images = np.stack(
            [REFERENCES[name](x, v) for x, v in zip(images, part, strict=True)]
        )
        taken += COLUMNS[name]
    return images


@pytest.mark.parametrize(
    "policy",
    [
        ("color",),
        ("translation",),
        ("cutout",),
        ("cutout", "color", "translation"),
        ("color", "translation", "cutout"),
    ],
    ids=",".join,
)
def test_diff_augment_is_the_papers_transformations(policy):
    assert set(COLUMNS) <= set(POLICIES)
    augment = augmentation.DiffAugment(policy, dtype="float64")
    u = numbers(augment.uniform_count(SHAPE[1:]))
    assert u.shape[1] == sum(COLUMNS[name] for name in policy)
    found = augment(tf.constant(IMAGES), uniforms=tf.constant(u))
    np.testing.assert_allclose(found, by_hand(policy, IMAGES, u), atol=1e-12)
    assert np.abs(found - IMAGES).max() > 0.1


def test_each_transformation_of_ada_is_applied_where_its_number_is_below_p():
    augment = augmentation.AdaptiveAugment(("translation", "cutout"))
    augment.build((None, *SHAPE[1:]))
    u = np.random.default_rng(1).uniform(size=(SHAPE[0], 6)).astype(np.float32)
    u[:4, 1] = 0.95  # a move that shows
    u[:4, 0] = [0.1, 0.1, 0.9, 0.9]
    u[:4, 3] = [0.1, 0.9, 0.1, 0.9]
    images = IMAGES.astype(np.float32)
    for p in (0.0, 0.5, 1.0):
        augment.probability.assign(p)
        expected = []
        for x, v in zip(images, u, strict=True):
            moved = translation(x, v[1:3]) if v[0] <= p else x
            expected.append(cutout(moved, v[4:6]) if v[3] <= p else moved)
        found = augment(images, uniforms=u).numpy()
        np.testing.assert_allclose(found, expected, atol=1e-6)
        unchanged = [bool((x == y).all()) for x, y in zip(found, images, strict=True)]
        assert (
            unchanged[:4]
            == {
                0.0: [True] * 4,
                0.5: [False, False, False, True],
                1.0: [False] * 4,
            }[p]
        )


def test_instance_noise_is_gaussian_and_decays_linearly():
    augment = augmentation.InstanceNoise(0.5, decay_steps=10)
    count = augment.uniform_count((41, 25, 3))
    assert count == 41 * 25 * 3 + 1
    u = np.random.default_rng(0).uniform(size=(2, count)).astype(np.float32)
    images = np.zeros((2, 41, 25, 3), np.float32)
    start = augment(images, uniforms=u).numpy()
    # The Box-Muller transform: a pair of uniforms is a radius and an angle.
    radius, angle = np.sqrt(-2 * np.log(u[:, 0::2])), 2 * np.pi * u[:, 1::2]
    pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], -1)
    expected = 0.5 * pairs.reshape(2, -1)[:, : count - 1]
    np.testing.assert_allclose(start.reshape(2, -1), expected, atol=1e-5)
    assert start.mean() == pytest.approx(0.0, abs=0.03)
    assert start.std() == pytest.approx(0.5, abs=0.02)
    for step, share in ((0, 1.0), (4, 0.6), (10, 0.0), (25, 0.0)):
        found = augment(images, uniforms=u, step=tf.constant(step, tf.int64))
        np.testing.assert_allclose(found, share * start, atol=1e-6)
    points = augmentation.InstanceNoise(2.0)(np.zeros((500, 3), np.float32))
    assert np.std(points) == pytest.approx(2.0, abs=0.2)


@pytest.mark.parametrize(
    "augment",
    [
        augmentation.DiffAugment(),
        augmentation.AdaptiveAugment(),
        augmentation.InstanceNoise(),
    ],
    ids=lambda augment: type(augment).__name__,
)
def test_gradients_pass_once_and_twice(augment):
    augment.build((None, *SHAPE[1:]))
    if augment.adapts:
        augment.probability.assign(0.5)
    images = tf.constant(IMAGES, tf.float32)
    u = np.random.default_rng(2).uniform(size=(6, augment.uniform_count(SHAPE[1:])))
    weights = RNG.normal(size=SHAPE).astype(np.float32)

    def value(x):
        return tf.reduce_sum(weights * augment(x, uniforms=np.float32(u)) ** 2)

    with tf.GradientTape() as outer:
        outer.watch(images)
        with tf.GradientTape() as inner:
            inner.watch(images)
            total = value(images)
        gradient = inner.gradient(total, images)
        norm = tf.reduce_sum(gradient**2)
    second = outer.gradient(norm, images)
    assert np.isfinite(gradient).all()
    assert np.isfinite(second).all()
    direction = RNG.normal(size=SHAPE).astype(np.float32)
    step = 1e-2
    rise = value(images + step * direction) - value(images - step * direction)
    slope = float(tf.reduce_sum(gradient * direction))
    assert float(rise) / (2 * step) == pytest.approx(slope, rel=1e-2)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_images_stay_float32_under_a_mixed_policy(policy):
    keras.config.set_dtype_policy(policy)
    try:
        augments = augmentation.DiffAugment(), augmentation.InstanceNoise()
    finally:
        keras.config.set_dtype_policy("float32")
    for augment in augments:
        assert augment(IMAGES.astype(np.float32)).dtype == tf.float32


def test_what_cannot_be_used_is_refused():
    cases = [
        (lambda: augmentation.DiffAugment("color"), "must be a tuple of names"),
        (lambda: augmentation.DiffAugment(()), "it is empty"),
        (lambda: augmentation.DiffAugment(("colour",)), "Did you mean 'color'"),
        (lambda: augmentation.DiffAugment().uniform_count((2,)), "For points use"),
        (lambda: augmentation.AdaptiveAugment(target=1.0), "`target` must be in"),
        (lambda: augmentation.AdaptiveAugment(ramp_images=0), "`ramp_images` must be"),
        (lambda: augmentation.AdaptiveAugment(interval=0), "`interval` must be"),
        (lambda: augmentation.InstanceNoise(0.0), "`std` must be a positive"),
        (lambda: augmentation.InstanceNoise(1.0, 0), "`decay_steps` must be"),
        (
            lambda: augmentation.DiffAugment()(
                np.float32(IMAGES), uniforms=np.zeros((6, 3), np.float32)
            ),
            r"`uniforms` must have the shape \(6, 7\)",
        ),
    ]
    for call, message in cases:
        with pytest.raises(ValueError, match=message):
            call()
