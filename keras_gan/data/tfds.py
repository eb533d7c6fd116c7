"""Opens image data sets of tensorflow-datasets, and downloads unprepared ones."""

from __future__ import annotations

import os
import re
import textwrap
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_gan._checks import InputError, choice_error, one_line
from keras_gan.data import internet_access
from keras_gan.data.arrays import ArraySource
from keras_gan.data.batching import batches_from_examples, fits_in_memory
from keras_gan.data.epoch_order import coins, each_epoch, random_int64
from keras_gan.data.image_conversion import fit_images
from keras_gan.data.source import DataInfo

if TYPE_CHECKING:
    import tensorflow as tf
    import tensorflow_datasets as tfds

    from keras_gan.data.load_options import LoadOptions

# A name as tensorflow-datasets writes it: `name`, `name/config`, `name:version`.
NAME = re.compile(r"\w+(/[\w.-]+)?(:[\d.*]+)?")
# A stream is shuffled in a buffer of this size. Its images are still encoded, so it
# holds some ten thousand small photographs.
SHUFFLE_BYTES = 256 * 2**20
DEFAULT_HOST = "storage.googleapis.com"


@dataclass(frozen=True, eq=False)
class TfdsSource:
    """One split of a prepared data set with an `image` and perhaps a `label`."""

    name: str
    builder: tfds.core.DatasetBuilder
    split: str

    @property
    def info(self) -> DataInfo:
        """The data set's own description."""
        height, width, channels = _features(self.builder)["image"].shape
        label = self._label
        return DataInfo(
            self._split_info.num_examples,
            (height, width, channels or 3),
            None if label is None else label.num_classes,
            None if label is None else tuple(label.names),
        )

    def batches(self, options: LoadOptions) -> tf.data.Dataset:
        """Returns batches of images, or of (images, labels), as `options` asks."""
        if options.source_range is not None:
            raise InputError(
                f"`source_range` has no meaning for {self.name}, whose images have 8 "
                "bits, 0 to 255; leave it out."
            )
        info = self.info
        shape = options.target_shape(info.image_shape)
        options.check_memory(self.name, options.batch_size, shape)
        if fits_in_memory(info.num_examples, shape):
            return self._in_memory(shape, options).batches(options)
        return self._streamed(shape, options)

    @property
    def _split_info(self) -> Any:
        return self.builder.info.splits[self.split]

    @property
    def _label(self) -> tfds.features.ClassLabel | None:
        import tensorflow_datasets as tfds

        label = _features(self.builder).get("label")
        return label if isinstance(label, tfds.features.ClassLabel) else None

    def _in_memory(
        self, shape: tuple[int, int, int], options: LoadOptions
    ) -> ArraySource:
        decoded = self._encoded(options).map(
            self._decoder(shape, options), num_parallel_calls=os.cpu_count()
        )
        try:
            batches = list(decoded.batch(256).as_numpy_iterator())
        except Exception as error:  # TensorFlow's own kinds, MemoryError
            raise InputError(
                f"tensorflow-datasets: the files of {self.name!r} in "
                f"{self.builder.data_dir} cannot be read: {_one_line(error)}"
            ) from error
        if not options.labels:
            return ArraySource(self.name, np.concatenate(batches))
        images, labels = (np.concatenate(parts) for parts in zip(*batches, strict=True))
        return ArraySource(self.name, images, labels)

    def _streamed(
        self, shape: tuple[int, int, int], options: LoadOptions
    ) -> tf.data.Dataset:
        import tensorflow as tf

        encoded = self._encoded(options)
        num_examples = self._split_info.num_examples
        example_bytes = max(1, self._split_info.num_bytes // num_examples)
        buffer_size = min(num_examples, max(1, SHUFFLE_BYTES // example_bytes))

        per_pass = options.batches_per_pass(num_examples)

        def pass_from(number: tf.Tensor, batch: tf.Tensor) -> tf.data.Dataset:
            examples = encoded
            if options.shuffle:
                # This function's graph gets its own seed. It would otherwise inherit
                # the global seed, which must not change the order.
                tf.random.set_seed(1)
                seed: Any = random_int64((), options.seed, number)
                examples = encoded.shuffle(buffer_size, seed, False)
            # Skipped examples are read, but not decoded.
            examples = examples.take(per_pass * options.batch_size)
            examples = examples.skip(batch * options.batch_size)
            if not options.mirror:
                return examples
            flips = coins(num_examples, options.seed, number)
            flips = flips[batch * options.batch_size :]
            return tf.data.Dataset.zip(
                (examples, tf.data.Dataset.from_tensor_slices(flips))
            )

        decode = self._decoder(shape, options)

        def flipped(example: Any, flip: tf.Tensor) -> Any:
            image, *label = tf.nest.flatten(decode(example))
            image = tf.where(flip, image[:, ::-1], image)
            return (image, *label) if label else image

        decoded = each_epoch(pass_from, options.passes, per_pass).map(
            flipped if options.mirror else decode, num_parallel_calls=os.cpu_count()
        )
        return batches_from_examples(decoded, num_examples, options)

    def _encoded(self, options: LoadOptions) -> tf.data.Dataset:
        """Returns the examples still encoded, in the files' order."""
        import tensorflow_datasets as tfds

        # Its decorators hide the method's signature from type checkers.
        builder: Any = self.builder
        wanted = {"image": True, "label": True} if options.labels else {"image": True}
        return builder.as_dataset(
            split=self.split,
            shuffle_files=False,
            decoders=tfds.decode.PartialDecoding(
                wanted, decoders={"image": tfds.decode.SkipDecoding()}
            ),
            read_config=tfds.ReadConfig(try_autocache=False),
        )

    def _decoder(self, shape: tuple[int, int, int], options: LoadOptions) -> Any:
        import tensorflow as tf

        feature = _features(self.builder)["image"]

        def fit(image: np.ndarray) -> np.ndarray:
            resize = options.resize or "stretch"
            return fit_images(image[None], shape, options.value_range, resize=resize)[0]

        def decode(example: dict[str, tf.Tensor]) -> Any:
            image = feature.decode_example(example["image"])
            if tuple(image.shape) != shape:
                image = tf.numpy_function(fit, [image], tf.uint8, stateful=False)
                image = tf.ensure_shape(image, shape)
            if not options.labels:
                return image
            return image, tf.cast(example["label"], tf.int32)

        return decode


def find_builder(
    name: str, data_dir: str | os.PathLike[str] | None
) -> tfds.core.DatasetBuilder | None:
    """Returns the builder of a named data set, from prepared files if there are any.

    Never touches the network. Returns None for a name that tensorflow-datasets does
    not know and that is not prepared in `data_dir`.
    """
    import tensorflow_datasets as tfds

    if not NAME.fullmatch(name):
        return None
    folder = re.split("[/:]", name)[0]
    default = os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")
    _check_files(Path(data_dir or default).expanduser() / folder)
    try:
        return tfds.builder(name, data_dir=data_dir)
    except tfds.core.DatasetNotFoundError:
        return None
    except Exception as error:  # an unknown config or version, a damaged description
        raise InputError(f"tensorflow-datasets: {_one_line(error)}") from error


def known_names() -> list[str]:
    """Returns the names of the data sets that tensorflow-datasets can prepare."""
    import tensorflow_datasets as tfds

    return tfds.list_builders(with_community_datasets=False)


def tfds_source(builder: tfds.core.DatasetBuilder, split: str) -> TfdsSource:
    """Opens a split of a data set, after preparing the data set where needed.

    Raises:
        InputError: If the data set cannot be prepared (there is no network, say), has
            no 8-bit images, or has no such split.
    """
    import tensorflow_datasets as tfds

    _check_files(Path(os.fspath(builder.data_dir)))
    image = _features(builder).get("image")
    if not isinstance(image, tfds.features.Image) or image.np_dtype != np.uint8:
        raise InputError(
            f"{builder.name}: not a set of 8-bit images with an 'image' feature; its "
            f"features are {sorted(_features(builder))}."
        )
    if not builder.is_prepared():
        _prepare(builder)
    try:
        builder.info.splits[split]
    except (KeyError, ValueError) as error:
        raise choice_error("split", split, builder.info.splits) from error
    return TfdsSource(builder.name, builder, split)


def _check_files(folder: Path) -> None:
    """Refuses pipes and devices, at which TensorFlow would wait for ever."""
    for place, _, names in os.walk(folder):
        for path in (Path(place, name) for name in names):
            if path.exists() and not path.is_file():
                raise InputError(
                    f"{path} is no regular file, but a pipe, a socket or a device; "
                    "remove it."
                )


def _features(builder: tfds.core.DatasetBuilder) -> dict[str, Any]:
    features: Any = builder.info.features
    return dict(features.items()) if hasattr(features, "items") else {}


def _prepare(builder: tfds.core.DatasetBuilder) -> None:
    # A user's own builder may need no network, so it runs without the question.
    is_published = type(builder).__module__.startswith("tensorflow_datasets.")
    if is_published and not internet_access.any_answers(_hosts(builder)):
        raise InputError(_how_to_prepare(builder))
    try:
        builder.download_and_prepare()
    except Exception as error:  # downloads and generators raise many kinds
        raise InputError(
            f"tensorflow-datasets could not prepare {builder.name!r}: "
            f"{_one_line(error)}"
        ) from error


def _hosts(builder: tfds.core.DatasetBuilder) -> set[str]:
    """Returns the hosts of the data set's files, as far as the builder knows them."""
    urls = builder.url_infos or {}
    hosts = {urllib.parse.urlsplit(url).hostname for url in urls}
    return set(sorted(host for host in hosts if host)[:4]) or {DEFAULT_HOST}


def _how_to_prepare(builder: tfds.core.DatasetBuilder) -> str:
    config = builder.builder_config
    name = builder.name if config is None else f"{builder.name}/{config.name}"
    return (
        f"{name!r} is not prepared in {builder.data_dir_root} and there is no network "
        f"to download it by (no answer from {', '.join(sorted(_hosts(builder)))}). "
        f"On a machine with a network run `tfds build {name} --data_dir DIR`, or in "
        f"Python `tfds.builder('{name}', data_dir='DIR').download_and_prepare()`, copy "
        "DIR here, and pass `data_dir=DIR`."
    )


def _one_line(error: Exception) -> str:
    return one_line(textwrap.shorten(str(error) or repr(error), 400), None)
