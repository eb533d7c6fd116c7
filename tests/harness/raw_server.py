"""A server on loopback that answers HTTP requests with the bytes that it is given."""

import contextlib
import json
import socket
import threading


def http(body, status="200 OK", headers=()):
    """The bytes of an answer; what is no bytes becomes JSON."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + body


class RawServer:
    """Answers GET and POST, each connection once, then closes it.

    Attributes:
        get, post: The bytes of the answers, or functions of the connected socket.
        tls: A context of `ssl`; None for plain HTTP.
        sent: How many bytes `send` has sent.
    """

    def __init__(self, get=b"", post=b"", tls=None):
        self.get, self.post, self.sent = get, post, 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        if tls is not None:
            self._listening = tls.wrap_socket(self._listening, server_side=True)
        self.port = self._listening.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def send(self, connected, content):
        connected.sendall(content)
        self.sent += len(content)

    def close(self):
        self._listening.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connected, _ = self._listening.accept()
                threading.Thread(
                    target=self._answer, args=(connected,), daemon=True
                ).start()

    def _answer(self, connected):
        with contextlib.suppress(OSError), connected:
            request = b""
            while not _is_whole(request):
                part = connected.recv(1 << 16)
                if not part:
                    return
                request += part
            answer = self.get if request.startswith(b"GET") else self.post
            if callable(answer):
                answer(connected)
            else:
                connected.sendall(answer)
            connected.shutdown(socket.SHUT_RDWR)


def _is_whole(request):
    head, end, body = request.partition(b"\r\n\r\n")
    lengths = [
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    ]
    return bool(end) and len(body) >= sum(lengths)
