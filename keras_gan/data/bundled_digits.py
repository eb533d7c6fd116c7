"""Opens `mnist_10k`, the first digits of MNIST, which the package contains.

Their licence is in bundled/NOTICE.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

from keras_gan._checks import InputError, check_choice
from keras_gan.data.arrays import ArraySource, array_source
from keras_gan.data.idx_files import parse_idx

NAME = "mnist_10k"
FOLDER = Path(__file__).with_name("bundled")
# Number of examples in each split: the first ones of MNIST's training and test sets.
SPLIT_SIZES = {"train": 10_000, "test": 2_000}
# scripts/build_mnist_10k.py prints these sums.
SHA256 = {
    "mnist_10k-train-images-idx3-ubyte.gz": (
        "36707bfd63bcc1baf911512db8f40af1940d9fc513cb862f99741a994da05181"
    ),
    "mnist_10k-train-labels-idx1-ubyte.gz": (
        "ddb336c35d26d6499f325832214cfd852954d037817de7f291d8e80ad0912b32"
    ),
    "mnist_10k-test-images-idx3-ubyte.gz": (
        "74533fb890e3bad361d9e017c363d263b51060a0d3ccccd54740633cf2918c31"
    ),
    "mnist_10k-test-labels-idx1-ubyte.gz": (
        "8a97eeec2499289d406fd55fec117adc391bee47c640be5bf30c340a8de72fa5"
    ),
}


def bundled_source(split: str) -> ArraySource:
    """Opens a split of `mnist_10k` after checking its files against their SHA-256.

    Raises:
        InputError: If a file is missing or damaged, or the split unknown.
    """
    check_choice("split", split, SPLIT_SIZES)
    images_path = bundled_file(split, "images")
    labels_path = bundled_file(split, "labels")
    return array_source(
        parse_idx(_checked(images_path), images_path, ndim=3),
        parse_idx(_checked(labels_path), labels_path, ndim=1),
        name=str(images_path),
        labels_name=str(labels_path),
        class_names=tuple("0123456789"),
    )


def bundled_file(split: str, kind: str) -> Path:
    """Returns the path of a split's "images" or "labels"."""
    number = {"images": 3, "labels": 1}[kind]
    return FOLDER / f"{NAME}-{split}-{kind}-idx{number}-ubyte.gz"


def _checked(path: Path) -> io.BytesIO:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}); reinstall keras-gan."
        ) from error
    if hashlib.sha256(content).hexdigest() != SHA256[path.name]:
        raise InputError(
            f"{path} is damaged: its SHA-256 is not the one it was published with; "
            "reinstall keras-gan."
        )
    return io.BytesIO(content)
