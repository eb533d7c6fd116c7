"""Images of other types and ranges than bytes: no rounding, and no guessing."""

import warnings

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_gan import data, presets
from keras_gan._checks import InputError
from keras_gan.data import batching
from keras_gan.experiment.recipe_data import RecipeData

RANDOM = np.random.default_rng(0)
DEEP = RANDOM.integers(0, 65536, (4, 8, 6), np.uint16)
DEEP[0, 0, :2] = 0, 65535


def batch_of(source, **arguments):
    dataset = data.load(source, batch_size=4, shuffle=False, **arguments)
    return next(iter(dataset)).numpy()


def scaled(images, low, high):
    """The images in (-1, 1), in float64."""
    return 2 * (images.astype(np.float64) - low) / (high - low) - 1


@pytest.fixture(params=["in memory", "decoded lazily"])
def _size(request, monkeypatch):
    if request.param == "decoded lazily":
        monkeypatch.setattr(batching, "IN_MEMORY_BYTES", 0)


def write(folder, images, suffix="png"):
    for number, image in enumerate(images):
        Image.fromarray(image).save(folder / f"{number}.{suffix}")
    return f"folder:{folder}"


def write_png_of_16_bits(folder, images):
    for number, image in enumerate(images):
        content = tf.io.encode_png(image).numpy()
        (folder / f"{number}.png").write_bytes(content)
    return f"folder:{folder}"


@pytest.mark.usefixtures("_size")
@pytest.mark.parametrize("suffix", ["png", "tiff", "pgm"])
def test_grey_files_of_16_bits_keep_every_level(tmp_path, suffix):
    batch = batch_of(write(tmp_path, DEEP, suffix))
    np.testing.assert_allclose(batch[..., 0], scaled(DEEP, 0, 65535), atol=1e-7)


@pytest.mark.usefixtures("_size")
def test_colour_files_of_16_bits_keep_every_level(tmp_path):
    colour = RANDOM.integers(0, 65536, (4, 8, 6, 3), np.uint16)
    batch = batch_of(write_png_of_16_bits(tmp_path, colour))
    np.testing.assert_allclose(batch, scaled(colour, 0, 65535), atol=1e-7)


def test_files_of_16_bits_with_alpha_lie_over_white(tmp_path):
    grey_alpha = np.zeros((4, 2, 2, 2), np.uint16)
    grey_alpha[..., 1] = 257  # nearly transparent black
    grey_alpha[:, 0, 0] = 65535
    batch = batch_of(write_png_of_16_bits(tmp_path, grey_alpha))
    np.testing.assert_allclose(batch[:, 0, 0], 1)
    np.testing.assert_allclose(batch[:, 1], 1 - 2 / 255, atol=1e-6)


def test_colours_of_16_bits_that_can_be_read_with_8_only_are_said(tmp_path):
    header = b"P6 2 2 65535\n"
    pixels = RANDOM.integers(0, 65536, (2, 2, 3), np.uint16).astype(">u2")
    for number in range(4):
        (tmp_path / f"{number}.ppm").write_bytes(header + pixels.tobytes())
    with pytest.warns(UserWarning, match=r"0\.ppm: colours of 16 bits .* PNG"):
        batch_of(f"folder:{tmp_path}")


@pytest.mark.usefixtures("_size")
def test_a_source_range_of_12_bits_uses_the_whole_value_range(tmp_path):
    images = DEEP // 16
    source = write(tmp_path, images)
    with pytest.warns(UserWarning, match=r"in 0\.\.4095 .*source_range=\(0, 4095\)"):
        dark = batch_of(source)
    assert dark.max() < -0.8
    batch = batch_of(source, source_range=(0, 4095))
    np.testing.assert_allclose(batch[..., 0], scaled(images, 0, 4095), atol=1e-7)


