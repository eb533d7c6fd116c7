"""Serves the folder of a page to a test."""

import contextlib
import threading

from keras_gan.export.web.page_server import PageServer


@contextlib.contextmanager
def serving(folder):
    """Yields a server of the folder, which has ended when the block has."""
    with PageServer(folder, 0) as server:
        # It looks often whether it should end; by default twice a second.
        thread = threading.Thread(
            target=server.serve_forever, args=(0.02,), daemon=True
        )
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
