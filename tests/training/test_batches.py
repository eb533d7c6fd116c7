"""Batches that replicas cannot share: the divisor first, and advice that works."""

import re

import numpy as np
import pytest

from keras_gan.training.batches import BatchContract


def contract(replicas=2, k=1, pack=1):
    return BatchContract(
        image_shape=(2,),
        num_classes=None,
        value_range=None,
        discriminator_steps=k,
        pack=pack,
        replicas=replicas,
    )


@pytest.mark.parametrize(
    ("count", "size", "options", "said"),
    [
        (512, 65, {}, "use a multiple of 2, such as 64"),
        (512, 1, {}, "use a multiple of 2, such as 2"),
        (512, 66, {}, "drop 50 images or give `batch_size=64`, which divides 512"),
        (514, 66, {}, "drop 52 images."),
        (30, 20, {"k": 2, "pack": 1}, "drop 10 images."),
        (40, 64, {}, "give `batch_size=40`, which divides 40"),
        (41, 64, {}, "drop 1 image and give `batch_size=40`"),
        (3, 64, {"replicas": 4}, "give more images"),
    ],
)
def test_the_advice_for_batches_of_replicas_works(count, size, options, said):
    asked = contract(**options)
    images = np.zeros((count, 2), np.float32)
    with pytest.raises(ValueError, match=re.escape(said)):
        asked.check_arrays(images, None, size)
    multiple = re.search(r"such as (\d+)", said)
    if multiple:
        size = int(multiple[1])
    for remedy in said.split(" or ") if " and " not in said else [said]:
        dropped = re.search(r"drop (\d+)", remedy)
        given = re.search(r"batch_size=(\d+)", remedy)
        if dropped or given:
            rest = count - int(dropped[1]) if dropped else count
            asked.check_arrays(images[:rest], None, int(given[1]) if given else size)