def test_files_of_8_and_16_bits_mix_by_their_own_full_ranges(tmp_path):
    write(tmp_path, [(DEEP[0] // 257).astype(np.uint8), DEEP[1], DEEP[2], DEEP[3]])
    batch = batch_of(f"folder:{tmp_path}")
    assert (batch.min(axis=(1, 2, 3)) < -0.9).all()
    assert (batch.max(axis=(1, 2, 3)) > 0.8).all()
    with pytest.raises(InputError, match=r"one for all files, but .*0\.png has 8 bits"):
        batch_of(f"folder:{tmp_path}", source_range=(0, 4095))


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_files_of_32_bits_need_their_range(tmp_path, dtype):
    images = RANDOM.integers(-1000, 3000, (4, 5, 5)).astype(dtype)
    images[0, 0, :2] = -1000, 2999
    source = write(tmp_path, images, "tiff")
    with pytest.raises(InputError, match=r"`source_range=\(-1000, 2999\)`"):
        batch_of(source)
    batch = batch_of(source, source_range=(-1000, 3000))
    np.testing.assert_allclose(batch[..., 0], scaled(images, -1000, 3000), atol=1e-6)


@pytest.mark.parametrize(
    ("images", "low", "high"),
    [(DEEP, 0, 65535), (DEEP > 30000, 0, 1)],
    ids=["uint16", "bool"],
)
def test_types_with_a_range_of_their_own_need_no_other(images, low, high, tmp_path):
    np.savez(tmp_path / "a.npz", images=images)
    for source in (images, tf.constant(images), f"npz:{tmp_path / 'a.npz'}"):
        batch = batch_of(source)
        assert batch.dtype == np.float32
        np.testing.assert_allclose(batch[..., 0], scaled(images, low, high), atol=1e-7)


@pytest.mark.parametrize(
    ("images", "low", "high"),
    [
        (RANDOM.integers(-1000, 3000, (4, 5, 5), np.int16), -1000, 3000),
        (RANDOM.integers(0, 256, (4, 5, 5), np.int64), 0, 255),
        (RANDOM.integers(0, 2**31, (4, 5, 5), np.uint32), 0, 2**31),
        (RANDOM.integers(0, 2, (4, 5, 5), np.uint8), 0, 1),
        (RANDOM.random((4, 5, 5)) * 80, 0, 80),
    ],
    ids=["int16", "int64", "uint32", "uint8", "float64"],
)
def test_a_source_range_maps_every_type(images, low, high):
    batch = batch_of(images, source_range=(low, high))
    np.testing.assert_allclose(batch[..., 0], scaled(images, low, high), atol=1e-6)


@pytest.mark.parametrize("dtype", ["int16", "int32", "int64", "uint32"])
def test_integers_of_unknown_range_are_refused_without_advice_that_wraps(dtype):
    images = np.arange(300, 400, dtype=dtype).reshape(4, 5, 5)
    expected = r"dtype .* 300\.\.399\. Pass `source_range=\(0, 511\)`.*/ 511"
    with pytest.raises(InputError, match=expected) as refusal:
        batch_of(images)
    assert "uint8')" not in str(refusal.value)
    assert data.info(images).num_examples == 4


@pytest.mark.parametrize("images", [DEEP, DEEP.astype(np.float32), DEEP.astype(int)])
def test_values_outside_the_source_range_are_refused(images):
    with pytest.raises(InputError, match=r"outside `source_range` \(0, 4095\)"):
        batch_of(images, source_range=(0, 4095))


def test_not_a_number_is_refused_with_a_source_range_too():
    images = np.full((4, 2, 2), np.nan)
    with pytest.raises(InputError, match=r"outside `source_range`"):
        batch_of(images, source_range=(0, 4095))


def test_masks_of_0_and_1_in_bytes_get_a_hint():
    masks = (DEEP > 30000).astype(np.uint8)
    with pytest.warns(UserWarning, match=r"in 0\.\.1 of 0\.\.255.*\(0, 1\)"):
        batch_of(masks)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        batch_of(masks, source_range=(0, 1))
        batch_of(masks * np.uint8(255))


def test_the_full_range_of_bytes_keeps_them_bytes_in_memory():
    images = RANDOM.integers(0, 256, (4, 5, 5), np.uint8)
    np.testing.assert_array_equal(
        batch_of(images, source_range=(0, 255)), batch_of(images)
    )


def test_resizing_and_grey_happen_in_floats():
    batch = batch_of(DEEP[..., None].repeat(3, -1), image_size=4, channels=1)
    levels = (batch + 1) / 2 * 255
    assert (np.abs(levels - levels.round()) > 0.01).any()


@pytest.mark.parametrize(
    ("source", "given", "message"),
    [
        (DEEP, (1, 0), r"`source_range` must be a pair .*\(0, 4095\)"),
        (np.zeros((4, 2)), (0, 1), "`source_range` has no meaning"),
    ],
)
def test_a_wrong_source_range_is_refused(source, given, message):
    with pytest.raises(InputError, match=message):
        batch_of(source, source_range=given)


def test_a_recipe_gives_its_source_range_to_training_and_comparison(tmp_path):
    np.savez(tmp_path / "a.npz", images=DEEP // 16)
    recipe = presets.get("lecture").recipe
    assert recipe.source_range is None
    old = {k: v for k, v in recipe.to_dict().items() if k != "source_range"}
    assert presets.Recipe.from_dict(old) == recipe
    recipe = recipe.replace(
        data=f"npz:{tmp_path / 'a.npz'}",
        source_range=[0, 4095],
        value_range=(-1.0, 1.0),
        labels=False,
        batch_size=4,
    )
    assert recipe.source_range == (0.0, 4095.0)
    loaded = RecipeData(recipe)
    trained_on = np.concatenate([*loaded.batches.as_numpy_iterator()])
    compared = loaded.reference().images().train
    assert trained_on.max() == compared.max() == 1
