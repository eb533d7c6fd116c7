"""The transformations of Karras et al. 2020, against twins in NumPy and SciPy."""

import numpy as np
import pytest
import scipy.ndimage
import scipy.special
import tensorflow as tf
from harness.gans import dense_gan, dense_networks
from harness.marks import slow_but_for

import keras_gan
from keras_gan import augmentation
from keras_gan.augmentation._frequencies import band_filters
from keras_gan.augmentation._policies import POLICIES

SHAPE = (16, 12, 3)
RNG = np.random.default_rng(0)
GROUPS = ("blit", "geometry", "karras_color", "filter", "noise")
LEAKING = ("flip", "rotate90", "rotate", "luma_flip", "hue")


def normal(u):
    return scipy.special.ndtri(np.clip(u, 2.0**-24, 1 - 2.0**-24))


def turn(angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])


# From numbers to (A, t): the pixel p of the result comes from A p + t, in (x, y) from
# the middle.
def flip(u, shape):
    return np.diag([-1.0 if u[0] >= 0.5 else 1.0, 1.0]), np.zeros(2)


def rotate90(u, shape):
    kinds = 4 if shape[0] == shape[1] else 2
    i = min(int(u[0] * kinds), kinds - 1)
    return np.rint(turn(2 * np.pi * i / kinds)), np.zeros(2)


def integer_translation(u, shape):
    size = np.array([shape[1], shape[0]])
    return np.eye(2), -np.rint((2 * u - 1) * size / 8)


def scale(u, shape):
    return np.eye(2) / 2 ** (0.2 * normal(u[0])), np.zeros(2)


def rotate(u, shape):
    return turn(np.pi * (2 * u[0] - 1)), np.zeros(2)


def anisotropic_scale(u, shape):
    factor = 2 ** (0.2 * normal(u[0]))
    return np.diag([1 / factor, factor]), np.zeros(2)


def fractional_translation(u, shape):
    return np.eye(2), -normal(u) * np.array([shape[1], shape[0]]) / 8


GEOMETRY = {
    "flip": (flip, 1),
    "rotate90": (rotate90, 1),
    "integer_translation": (integer_translation, 2),
    "scale": (scale, 1),
    "rotate": (rotate, 1),
    "anisotropic_scale": (anisotropic_scale, 1),
    "fractional_translation": (fractional_translation, 2),
}
PARTS = {
    "blit": ["flip", "rotate90", "integer_translation"],
    "geometry": [
        "scale",
        "rotate",
        "anisotropic_scale",
        "rotate",
        "fractional_translation",
    ],
}


def warped(image, names, u):
    """SciPy's bilinear interpolation ("mirror" does not repeat the edge)."""
    height, width, channels = image.shape
    y, x = np.mgrid[:height, :width]
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    place = np.stack([x.ravel(), y.ravel()]) - middle[:, np.newaxis]
    taken, maps = 0, []
    for name in names:
        twin, count = GEOMETRY[name]
        maps.append(twin(u[taken : taken + count], image.shape))
        taken += count
    # The last change is undone first.
    for linear, shift in reversed(maps):
        place = linear @ place + shift[:, np.newaxis]
    rows_and_columns = (place + middle[:, np.newaxis])[::-1]
    found = [
        scipy.ndimage.map_coordinates(
            image[..., c], rows_and_columns, order=1, mode="mirror"
        )
        for c in range(channels)
    ]
    return np.stack(found, -1).reshape(image.shape)


def recolored(image, names, u):
    """Pixel by pixel, alpha kept; hue by Rodrigues' formula."""
    channels = image.shape[-1]
    count = channels - (channels in (2, 4))
    colors, alpha = image[..., :count], image[..., count:]
    for name, number in zip(names, u, strict=True):
        luma = colors.mean(-1, keepdims=True)
        z = normal(number)
        if name == "brightness":
            colors = colors + 0.2 * z
        elif name == "contrast":
            colors = colors * 2 ** (0.5 * z)
        elif name == "luma_flip":
            colors = colors - 2 * luma * (number >= 0.5)
        elif name == "saturation":
            colors = luma + (colors - luma) * 2**z
        elif count == 3:
            angle, axis = np.pi * (2 * number - 1), np.full(3, 3**-0.5)
            turned = colors * np.cos(angle) + np.cross(colors, axis) * np.sin(angle)
            colors = turned + luma * (1 - np.cos(angle))
    return np.concatenate([colors, alpha], -1)


