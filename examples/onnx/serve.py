"""Answers GET /image?seed=7 with a picture that an exported .onnx file draws.

It needs what requirements.txt beside it lists, and no TensorFlow. A seed is always the
same picture, a PNG file with transparency where the pictures have it. The file says in
its text "Source" that it is synthetic. `label` asks for a class and `truncation`, in
(0, 1], for more typical pictures. GET / tells how to ask, and GET /health answers 200
when the generator is ready.

Usage: python serve.py FILE.onnx [--host 127.0.0.1] [--port 8080]
"""

import argparse
import re
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


def refuse(message):
    """Ends the program with one line on standard error, and the exit code 2."""
    print(f"serve.py: {message}", file=sys.stderr)
    sys.exit(2)


try:
    from keras_gan import plotting
    from keras_gan.export import runtime
except ImportError as error:
    refuse(
        f"{sys.executable} has no {error.name}; start the Python of the environment "
        "into which examples/onnx/requirements.txt and keras_gan were installed."
    )

SECONDS = 10  # that a client may take for its request
PAGE = """<!doctype html>
<meta charset="utf-8">
<title>Pictures by seed</title>
<p><img src="image?seed=7" alt="The picture of seed 7">
<p><a href="image?seed=7">/image?seed=7</a> is a PNG file, synthetic. A seed is always
the same picture. """


def draw(generator, seed, label=None, truncation=None):
    """Returns the PNG file of a seed.

    Raises:
        ValueError: If the generator draws no pictures.
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


def usage(num_classes):
    """Returns the words for how a picture is asked for."""
    label = "" if num_classes is None else f" label=0 to label={num_classes - 1} and"
    return f"ask for /image?seed=7, and perhaps{label} truncation=0.7, each once"


def arguments_of(query, num_classes):
    """Returns the arguments of `draw` in the query of an address.

    Raises:
        ValueError: If one is unknown, twice there, or not what it must be.
    """
    given = dict(parse_qsl(query, keep_blank_values=True))
    if "label" in given and num_classes is None:
        raise ValueError("this generator has no classes; leave label out")
    known = {"seed", "label", "truncation"}
    if "seed" not in given or set(given) - known or query.count("=") != len(given):
        raise ValueError(usage(num_classes))
    found = {"seed": whole(given["seed"], "seed", -(2**63), 2**63 - 1)}
    if "label" in given:
        found["label"] = whole(given["label"], "label", 0, num_classes - 1)
    if "truncation" in given:
        found["truncation"] = fraction(given["truncation"], "truncation")
    return found


def whole(text, name, low, high):
    """Returns the whole number that a text holds."""
    if not re.fullmatch("-?[0-9]{1,19}", text) or not low <= int(text) <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}")
    return int(text)


def fraction(text, name):
    """Returns the number in (0, 1] that a text holds."""
    if not re.fullmatch("[0-9]*[.]?[0-9]+", text) or not 0 < float(text) <= 1:
        raise ValueError(f"{name} must be a number above 0 and at most 1, such as 0.7")
    return float(text)


class Handler(BaseHTTPRequestHandler):
    """Answers one client."""

    timeout = SECONDS
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """Answers with a picture, or says how one is asked for."""
        address = urlsplit(self.path)
        generator = self.server.generator
        if address.path == "/health":
            self.say(HTTPStatus.OK, "ready")
        elif address.path == "/image":
            try:
                arguments = arguments_of(address.query, generator.num_classes)
            except ValueError as error:
                self.say(HTTPStatus.BAD_REQUEST, error)
            else:
                self.answer(HTTPStatus.OK, "image/png", draw(generator, **arguments))
        elif address.path == "/":
            page = f"{PAGE}You can {usage(generator.num_classes)}.\n"
            self.answer(HTTPStatus.OK, "text/html", page.encode())
        else:
            self.say(HTTPStatus.NOT_FOUND, usage(generator.num_classes))

    def send_error(self, code, message=None, explain=None):
        """Answers in one line to what is no GET, and reads no more of it."""
        self.close_connection = True
        if code == HTTPStatus.NOT_IMPLEMENTED:
            self.say(HTTPStatus.METHOD_NOT_ALLOWED, "only GET is answered")
        else:
            self.say(code, HTTPStatus(code).phrase)

    def say(self, status, line):
        """Sends one line of text."""
        self.answer(status, "text/plain", f"{line}\n".encode())

    def answer(self, status, kind, content):
        """Sends an answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET")
        self.end_headers()
        self.wfile.write(content)


def main():
    """Serves a file until Ctrl-C."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("file", help="what `keras-gan export onnx RUN FILE` wrote")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=8080, help="0 for any that is free")
    given = parser.parse_args()
    try:
        # Requests are drawn in threads of their own, each with one core.
        generator = runtime.load(given.file, threads=1)
        draw(generator, 0, None if generator.num_classes is None else 0)  # fails early
    except (ValueError, ImportError) as error:  # those of keras_gan are one clear line
        refuse(error)
    try:
        server = ThreadingHTTPServer((given.host, given.port), Handler)
    except (OSError, OverflowError) as error:
        refuse(
            f"port {given.port} of {given.host} cannot be used ({error}); give another "
            "with --port, or 0 for any that is free."
        )
    with server:
        server.generator = generator
        print(f"http://{given.host}:{server.server_port}/image?seed=7", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
