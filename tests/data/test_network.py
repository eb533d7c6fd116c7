"""The quick answer to whether there is a network."""

import threading
import time
import urllib.error
import urllib.request

import pytest

from keras_gan.data import internet_access


class Response:
    def close(self):
        pass


def opener(answers):
    """Stands in for `urlopen`: an answer or an error for each host."""

    def open_url(request, timeout):
        answer = answers[request.host]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return open_url


FORBIDDEN = urllib.error.HTTPError("https://a/", 403, "Forbidden", None, None)
NO_ROUTE = urllib.error.URLError("no route to host")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"a": Response()}, True),
        ({"a": FORBIDDEN}, True),
        ({"a": NO_ROUTE}, False),
        ({"a": OSError("Tunnel connection failed: 403 Forbidden")}, False),
        ({"a": NO_ROUTE, "b": Response()}, True),
        ({"a": NO_ROUTE, "b": NO_ROUTE}, False),
        ({}, False),
    ],
)
def test_one_host_that_answers_is_enough(monkeypatch, answers, expected):
    monkeypatch.setattr(urllib.request, "urlopen", opener(answers))
    assert internet_access.any_answers(answers) is expected


def test_a_host_that_hangs_is_given_up(monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(
        urllib.request, "urlopen", lambda request, timeout: release.wait(60)
    )
    start = time.monotonic()
    assert internet_access.any_answers(["a", "b"], timeout=0.2) is False
    assert time.monotonic() - start < 5
    release.set()