COLORS = ["brightness", "contrast", "luma_flip", "hue", "saturation"]


def twin_of(policy, image, u):
    if policy == "karras_color" or policy in COLORS:
        return recolored(image, COLORS if policy == "karras_color" else [policy], u)
    return warped(image, PARTS.get(policy, [policy]), u)


def always(policy, shape, dtype="float64"):
    """An augmentation that applies the policy to all, and numbers for six images.

    Returns:
        The augmentation, all of its numbers, and those of the transformations.
    """
    augment = augmentation.AdaptiveAugment(policy, dtype=dtype)
    augment.build((None, *shape))
    augment.probability.assign(1.0)
    u = np.random.default_rng(5).uniform(size=(6, augment.uniform_count(shape)))
    u[0], u[1] = 1e-9, 1.0  # what rounding makes of the largest
    gates, column = [], 0
    for name in augment.policy:
        for step in POLICIES[name]:
            gates.append(column)
            column += 1 + step.count(shape)
    return augment, u.astype(dtype), np.delete(u, gates, axis=1)


@pytest.mark.parametrize("shape", [(16, 12, 3), (9, 9, 1), (8, 8, 4), (6, 7, 2)])
@pytest.mark.parametrize("policy", [*GEOMETRY, *PARTS, *COLORS, "karras_color"])
def test_a_transformation_is_that_of_the_paper(policy, shape):
    augment, u, numbers = always((policy,), shape)
    images = RNG.uniform(-1, 1, (6, *shape))
    found = augment(tf.constant(images), uniforms=tf.constant(u)).numpy()
    expected = [twin_of(policy, *pair) for pair in zip(images, numbers, strict=True)]
    np.testing.assert_allclose(found, expected, atol=1e-5)
    does_nothing = shape[2] < 3 and policy in ("hue", "saturation")
    assert does_nothing or np.abs(found - images).max() > 0.1


def test_five_colors_keep_their_formulas_and_have_no_hue():
    policy = ("brightness", "contrast", "luma_flip", "saturation")
    augment, u, numbers = always(policy, (4, 4, 5))
    images = RNG.uniform(-1, 1, (6, 4, 4, 5))
    found = augment(tf.constant(images), uniforms=tf.constant(u))
    pairs = zip(images, numbers, strict=True)
    expected = [recolored(x, policy, v) for x, v in pairs]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    for name in ("hue", "karras_color"):
        with pytest.raises(ValueError, match="instead of 'hue' or 'karras_color'"):
            augmentation.AdaptiveAugment((name,)).uniform_count((4, 4, 5))


@pytest.mark.parametrize(
    ("policy", "columns", "twin"),
    [
        (("flip",), [0.7], lambda x: x[:, ::-1]),
        (("flip",), [0.2], lambda x: x),
        *(
            (("rotate90",), [i / 4 + 0.1], lambda x, i=i: np.rot90(x, i))
            for i in (0, 1, 2, 3)
        ),
        (
            ("integer_translation",),
            [1.0, 0.0],  # to the right by 1, up by 1
            lambda x: np.pad(x, [(0, 1), (1, 0), (0, 0)], "reflect")[1:, :-1],
        ),
    ],
)
def test_whole_pixels_move_to_the_bit_also_in_a_warp(policy, columns, twin):
    images = RNG.uniform(-1, 1, (1, 8, 8, 3)).astype(np.float32)
    expected = twin(images[0])
    for names, gates in ((policy, 1), ((*policy, "scale"), 2)):
        augment = augmentation.AdaptiveAugment(names)
        augment.build((None, 8, 8, 3))
        augment.probability.assign(0.5)
        u = np.float32([[0.1, *columns, *[0.9, 0.9] * (gates - 1)]])
        np.testing.assert_array_equal(augment(images, uniforms=u)[0], expected)


