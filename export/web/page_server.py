"""Serves an exported page to the browsers of this machine."""

from __future__ import annotations

import os
import sys
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from keras_gan._checks import InputError

_METHODS = ("GET", "HEAD")


class PageServer(ThreadingHTTPServer):
    """Serves the files of a folder on 127.0.0.1.

    The page may come from a stranger, and other pages are open in the browser.
    Therefore it serves regular files only that lie in the folder, wherever links lead,
    and answers only to requests for its own address. A page elsewhere whose name is
    made to mean this machine (DNS rebinding) sends its own name.

    Args:
        folder: The folder to serve.
        port: The port; 0 for any that is free.

    Raises:
        ValueError: If the port is taken, or needs rights that the user has not.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: Path, port: int) -> None:
        handler = partial(_Handler, directory=os.path.realpath(folder))
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

    @property
    def hosts(self) -> set[str]:
        """The values of the header Host that the server answers to."""
        port = self.server_address[1]
        names = {"127.0.0.1", "localhost"}
        return {f"{name}:{port}" for name in names} | (names if port == 80 else set())

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Prints a traceback, unless a browser has just gone away."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(SimpleHTTPRequestHandler):
    # Seconds that a browser may take for its request.
    timeout = 60
    server: PageServer

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

    def parse_request(self) -> bool:
        if not super().parse_request():
            return False
        if [host.lower() for host in self.headers.get_all("Host", [])] not in (
            [host] for host in self.server.hosts
        ):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return False
        if self.command not in _METHODS:
            self.send_error(HTTPStatus.METHOD_NOT_ALLOWED)
            return False
        return True

    def translate_path(self, path: str) -> str:
        """Returns the file for a URL; one that is not there if it is not inside."""
        try:
            found = os.path.realpath(super().translate_path(path))
            if os.path.isdir(found):
                found = os.path.realpath(os.path.join(found, "index.html"))
        except ValueError:  # a NUL in the name
            found = ""
        inside = found.startswith(self.directory.rstrip(os.sep) + os.sep)
        if inside and os.path.isfile(found):
            return found
        return os.path.join(self.directory, "no such file", "")

    def end_headers(self) -> None:
        # Without this, browsers would show an older export from their cache.
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing: the browser shows which files are missing."""
