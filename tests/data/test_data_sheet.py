"""The data sheet: what stands in a folder or an array, before anything is trained."""

import json
import re
import subprocess

import numpy as np
import pytest
from PIL import Image

from keras_gan import data
from keras_gan._checks import InputError

RNG = np.random.default_rng(0)


def save(path, pixels):
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(pixels).save(path)


def picture(height=20, width=20, channels=3):
    return RNG.integers(0, 256, (height, width, channels)).astype(np.uint8)


def test_sizes_classes_and_bits_of_a_folder(tmp_path):
    for number, size in enumerate([(20, 30), (20, 30), (40, 24)]):
        save(tmp_path / "a" / f"{number}.png", picture(*size))
    save(tmp_path / "b" / "0.png", picture(10, 30))
    sheet = data.data_sheet(f"folder:{tmp_path}")
    assert sheet.num_examples == sheet.looked_at == 4
    assert (sheet.heights, sheet.widths) == ((10, 20, 40), (24, 30, 30))
    assert not sheet.has_one_size
    assert (sheet.channels, sheet.bits, sheet.has_alpha) == (3, 8, False)
    assert sheet.class_counts == {"a": 3, "b": 1}
    assert sheet.cropped == pytest.approx((1 / 3 + 1 / 3 + 2 / 5 + 2 / 3) / 4)
    json.dumps(sheet.to_dict())
    assert "10 to 40 high (median 20)" in str(sheet)
    assert "a crop to squares leaves 43% of the area out" in str(sheet)
    oblong = data.data_sheet(np.zeros((4, 10, 30, 3), np.uint8))
    assert repr(oblong) == "DataSheet(4 images, 10×30 (height × width))"


@pytest.mark.parametrize("used", [True, False])
def test_alpha_counts_where_something_is_transparent(tmp_path, used):
    pixels = picture(channels=4)
    pixels[..., 3] = 255
    pixels[3, 4, 3] = 254 if used else 255
    save(tmp_path / "a.png", pixels)
    assert data.data_sheet(f"folder:{tmp_path}").has_alpha == used


def test_equal_pictures_are_grouped_and_near_ones_paired(tmp_path):
    first = picture()
    near = np.clip(first.astype(int) + 2, 0, 255).astype(np.uint8)
    for name, pixels in (("a", first), ("b", first), ("c", near), ("d", picture())):
        save(tmp_path / f"{name}.png", pixels)
    sheet = data.data_sheet(f"folder:{tmp_path}")
    assert sheet.duplicates == (("a.png", "b.png"),)
    assert data.data_sheet(f"folder:{tmp_path}", split="train[:1]").duplicates == ()
    assert sheet.near_duplicates == (("a.png", "c.png"),)
    assert "1 group of equal images, such as a.png = b.png" in str(sheet)


def test_what_lies_hidden_below_transparency_makes_no_difference(tmp_path):
    one, other = picture(channels=4), picture(channels=4)
    one[..., 3] = other[..., 3] = 0
    save(tmp_path / "a.png", one)
    save(tmp_path / "b.png", other)
    assert data.data_sheet(f"folder:{tmp_path}").duplicates


def test_a_thousand_digits_are_no_copies_of_each_other():
    sheet = data.data_sheet("mnist_10k", split="train[:1000]")
    assert (sheet.heights, sheet.channels) == ((28, 28, 28), 1)
    assert not sheet.duplicates
    assert not sheet.near_duplicates
    assert sum(sheet.class_counts.values()) == 1000


def test_arrays_of_five_channels_have_a_sheet_and_points_have_none():
    sheet = data.data_sheet(RNG.uniform(-1, 1, (6, 9, 8, 5)).astype(np.float32))
    assert (sheet.channels, sheet.heights[1], sheet.widths[1]) == (5, 9, 8)
    with pytest.raises(InputError, match="points"):
        data.data_sheet("ring")


def test_texts_beside_images_are_left_out_with_a_warning(tmp_path):
    save(tmp_path / "a.png", picture())
    (tmp_path / "LICENSE.txt").write_text("free")
    source = f"folder:{tmp_path}"
    with pytest.warns(UserWarning, match=r"1 file that is no image \(LICENSE\.txt\)"):
        assert data.data_sheet(source).num_examples == 1
    data.info(source)  # says nothing: it is said once


def test_what_is_left_out_is_counted_in_one_line(tmp_path):
    save(tmp_path / "cats" / "a.png", picture())
    frames = [Image.new("L", (8, 8), level) for level in (0, 100, 200)]
    frames[0].save(tmp_path / "cats" / "b.gif", save_all=True, append_images=frames[1:])
    for name in ("cats/Thumbs.db", "notes.txt", "cats/list.csv", ".hidden"):
        (tmp_path / name).write_text("no image")
    with pytest.warns(UserWarning, match="left out") as caught:
        assert data.info(f"folder:{tmp_path}").num_examples == 2
    (message,) = (str(each.message) for each in caught)
    assert message == (
        f"{tmp_path}: left out: 2 files that are no images (notes.txt, cats/list.csv), "
        "1 file of a desktop (cats/Thumbs.db), 1 animation without its further frames "
        "(cats/b.gif)."
    )


def test_the_message_about_damaged_files_moves_them_away(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "our own").mkdir()
    for name in ("a", "b"):
        save(tmp_path / "our own" / name / "1.png", picture())
        (tmp_path / "our own" / name / "2.png").write_text("no image")
    with pytest.raises(InputError, match=r"So it is with b/2\.png\.") as told:
        data.info("folder:our own")
    assert "_io" not in str(told.value)
    command = re.search(r"moves them away: `(.*)`\.$", str(told.value))[1]
    subprocess.run(["bash", "-c", command], check=True)
    assert data.info("folder:our own").num_examples == 2
    away = [*(tmp_path / "our own-damaged").rglob("*.png")]
    assert len(away) == 2


def test_a_text_beside_splits_makes_no_classes_of_them(tmp_path):
    for split in ("train", "test"):
        save(tmp_path / split / "a.png", picture())
    (tmp_path / "README.md").write_text("pictures")
    source = f"folder:{tmp_path}"
    assert data.info(source).num_classes is None
    assert data.info(source, split="test").num_examples == 1