def test_images_that_are_not_square_turn_by_180_degrees_only():
    augment, u, _ = always(("rotate90",), SHAPE)
    u[:, 1] = [0.0, 0.3, 0.49, 0.5, 0.7, 1.0]
    images = RNG.uniform(-1, 1, (6, *SHAPE))
    expected = [*images[:3], *images[3:, ::-1, ::-1]]
    np.testing.assert_array_equal(augment(tf.constant(images), uniforms=u), expected)


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_the_four_filters_of_a_line_add_up_to_it(size):
    np.testing.assert_allclose(band_filters(size).sum(0), np.eye(size), atol=1e-12)


def test_each_filter_passes_its_octave():
    """The responses in closed form, on a line so long that its ends do not matter."""
    taps = band_filters(256)[:, 128]
    omega = np.linspace(0, np.pi, 33)
    found = taps @ np.cos(np.outer(np.arange(256) - 128, omega))

    def low(w):  # Daubechies' maximally flat half-band filter of order 2
        c = np.cos(w / 2) ** 2
        return c**2 * (1 + 2 * (1 - c))

    expected = [
        low(omega) * low(2 * omega) * low(4 * omega),
        low(omega) * low(2 * omega) * (1 - low(4 * omega)),
        low(omega) * (1 - low(2 * omega)),
        1 - low(omega),
    ]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_filtering_is_a_convolution_with_gains_of_constant_expected_power():
    shape = (16, 12, 2)
    augment, u, numbers = always(("filter",), shape)
    images = RNG.uniform(-1, 1, (6, *shape))
    found = augment(tf.constant(images), uniforms=u).numpy()
    taps = band_filters(256)[:, 128, 128 - 21 : 128 + 22]
    for image, result, z in zip(images, found, normal(numbers), strict=True):
        gains = np.ones(4)
        for band in range(4):
            own = np.ones(4)
            own[band] = 2 ** z[band]
            gains *= own / np.sqrt((own**2) @ [10, 1, 1, 1] * (1 / 13))
        expected = image
        for axis in (0, 1):
            expected = scipy.ndimage.convolve1d(
                expected, gains @ taps, axis=axis, mode="mirror"
            )
        np.testing.assert_allclose(result, expected, rtol=1e-6, atol=1e-6)


def test_noise_is_gaussian_and_leaves_alpha():
    shape = (41, 25, 4)
    augment, u, _ = always(("noise",), shape)
    assert u.shape[1] == 2 + 41 * 25 * 3 + 1
    u[2:, 1] = scipy.special.ndtr([2.0, -1.0, 0.5, 1e-12])
    images = RNG.uniform(-1, 1, (6, *shape))
    added = augment(tf.constant(images), uniforms=u).numpy() - images
    assert not added[..., 3].any()
    for one, std in zip(added[2:], [0.2, 0.1, 0.05, 0.0], strict=True):
        assert one[..., :3].std() == pytest.approx(std, rel=0.05, abs=1e-9)
        assert one[..., :3].mean() == pytest.approx(0, abs=std / 10 + 1e-9)
    with np.errstate(all="raise"):
        assert np.isfinite(added).all()


@pytest.mark.parametrize("channels", [2, 4])
def test_diff_augment_keeps_alpha_and_fills_in_transparent_white(channels):
    images = RNG.uniform(-1, 1, (6, 8, 8, channels)).astype(np.float32)
    colors = images[..., :-1]
    fill = np.float32([*[1.0] * (channels - 1), -1.0])
    opaque = np.zeros((6, 8, 8, 1), np.float32)
    for name, count in (("color", 3), ("translation", 2), ("cutout", 2)):
        augment = augmentation.DiffAugment((name,))
        u = RNG.uniform(size=(6, count)).astype(np.float32)
        found = augment(images, uniforms=u).numpy()
        plain = augment(colors, uniforms=u).numpy()
        if name == "color":
            np.testing.assert_array_equal(found[..., :-1], plain)
            np.testing.assert_array_equal(found[..., -1], images[..., -1])
            continue
        shown = augment(opaque + 1, uniforms=u).numpy()[..., 0] == 1
        assert 0 < shown.mean() < 1
        np.testing.assert_array_equal(found[shown][:, :-1], plain[shown])
        assert (found[~shown] == fill).all()


