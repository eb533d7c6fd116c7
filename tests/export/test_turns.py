"""Exporters to one place take turns, and clear up after those that were killed."""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
from harness.commands import invoke
from harness.gans import dense_gan

from keras_gan import _files, export
from keras_gan._checks import InputError

HOLDER = """
import sys, time
from pathlib import Path
from keras_gan._files import atomic_path, taking_turns
base, seconds = Path(sys.argv[1]), float(sys.argv[2])
name = sys.argv[3] if len(sys.argv) > 3 else None
with taking_turns(base, name), atomic_path(base / (name or "1")) as path:
    path.mkdir()
    print("ready", flush=True)
    time.sleep(seconds)
"""


@pytest.fixture
def hold():
    """Starts another process that writes into a folder for some seconds."""
    started = []

    def start(base, seconds, *name):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, base, str(seconds), *name],
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_second_exporter_waits_and_takes_the_next_version(tmp_path, hold):
    base = tmp_path / "digits"
    other = hold(base, 2.0)
    assert int((base / ".export.lock").read_text()) == other.pid
    folder = export.save_saved_model(dense_gan((8, 8, 1)), base)
    assert other.wait(1) == 0
    assert folder == base / "2"
    assert sorted(path.name for path in base.iterdir()) == ["1", "2"]


def test_the_lock_and_the_rest_of_a_killed_exporter_are_taken_over(tmp_path, hold):
    base = tmp_path / "digits"
    for name in ((), ("g.onnx",)):
        other = hold(base, 60.0, *name)
        other.send_signal(signal.SIGKILL)
        other.wait()
    (base / ".7.a_b0c1d2.tmp").symlink_to(tmp_path)
    kept = {"README", ".7.a_b0c1d2.tmp", ".notes.tmp"}
    (base / "README").touch()
    (base / ".notes.tmp").mkdir()
    assert len(list(base.glob(".*.tmp"))) == 4
    start = time.monotonic()
    with _files.taking_turns(base), _files.taking_turns(base, "g.onnx"):
        assert time.monotonic() - start < 1.0
        left = {path.name for path in base.iterdir()}
        assert left == kept | {".export.lock", ".g.onnx.lock"}
    assert {path.name for path in base.iterdir()} == kept
    assert base.exists()


def test_no_two_hold_a_lock_at_once(tmp_path):
    inside, most, done = [], [], []

    def work():
        for _ in range(20):
            with _files.taking_turns(tmp_path):
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.001)
                inside.pop()
        done.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(done) == 4
    assert max(most) == 1
    assert list(tmp_path.iterdir()) == []


def test_who_waits_too_long_is_told_for_whom(tmp_path, hold, monkeypatch):
    monkeypatch.setattr(_files, "_LONGEST_TURN", 0.1)
    other = hold(tmp_path, 60.0)
    with (
        pytest.raises(OSError, match=f"process {other.pid} still writes here"),
        _files.taking_turns(tmp_path),
    ):
        pass
    assert (tmp_path / ".export.lock").exists()


@pytest.mark.parametrize("kind", ["pipe", "link", "hard link", "folder"])
def test_a_lock_that_is_no_file_of_its_own_is_refused(tmp_path, kind):
    victim, lock = tmp_path / "victim", tmp_path / "base" / ".export.lock"
    lock.parent.mkdir()
    victim.write_text("precious")
    make = {
        "pipe": lambda: os.mkfifo(lock),
        "link": lambda: lock.symlink_to(victim),
        "hard link": lambda: os.link(victim, lock),
        "folder": lock.mkdir,
    }
    make[kind]()
    with (
        pytest.raises(OSError, match=str(lock)) as caught,
        _files.taking_turns(lock.parent),
    ):
        pass
    assert caught.value.filename == str(lock)
    assert victim.read_text() == "precious"


@contextlib.contextmanager
def largest_file(size):
    """Sets the size at which the system refuses to write on, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("kind", "size"),
    [("saved-model", 100), ("saved-model", 5000), ("onnx", 1000), ("onnx", 5000)],
)
def test_a_full_disk_ends_an_export_in_one_line(tmp_path, kind, size):
    dense_gan((8, 8, 1)).save(tmp_path / "gan.keras")
    place = tmp_path / "out" / "g.onnx"
    with largest_file(size):
        result = invoke("export", kind, tmp_path / "gan.keras", place)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(f"keras-gan: '{place}"), result.stderr
    assert result.stderr.count("\n") == 1
    assert "File too large" in result.stderr
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


def test_what_cannot_be_copied_is_an_error_of_the_system_that_names_a_file():
    with (
        pytest.raises(OSError, match="No space left") as caught,
        _files.named_errors("page"),
    ):
        raise shutil.Error([("a", "b", "[Errno 28] No space left on device: 'b'")])
    assert caught.value.filename == "page"


def test_a_version_that_was_taken_meanwhile_is_refused(tmp_path, hold):
    base = tmp_path / "digits"
    hold(base, 1.5)
    with pytest.raises(InputError, match="`version=1` exists"):
        export.save_saved_model(dense_gan((8, 8, 1)), base, version=1)
