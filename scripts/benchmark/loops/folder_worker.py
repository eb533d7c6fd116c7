"""Reads batches of a folder of JPEG files with one library, on request.

    python scripts/benchmark/loops/folder_worker.py SOURCE FOLDER SIZE

Reads requests from the standard input, one a line, and answers each with a line of
JSON: `start` opens the folder and reads a batch, `read N` reads N batches, `pass` reads
all files once, `device N MS` reads N batches and sleeps after each, as if another
device computed, and `fit N` trains.
"""

import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

BATCH, SKIPPED = 64, 4


def resident():
    """Returns the resident memory of this process in MiB."""
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if "VmRSS" in line)


def keras_gan_batches(folder, size):
    """Returns the batches of `data.load`."""
    from keras_gan import data

    return data.load(f"folder:{folder}", batch_size=BATCH, image_size=size)


def keras_batches(folder, size):
    """Returns the batches of Keras's utility, which resizes without antialiasing."""
    import keras

    batches = keras.utils.image_dataset_from_directory(
        folder,
        label_mode=None,
        batch_size=BATCH,
        image_size=(size, size),
        crop_to_aspect_ratio=True,
        seed=0,
        verbose=False,
    )
    return batches.map(lambda images: images / 127.5 - 1.0).prefetch(2)


def tensorflow_batches(folder, size):
    """Returns the batches of a pipeline of TensorFlow's operations, antialiased."""
    import tensorflow as tf

    def read(path):
        pixels = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
        pixels = tf.image.resize(pixels, (size, size), antialias=True)
        return pixels / 127.5 - 1.0

    paths = tf.data.Dataset.from_tensor_slices(listed(folder))
    images = paths.shuffle(len(paths), seed=0).map(read, tf.data.AUTOTUNE)
    return images.batch(BATCH, drop_remainder=True).prefetch(2)


def listed(folder):
    """Returns the paths of all files in the sub-folders of a folder."""
    folders = sorted(entry.path for entry in os.scandir(folder))
    return [entry.path for each in folders for entry in os.scandir(each)]


class Pictures:
    """The dataset of PyTorch: decodes with Pillow, as torchvision's ImageFolder."""

    def __init__(self, folder, size):
        self.paths = listed(folder)
        self.size = size

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        import torch
        from PIL import Image

        with Image.open(self.paths[index]) as image:
            picture = image.convert("RGB")
        shape = (self.size, self.size)
        pixels = np.array(picture.resize(shape, Image.Resampling.BILINEAR))
        return torch.from_numpy(pixels).permute(2, 0, 1).float() / 127.5 - 1.0


def torch_batches(workers):
    def batches(folder, size):
        import torch

        return torch.utils.data.DataLoader(
            Pictures(folder, size),
            BATCH,
            shuffle=True,
            drop_last=True,
            num_workers=workers,
        )

    return batches


class ProcessPool:
    """Batches that two processes decode with the package's decoder."""

    def __init__(self, folder, size):
        import multiprocessing

        self.paths, self.size = listed(folder), size
        # They must not inherit the threads of TensorFlow, nor load it.
        self.pool = multiprocessing.get_context("spawn").Pool(os.cpu_count())

    def __iter__(self):
        order = np.random.default_rng(0).permutation(len(self.paths))
        batches = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
        tasks = (
            (self.paths[index], (self.size, self.size, 3), "crop")
            for batch in batches
            for index in batch
        )
        # No more tasks at once than a few batches.
        pictures = self._bounded(tasks, 4 * BATCH)
        for batch in batches:
            yield np.stack([next(pictures) for _ in batch]) / np.float32(127.5) - 1

    def _bounded(self, tasks, most):
        import collections

        waiting = collections.deque()
        for task in tasks:
            waiting.append(self.pool.apply_async(decode_task, (task,)))
            if len(waiting) > most:
                yield waiting.popleft().get()
        while waiting:
            yield waiting.popleft().get()


def decode_task(task):
    from pathlib import Path

    from keras_gan.data.image_files import decode

    path, shape, resize = task
    return decode(Path(path), shape, resize)


SOURCES = {
    "keras_gan": keras_gan_batches,
    "before": keras_gan_batches,
    "keras": keras_batches,
    "tensorflow": tensorflow_batches,
    "torch 0": torch_batches(0),
    "torch 2": torch_batches(2),
    "processes": ProcessPool,
}


def start(source, folder, size):
    """Opens the folder and reads a batch; returns the batches, and the seconds."""
    if source in ("keras_gan", "before", "keras", "tensorflow"):
        import keras  # noqa: F401 - its import is not measured
        import tensorflow as tf

        tf.zeros(1)
    else:
        import torch  # noqa: F401
    from PIL import Image

    Image.init()
    before, started = resident(), time.perf_counter()
    batches = SOURCES[source](folder, size)
    opened = time.perf_counter()
    next(iter(batches))
    seconds = {"open": opened - started, "first batch": time.perf_counter() - opened}
    return batches, seconds | {"MiB": resident() - before}


def read(batches, count, wait=0.0):
    """Reads some batches; returns the seconds without the first ones."""
    iterator = iter(batches)
    for _ in range(SKIPPED):
        next(iterator)
    started = time.perf_counter()
    for _ in range(count):
        next(iterator)
        time.sleep(wait)
    return time.perf_counter() - started


def whole_pass(batches):
    """Reads all files; returns the seconds, and the memory at ten moments."""
    moments, started = [], time.perf_counter()
    for number, _ in enumerate(batches):
        if number % (len(batches) // 10) == 0:
            moments.append([number * BATCH, resident()])
    return {"seconds": time.perf_counter() - started, "resident": moments}


def trainer(batches, size):
    """Returns functions that train some steps: from the folder, and from memory."""
    import keras
    import tensorflow as tf

    from keras_gan import GAN, architectures

    networks = architectures.build("dcgan", image_shape=(size, size, 3))
    gan = GAN(*networks, seed=0)
    adam = [keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in range(2)]
    gan.compile(*adam, steps_per_execution=1)
    held = np.concatenate([images for images in batches.take(8)])
    held = tf.data.Dataset.from_tensor_slices(held).batch(BATCH, True).repeat()

    def fit(data):
        def seconds(steps):
            times = StepTimes()
            gan.fit(data.take(steps + SKIPPED), verbose=0, callbacks=[times])
            return times.moments[-1] - times.moments[SKIPPED - 1]

        return seconds

    class StepTimes(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.moments = []

        def on_train_batch_end(self, batch, logs=None):
            self.moments.append(time.perf_counter())

    return {"folder": fit(batches), "memory": fit(held.prefetch(2))}


def main():
    source, folder, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    batches, trainers = None, None
    for line in sys.stdin:
        request, *numbers = line.split()
        if request == "start":
            batches, answer = start(source, folder, size)
        elif request == "read":
            answer = read(batches, int(numbers[0]))
        elif request == "device":
            answer = read(batches, int(numbers[0]), float(numbers[1]) / 1e3)
        elif request == "pass":
            answer = whole_pass(batches)
        else:
            trainers = trainers or trainer(batches, size)
            answer = trainers[request](int(numbers[0]))
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