@pytest.mark.parametrize("value_range", [(0.0, 1.0), (0.0, 255.0), None])
def test_an_augmentation_sees_the_range_of_the_gan(value_range):
    images = RNG.uniform(-1, 1, (6, 8, 8, 3)).astype(np.float32)
    low, high = value_range or (-1.0, 1.0)
    policy = ("color", "translation", "cutout", "brightness", "contrast")
    augment, other = (augmentation.DiffAugment(policy) for _ in range(2))
    other.value_range = value_range
    u = RNG.uniform(size=(6, augment.uniform_count((8, 8, 3)))).astype(np.float32)
    expected = (augment(images, uniforms=u) + 1) / 2 * (high - low) + low
    found = other((images + 1) / 2 * (high - low) + low, uniforms=u)
    np.testing.assert_allclose(found, expected, atol=1e-5 * (high - low))


def test_two_half_rotations_turn_with_the_probability_of_one():
    """In "geometry", the rotations before and after the scaling share p."""
    augment = augmentation.AdaptiveAugment(("geometry",))
    augment.build((None, 8, 8, 1))
    augment.probability.assign(0.75)  # each half: 1 − √(1 − 3/4) = 1/2
    images = RNG.uniform(-1, 1, (4, 8, 8, 1)).astype(np.float32)
    u = np.full((4, augment.uniform_count((8, 8, 1))), 0.8, np.float32)
    u[:, 2] = [0.49, 0.51, 0.51, 0.51]
    u[:, 6] = [0.51, 0.49, 0.51, 0.76]
    found = augment(images, uniforms=u).numpy()
    changed = [bool((x != y).any()) for x, y in zip(found, images, strict=True)]
    assert changed == [True, True, False, False]


def law_of_change(name, p, images):
    """The matrix of the chances that image i becomes image j, by exact enumeration."""
    augment = augmentation.AdaptiveAugment((name,))
    augment.build((None, *images.shape[1:]))
    augment.probability.assign(p)
    # Middles of strata: a share p of the gates, and each of four numbers equally often.
    gates, draws = np.meshgrid((np.arange(20) + 0.5) / 20, (np.arange(4) + 0.5) / 4)
    u = np.stack([gates.ravel(), draws.ravel()], -1).astype(np.float32)
    law = np.zeros((len(images), len(images)))
    for i, image in enumerate(images):
        changed = augment(np.repeat(image[np.newaxis], len(u), 0), uniforms=u).numpy()
        same = np.abs(changed[:, np.newaxis] - images).max((2, 3, 4)) < 1e-5
        assert (same.sum(1) == 1).all()
        law[i] = same.mean(0)
    return law


@pytest.mark.parametrize(
    ("name", "order"), [("flip", 2), ("rotate90", 4), ("luma_flip", 2)]
)
def test_samples_cannot_learn_a_change_by_a_group_below_p_of_1(name, order):
    """T_p = (1 − p) I + p A, A the mean over the group: eigenvalues 1 and 1 − p."""
    corner = np.zeros((2, 2, 3), np.float32)
    corner[0, 0] = 0.5
    orbit = {
        "flip": [corner, corner[:, ::-1]],
        "rotate90": [np.rot90(corner, i) for i in range(4)],
        "luma_flip": [corner, -corner],
    }[name]
    for p in (0.0, 0.5, 0.8, 1.0):
        law = law_of_change(name, p, np.stack(orbit))
        expected = (1 - p) * np.eye(order) + p / order
        np.testing.assert_allclose(law, expected, atol=1e-12)
        assert np.linalg.matrix_rank(law) == (1 if p == 1.0 else order)


