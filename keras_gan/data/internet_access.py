"""Finds out within seconds whether hosts can be reached; downloaders take minutes."""

from __future__ import annotations

import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable


def any_answers(hosts: Iterable[str], timeout: float = 5.0) -> bool:
    """Returns whether a host answers over HTTPS, through the proxies that are set.

    Args:
        hosts: Host names.
        timeout: Seconds to wait in all, slow name servers included.
    """
    answers: queue.Queue[bool] = queue.Queue()
    waiting = set(hosts)
    for host in waiting:
        # A look-up of a name takes no timeout, so it runs in a thread. A daemon thread
        # that hangs does not delay the end of the program.
        threading.Thread(
            target=lambda host=host: answers.put(_answers(host, timeout)), daemon=True
        ).start()
    deadline = time.monotonic() + timeout
    for _ in waiting:
        try:
            if answers.get(timeout=max(0.0, deadline - time.monotonic())):
                return True
        except queue.Empty:
            return False
    return False


def _answers(host: str, timeout: float) -> bool:
    request = urllib.request.Request(f"https://{host}/", method="HEAD")
    try:
        urllib.request.urlopen(request, timeout=timeout).close()
    except urllib.error.HTTPError:
        return True  # the host refuses this page, so it can be reached
    except Exception:  # no route, no name, a proxy that refuses, a bad certificate
        return False
    return True
