"""Pictures of any shape: cropped, padded, mirrored, transparent, in several passes."""

import numpy as np
import pytest
from PIL import Image

from keras_gan import data
from keras_gan._checks import InputError
from keras_gan.data.image_conversion import fit_images

BYTES = (0.0, 255.0)
RNG = np.random.default_rng(0)


def loaded(source, **options):
    options = {"batch_size": 1, "value_range": BYTES, "shuffle": False} | options
    return list(data.load(source, **options).as_numpy_iterator())


@pytest.mark.parametrize("size", [(5, 5), (4, 8), (9, 3)])
def test_crop_cuts_the_same_from_both_sides(size):
    image = RNG.integers(0, 256, (12, 18, 3)).astype(np.uint8)
    height, width = size
    scale = max(height / 12, width / 18)
    high, wide = height / scale, width / scale
    left, top = (18 - wide) / 2, (12 - high) / 2
    expected = Image.fromarray(image).resize(
        (width, height),
        Image.Resampling.BILINEAR,
        box=(left, top, left + wide, top + high),
    )
    found = fit_images(image[None], (*size, 3), BYTES, resize="crop")[0]
    np.testing.assert_array_equal(found, np.asarray(expected))


def test_pad_keeps_the_whole_image_and_adds_white():
    image = np.zeros((1, 4, 8, 1), np.uint8)
    found = fit_images(image, (8, 8, 1), BYTES, resize="pad")[0, ..., 0]
    assert (found[2:6] == 0).all()
    assert (found[:2] == 255).all()
    assert (found[6:] == 255).all()
    floats = fit_images(image.astype(np.float32) - 1, (8, 8, 1), (-1, 1), resize="pad")
    assert set(np.unique(floats)) == {-1.0, 1.0}


def test_folders_are_cropped_and_other_sources_stretched(tmp_path):
    image = np.zeros((4, 8, 3), np.uint8)
    image[:, 4:] = 255
    Image.fromarray(image).save(tmp_path / "a.png")
    image = image[None]
    (cropped,) = loaded(f"folder:{tmp_path}", image_size=4)
    np.testing.assert_array_equal(cropped[0], image[0, :, 2:6])
    (stretched,) = loaded(image, image_size=4)
    assert (stretched[0, :, 0] == 0).all()
    (cropped,) = loaded(image, image_size=4, resize="crop")
    np.testing.assert_array_equal(cropped[0], image[0, :, 2:6])


def test_a_way_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match="`resize` must be one of 'crop', 'pad'"):
        data.load(np.zeros((2, 4, 4), np.uint8), batch_size=1, resize="fill")


def test_transparency_is_resized_like_pillows_premultiplied_colours(tmp_path):
    pixels = RNG.integers(0, 256, (12, 16, 4)).astype(np.uint8)
    pixels[:, :8, 3] = 255
    pixels[3:9, 5:, 3] = 0
    Image.fromarray(pixels).save(tmp_path / "a.png")
    (found,) = loaded(f"folder:{tmp_path}", image_size=(6, 8), channels=4)
    weighted = Image.fromarray(pixels).convert("RGBa").resize((8, 6), 2)
    expected = np.asarray(weighted.convert("RGBA")).astype(float)
    seen = expected[..., 3] > 64  # below, Pillow's bytes have lost the colours
    assert np.abs(found[0][..., 3] - expected[..., 3]).max() <= 1
    assert np.abs(found[0] - expected)[seen].max() <= 5
    assert (found[0][expected[..., 3] == 0][:, :3] == 255).all()


def test_what_cannot_be_seen_is_white_and_opaque_files_are_opaque(tmp_path):
    hidden = np.zeros((4, 4, 4), np.uint8)
    Image.fromarray(hidden).save(tmp_path / "a.png")
    Image.fromarray(np.full((4, 4), 7, np.uint8)).save(tmp_path / "b.png")
    unseen, grey = loaded(f"folder:{tmp_path}", channels=4)
    assert (unseen[0] == [255, 255, 255, 0]).all()
    assert (grey[0] == [7, 7, 7, 255]).all()
    unseen, grey = loaded(f"folder:{tmp_path}", channels=2)
    assert (grey[0] == [7, 255]).all()


def test_arrays_of_any_number_of_channels_stay_as_they_are():
    images = RNG.integers(0, 256, (3, 4, 4, 5)).astype(np.uint8)
    for channels in (None, 5):
        found = np.concatenate(loaded(images, channels=channels))
        np.testing.assert_array_equal(found, images)
    with pytest.raises(InputError, match="got images with 5 channels"):
        loaded(images, channels=4)


@pytest.mark.parametrize("stored", ["array", "folder", "streamed"])
def test_mirrored_images_are_drawn_anew_in_each_pass(stored, tmp_path, monkeypatch):
    images = RNG.integers(0, 256, (40, 4, 4, 3)).astype(np.uint8)
    source = images
    if stored != "array":
        for number, image in enumerate(images):
            Image.fromarray(image).save(tmp_path / f"{number:02}.png")
        source = f"folder:{tmp_path}"
    if stored == "streamed":
        monkeypatch.setattr("keras_gan.data.batching.IN_MEMORY_BYTES", 0)
    dataset = data.load(
        source, batch_size=40, value_range=BYTES, shuffle=False, mirror=True
    )
    flips = []
    for _ in range(2):
        (batch,) = dataset.as_numpy_iterator()
        as_is = (batch == images).all(axis=(1, 2, 3))
        flipped = (batch == images[:, :, ::-1]).all(axis=(1, 2, 3))
        assert (as_is ^ flipped).all()
        flips.append(flipped)
    assert 8 < flips[0].sum() < 32
    assert (flips[0] != flips[1]).any()
    again = next(
        iter(
            data.load(
                source, batch_size=40, value_range=BYTES, mirror=True, shuffle=False
            ).as_numpy_iterator()
        )
    )
    np.testing.assert_array_equal((again == images).all(axis=(1, 2, 3)), ~flips[0])


@pytest.mark.parametrize("drop", [True, False])
def test_an_epoch_of_three_passes_is_three_epochs_of_one(drop):
    images = np.arange(7, dtype=np.uint8)[:, None, None] * np.ones((1, 4, 4), np.uint8)
    options = {"batch_size": 2, "value_range": BYTES, "drop_remainder": drop}
    single = data.load(images, **options)
    expected = [b[:, 0, 0, 0] for _ in range(6) for b in single.as_numpy_iterator()]
    joined = data.load(images, passes=3, **options)
    assert int(joined.cardinality()) == len(expected) // 2
    found = [b[:, 0, 0, 0] for _ in range(2) for b in joined.as_numpy_iterator()]
    assert [x.tolist() for x in found] == [x.tolist() for x in expected]