def test_p_stays_below_1_where_samples_would_learn():
    for policy, given, most in (
        (("color", "translation", "cutout"), None, 1.0),
        (("scale", "filter"), None, 1.0),
        (("scale",), 1.0, 1.0),
        (("blit", "geometry", "karras_color"), None, 0.8),
        (("hue",), 0.9, 0.9),
        (("color",), 0.3, 0.3),
    ):
        augment = augmentation.AdaptiveAugment(policy, max_probability=given)
        again = augmentation.AdaptiveAugment.from_config(augment.get_config())
        for one in (augment, again):
            one.build((None, 8, 8, 3))
            one.probability.assign(0.2)
            for _ in range(4):
                one.adapt(tf.fill(8, 1.0), 1_000_000)
            assert float(one.probability) == pytest.approx(most)
    for policy, given in ((("hue",), 1.0), (("color",), 1.5), (("color",), 0.0)):
        with pytest.raises(ValueError, match=r"`max_probability` must be in \(0, 1\)"):
            augmentation.AdaptiveAugment(policy, max_probability=given)


@pytest.mark.parametrize("name", [*LEAKING, "blit", "geometry", "karras_color"])
def test_diff_augment_refuses_what_samples_would_learn(name):
    with pytest.raises(ValueError, match=rf"cannot have '{name}'.*`AdaptiveAugment`"):
        augmentation.DiffAugment(("color", name))


def test_diff_augment_takes_every_other_transformation():
    refused = {*LEAKING, "blit", "geometry", "karras_color"}
    policy = tuple(sorted(set(POLICIES) - refused))
    augment = augmentation.DiffAugment(policy)
    images = RNG.uniform(-1, 1, (2, 8, 8, 3)).astype(np.float32)
    found = augment(images)
    assert found.shape == images.shape
    assert np.isfinite(found).all()


@pytest.mark.parametrize(
    "case",
    slow_but_for(
        [*GROUPS, "geometry, XLA"],
        {name: (name, False) for name in GROUPS}
        | {f"{name}, XLA": (name, True) for name in GROUPS},
    ),
)
def test_gradients_pass_once_and_twice_in_a_graph(case):
    policy, jit_compile = case
    augment, u, _ = always((policy,), (8, 6, 3), "float32")
    augment.probability.assign(0.7)
    weights = RNG.normal(size=(6, 8, 6, 3)).astype(np.float32)
    direction = RNG.normal(size=(6, 8, 6, 3)).astype(np.float32)

    def value(x):
        return tf.reduce_sum(weights * augment(x, uniforms=u) ** 2)

    @tf.function(jit_compile=jit_compile)
    def derivatives(x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                total = value(x)
            slope = tf.reduce_sum(inner.gradient(total, x) * direction)
        return slope, tf.reduce_sum(outer.gradient(slope, x) * direction)

    images = RNG.uniform(-1, 1, (6, 8, 6, 3)).astype(np.float32)
    slope, bend = (float(part) for part in derivatives(tf.constant(images)))
    # The value is a quadratic form of the images: differences of any step are exact.
    ahead, here, behind = (
        float(value(tf.constant(images + step * direction))) for step in (1, 0, -1)
    )
    assert slope == pytest.approx((ahead - behind) / 2, rel=1e-3, abs=1e-2)
    assert bend == pytest.approx(ahead - 2 * here + behind, rel=1e-3, abs=1e-2)


def test_compile_tells_the_range_and_refuses_an_augmentation_of_another():
    augment = augmentation.DiffAugment()
    shape = {"image_shape": (4, 4, 1), "output": "sigmoid"}
    first = keras_gan.GAN(*dense_networks(**shape), value_range=(0, 1))
    for _ in range(2):
        first.compile("sgd", "sgd", augment=augment)
    assert augment.value_range == (0.0, 1.0)
    second = dense_gan((4, 4, 1))
    with pytest.raises(ValueError, match=r"in \(0.0, 1.0\).*make a new one"):
        second.compile("sgd", "sgd", augment=augment)
