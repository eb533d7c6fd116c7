"""What a worker finds out about the others, without a cluster."""

import functools
import os
import socket
import time
import warnings
from types import SimpleNamespace

import pytest
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan.distribution import cluster, patience, watch, workers

TASKS = {("worker", index): f"localhost:{12345 + index}" for index in range(3)}
OWN = ("worker", 0)
# As TensorFlow 2.21 says it.
UNHEALTHY = (
    "Collective ops is aborted by: Error reported from /job:worker/task:1: The "
    "following tasks are unhealthy (stopped sending heartbeats):\n"
    "/job:worker/replica:0/task:1\n"
)
NEVER_CAME = (
    "The first task at the barrier: /job:worker/replica:0/task:1. Some timed out task "
    "names:\n/job:worker/replica:0/task:2\n"
)


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def address_of(server):
    return "localhost:{1}".format(*server.getsockname())


@pytest.fixture
def watching(listener):
    tasks = {OWN: "localhost:1", ("worker", 1): address_of(listener)}
    return watch.Watch(tasks, OWN)


@pytest.mark.parametrize(("text", "index"), [(UNHEALTHY, 1), (NEVER_CAME, 2)])
def test_an_error_names_the_lost_worker(text, index):
    lost = cluster.named_in(text, TASKS, OWN)
    assert lost == [("worker", index)]
    named = f"worker {index} of 3 (localhost:{12345 + index})"
    assert cluster.describe(lost, TASKS) == named


def test_a_worker_has_ended_where_its_port_is_closed_and_not_where_nothing_answers():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = address_of(server)
        assert not cluster.has_ended(address)
    assert cluster.has_ended(address)
    assert not cluster.has_ended("no-such-host.invalid:12345")


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="this is not Linux")
def test_only_connections_between_workers_are_held(listener):
    def seconds(end):
        value = end.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        return value / 1e3

    with (
        socket.create_server(("127.0.0.1", 0)) as elsewhere,
        socket.create_connection(elsewhere.getsockname()) as other,
        socket.create_connection(listener.getsockname()) as mine,
        listener.accept()[0] as theirs,
    ):
        files = len(os.listdir("/proc/self/fd"))
        cluster.hold_connections({OWN: address_of(listener)}, 70.0)
        assert [seconds(end) for end in (mine, theirs, other)] == [70, 70, 0]
        assert len(os.listdir("/proc/self/fd")) == files
        mine.sendall(b"!")
        assert theirs.recv(1) == b"!"


def test_a_lost_worker_is_told_of_by_what_is_known(watching, listener):
    def said(waited, text="Socket closed"):
        error = tf.errors.UnavailableError(None, None, text)
        return str(watching.loss(error, waited))

    name = f"worker 1 of 2 ({address_of(listener)})"
    assert said(60.2).startswith(f"{name} has not answered for 60 s: its process")
    assert said(4.0, UNHEALTHY).startswith(f"{name} has not answered for 4 s: its")
    assert said(0.1).startswith(f"{name} has left the training, or the network")
    listener.close()
    assert said(60.2).startswith(
        f"{name} has ended; its own output says why. Start all"
    )


def test_an_exchange_with_a_worker_that_has_ended_is_aborted(
    watching, listener, monkeypatch
):
    aborted = []
    monkeypatch.setattr(watch, "abort_exchanges", aborted.append)
    monkeypatch.setattr(watch, "_LONG_SECONDS", 0.5)
    watching.began = time.monotonic()
    time.sleep(2.5)
    assert aborted == []  # the other is there
    name = f"worker 1 of 2 ({address_of(listener)})"
    listener.close()
    end = time.monotonic() + 10
    while not aborted and time.monotonic() < end:
        time.sleep(0.05)
    assert aborted == [f"{name} has ended"]


def test_a_step_that_took_very_long_is_told_of_and_counted(watching):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for step in range(1, 4):
            watching.keep(0.1 * step, step)
    with pytest.warns(UserWarning, match=r"A step took 31 s, and half .* 0.2 s: an"):
        watching.keep(31.0, 0)
    assert watching.take() == pytest.approx(
        {"step_seconds": 0.25, "slowest_step_seconds": 31.0, "waited_seconds": 30.8}
    )
    assert watching.take() == {}


def test_the_pictures_of_the_chief_are_no_stall(watching):
    other = watch.Watch(watching._tasks, ("worker", 1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for seconds, step in ((0.1, 1), (0.1, 2), (30.0, 0)):
            other.keep(seconds, step)
        with pytest.raises(UserWarning, match="A step took 30 s"):
            other.keep(30.0, 1)


def test_a_single_process_is_not_watched():
    strategy = tf.distribute.get_strategy()
    with pytest.raises(tf.errors.UnavailableError), watch.watched(strategy, 1):
        raise tf.errors.UnavailableError(None, None, "of its own")
    assert watch.step_times(strategy) == {}


@pytest.mark.parametrize("text", ["soon", "-1", "0", "nan"])
def test_a_patience_that_is_no_time_is_named(text, monkeypatch):
    monkeypatch.setenv(patience.WORKER, text)
    with pytest.raises(InputError, match=f"KERAS_GAN_WORKER_TIMEOUT must .* '{text}'"):
        patience.seconds_of(patience.WORKER)
    monkeypatch.setenv(patience.WORKER, "70")
    assert patience.seconds_of(patience.WORKER) == 70
    assert patience.seconds_of(patience.START) == 300


@pytest.mark.parametrize(("seconds", "slow"), [(0.002, False), (0.03, True)])
def test_workers_far_from_each_other_are_warned(seconds, slow, monkeypatch):
    """A sum of two workers takes two messages there and back."""
    strategy = SimpleNamespace()
    monkeypatch.setattr(workers, "worker_count", lambda strategy: 2)
    total = functools.partial(time.sleep, seconds)
    monkeypatch.setattr(workers, "_summing", lambda strategy, array: total)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        workers.warn_of_slow_messages(strategy)
    found = [str(each.message) for each in caught]
    assert len(found) == slow
    assert not slow or found[0].startswith("A message between the workers takes 15 ms")
