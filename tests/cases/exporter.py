"""An export of a generator that takes a while to write."""

import threading
import time

from harness.gans import dense_gan

from keras_gan import export


def export_a_version(base, ready):
    """Exports into `base`, once there is the file `ready`.

    Returns:
        The seconds of the whole export, and of its writing.
    """
    gan = dense_gan((32, 64, 1))
    ready.touch()
    start = time.monotonic()
    began = []

    def watch():
        while not list(base.glob(".*.tmp")):
            time.sleep(0.002)
        began.append(time.monotonic())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    export.save_saved_model(gan, base)
    end = time.monotonic()
    return end - start, end - began[0]
