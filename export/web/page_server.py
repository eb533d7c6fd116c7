"""Serves an exported page to the browsers of this machine."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from keras_gan._checks import InputError


class PageServer(ThreadingHTTPServer):
    """Serves the files of a folder on 127.0.0.1.

    Args:
        folder: The folder to serve.
        port: The port; 0 for any that is free.

    Raises:
        ValueError: If the port is taken, or needs rights that the user has not.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: Path, port: int) -> None:
        handler = partial(_Handler, directory=str(folder))
        try:
            super().__init__(("127.0.0.1", port), handler)
        except (OSError, OverflowError) as error:
            raise InputError(
                f"`--port {port}` cannot be used ({error}); give another, or 0 for any "
                "that is free."
            ) from error

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(SimpleHTTPRequestHandler):
    # The system's table of types may be wrong, and browsers refuse modules of a wrong
    # type.
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".css": "text/css",
        ".html": "text/html",
        ".js": "text/javascript",
        ".json": "application/json",
        ".onnx": "application/octet-stream",
        ".wasm": "application/wasm",
    }

    def end_headers(self) -> None:
        # Without this, browsers would show an older export from their cache.
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing: the browser shows which files are missing."""
