"""Answers GET /image?seed=7 with a picture that an exported .onnx file draws.

It needs what requirements.txt beside it lists, and no TensorFlow. A seed is always the
same picture, a PNG file with transparency where the pictures have it. The file says in
its text "Source" that it is synthetic. `label` asks for a class and `truncation`, in
(0, 1], for more typical pictures. GET /health answers 200 when the generator is ready.

Usage: python serve.py FILE.onnx [--host 127.0.0.1] [--port 8000]
"""

import argparse
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from keras_gan import plotting
from keras_gan.export import runtime

ARGUMENTS = {"seed": int, "label": int, "truncation": float}
SECONDS = 10  # that a client may take for its request


def draw(generator, seed, label=None, truncation=None):
    """Returns the PNG file of a seed.

    Raises:
        ValueError: If the label is no class, or an argument is out of its range.
    """
    images = generator.sample(seeds=[seed], labels=label, truncation=truncation)
    is_bytes = images.dtype == "uint8"
    picture = plotting.image_grid(
        images,
        value_range=(0, 255) if is_bytes else generator.value_range,
        padding=0,
        scale=1,
    )
    told = {"Source": plotting.SYNTHETIC, "Comment": f"seed {seed}"}
    return plotting.png_bytes(picture, metadata=told)


def arguments_of(query):
    """Returns the arguments of `draw` in the query of an address."""
    given = parse_qsl(query, keep_blank_values=True, strict_parsing=True)
    names = [name for name, _ in given]
    if "seed" not in names or len(set(names)) < len(names) or set(names) - {*ARGUMENTS}:
        raise ValueError("give seed=7, and perhaps label=3 and truncation=0.8, once")
    return {name: ARGUMENTS[name](text) for name, text in given}


class Handler(BaseHTTPRequestHandler):
    """Answers one client."""

    timeout = SECONDS
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """Answers with a picture, or says what an address must look like."""
        address = urlsplit(self.path)
        if address.path == "/health":
            self.answer(HTTPStatus.OK, "text/plain", b"ready\n")
        elif address.path == "/image":
            self.draw(address.query)
        else:
            self.answer(HTTPStatus.NOT_FOUND, "text/plain", b"try /image?seed=7\n")

    def draw(self, query):
        """Answers with the picture that a query asks for."""
        try:
            file = draw(self.server.generator, **arguments_of(query))
        except ValueError as error:  # those of keras_gan are one clear line
            self.answer(HTTPStatus.BAD_REQUEST, "text/plain", f"{error}\n".encode())
        else:
            self.answer(HTTPStatus.OK, "image/png", file)

    def answer(self, status, kind, content):
        """Sends an answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def main():
    """Serves a file until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="0 for any that is free")
    given = parser.parse_args()
    # Requests are drawn in threads of their own, each with one core.
    generator = runtime.load(given.file, threads=1)
    draw(generator, 0, None if generator.num_classes is None else 0)  # fails early
    with ThreadingHTTPServer((given.host, given.port), Handler) as server:
        server.generator = generator
        print(f"http://{given.host}:{server.server_port}/image?seed=7", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
