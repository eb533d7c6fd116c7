"""Channels and sizes, against Pillow and closed forms."""

import numpy as np
import pytest
from PIL import Image

from keras_gan._checks import InputError
from keras_gan.data.image_conversion import fit_images

BYTES = (0, 255)
RANDOM = np.random.default_rng(0)
COLOURS = RANDOM.integers(0, 256, (5, 6, 4, 3), np.uint8)


def test_images_that_fit_are_returned_as_they_are():
    assert fit_images(COLOURS, (6, 4, 3), BYTES) is COLOURS


def test_uint8_luma_is_pillows_to_the_bit():
    grey = fit_images(COLOURS, (6, 4, 1), BYTES)
    expected = [np.asarray(Image.fromarray(image).convert("L")) for image in COLOURS]
    np.testing.assert_array_equal(grey[..., 0], expected)


def test_float_luma_weighs_by_itu_r_601():
    primaries = np.eye(3, dtype=np.float32).reshape(1, 3, 1, 3)
    grey = fit_images(primaries, (3, 1, 1), (0, 1))
    np.testing.assert_allclose(grey.ravel(), [0.299, 0.587, 0.114], rtol=1e-6)


def test_float_luma_of_white_and_black_stays_inside_the_range():
    ends = np.array([-1, 1], np.float32).reshape(2, 1, 1, 1).repeat(3, -1)
    np.testing.assert_allclose(
        fit_images(ends, (1, 1, 1), (-1, 1)).ravel(), [-1, 1], atol=1e-6
    )
    assert np.abs(fit_images(ends, (1, 1, 1), (-1, 1))).max() <= 1


def test_grey_is_repeated_into_three_channels():
    colours = fit_images(COLOURS[..., :1], (6, 4, 3), BYTES)
    for channel in range(3):
        np.testing.assert_array_equal(colours[..., channel], COLOURS[..., 0])


@pytest.mark.parametrize(
    ("alpha", "expected"), [(0, [255] * 3), (255, [10, 20, 30]), (51, [206, 208, 210])]
)
def test_transparency_is_laid_over_white(alpha, expected):
    pixel = np.array([10, 20, 30, alpha], np.uint8).reshape(1, 1, 1, 4)
    assert fit_images(pixel, (1, 1, 3), BYTES).ravel().tolist() == expected


def test_transparency_of_floats_is_laid_over_the_upper_bound():
    pixel = np.array([-1, 0], np.float32).reshape(1, 1, 1, 2)  # black, half seen
    assert fit_images(pixel, (1, 1, 1), (-1, 1)).item() == pytest.approx(0)


def test_other_numbers_of_channels_cannot_be_converted():
    with pytest.raises(InputError, match=r"`channels=3`.* got images with 5 channels"):
        fit_images(np.zeros((1, 2, 2, 5), np.uint8), (2, 2, 3), BYTES)


@pytest.mark.parametrize("size", [(3, 2), (12, 9), (6, 2)])
def test_resizing_is_pillows_antialiased_bilinear(size):
    resized = fit_images(COLOURS, (*size, 3), BYTES)
    expected = [
        np.asarray(Image.fromarray(image).resize(size[::-1], Image.Resampling.BILINEAR))
        for image in COLOURS
    ]
    np.testing.assert_array_equal(resized, expected)


def test_shrinking_averages_all_pixels_instead_of_picking_some():
    stripes = np.tile(np.array([0, 255], np.uint8), (1, 64, 32))[..., None]
    shrunk = fit_images(stripes, (8, 8, 1), BYTES)
    assert np.abs(shrunk.astype(int) - 127).max() < 8


def test_floats_keep_their_range_and_constants_when_resized():
    flat = np.full((1, 5, 7, 2), 0.7, np.float32)
    resized = fit_images(flat, (16, 3, 2), (0.0, 0.7))
    assert resized.dtype == np.float32
    assert resized.max() <= np.float32(0.7)
    np.testing.assert_allclose(resized, 0.7, rtol=1e-6)
