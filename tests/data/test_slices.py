"""Parts of splits, as tensorflow-datasets writes them, of every kind of source."""

import numpy as np
import pytest
from PIL import Image

from keras_gan import data
from keras_gan.data.split_slices import rows_of

IMAGES = np.arange(10, dtype=np.uint8)[:, None, None] * np.ones((1, 4, 4), np.uint8)
LABELS = np.arange(10)


@pytest.mark.parametrize(
    ("split", "rows"),
    [
        ("train", (0, 10)),
        ("train[:3]", (0, 3)),
        ("train[3:]", (3, 10)),
        ("train[-2:]", (8, 10)),
        ("train[:-2]", (0, 8)),
        ("train[10%:35%]", (1, 4)),
        ("train[-20%:]", (8, 10)),
        ("train[2:99]", (2, 10)),
        ("train[:]", (0, 10)),
    ],
)
def test_brackets_ask_for_rows(split, rows):
    assert rows_of(split, 10) == slice(*rows)
    shown = data.load(
        IMAGES, split=split, batch_size=1, value_range=(0.0, 255.0), shuffle=False
    )
    values = [int(batch[0, 0, 0, 0]) for batch in shown.as_numpy_iterator()]
    assert values == list(range(*rows))
    assert data.info(IMAGES, split=split).num_examples == len(values)


@pytest.mark.parametrize(
    ("split", "rows"),
    [
        ("train[::4]", [0, 4, 8]),
        ("train[~::4]", [1, 2, 3, 5, 6, 7, 9]),
        ("train[1:9:3]", [1, 4, 7]),
        ("train[~2:50%]", [0, 1, 5, 6, 7, 8, 9]),
    ],
)
def test_a_step_takes_every_nth_and_a_tilde_the_others(split, rows, tmp_path):
    for number, image in enumerate(IMAGES):
        Image.fromarray(image).save(tmp_path / f"{number}.png")
    for source in (IMAGES, f"folder:{tmp_path}"):
        shown = data.load(
            source, split=split, batch_size=1, value_range=(0.0, 255.0), shuffle=False
        )
        found = [int(batch[0, 0, 0, 0]) for batch in shown.as_numpy_iterator()]
        assert found == rows
        assert data.info(source, split=split).num_examples == len(rows)


@pytest.mark.parametrize(
    ("split", "reads"),
    [
        ("train[5]", "cannot be read"),
        ("train[a:b]", "cannot be read"),
        ("train[:2][1:]", "cannot be read"),
        ("train[~:]", "none of the 10"),
        ("train[::x]", "cannot be read"),
        ("train[::0]", "cannot be read"),
        ("train[5:5]", "none of the 10"),
        ("train[20:]", "none of the 10"),
        ("dev[:2]", "'train'"),
    ],
)
def test_brackets_that_cannot_be_are_refused(split, reads):
    with pytest.raises(ValueError, match=reads):
        data.load(IMAGES, split=split, batch_size=1)


def test_a_part_keeps_the_classes_of_the_whole():
    info = data.info((IMAGES, LABELS), split="train[:2]")
    assert (info.num_examples, info.num_classes) == (2, 10)


def test_parts_of_the_bundled_digits_of_points_and_of_stacks():
    assert data.info("mnist_10k", split="test[:500]").num_examples == 500
    assert data.info("ring", split="train[:1%]").num_examples == 1000
    stacks = data.info("stacked:mnist_10k", split="test[:100]")
    assert stacks.num_examples == 10_000
    (batch,) = data.load(
        "stacked:mnist_10k", split="test[:1]", batch_size=10_000, shuffle=False
    )
    assert np.ptp(batch, axis=(0, 3)).max() == 0  # of one image alone


def test_parts_of_folders(tmp_path):
    from PIL import Image

    for value in range(4):
        (tmp_path / str(value // 2)).mkdir(exist_ok=True)
        path = tmp_path / str(value // 2) / f"{value}.png"
        Image.fromarray(np.full((4, 4), value, np.uint8)).save(path)
    images, labels = next(
        data.load(
            f"folder:{tmp_path}",
            split="train[1:3]",
            batch_size=2,
            labels=True,
            value_range=(0.0, 255.0),
            shuffle=False,
        ).as_numpy_iterator()
    )
    assert images[:, 0, 0, 0].tolist() == [1, 2]
    assert labels.tolist() == [0, 1]
