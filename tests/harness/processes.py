"""Starts functions in processes of their own: trainings to be killed, workers.

A process forks from a server that has imported TensorFlow and Keras alone and has never
used them, so that it begins as a new Python does, and seconds sooner. `new_python`
begins one from nothing, with another hash seed.
"""

import multiprocessing
import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

from launch_local_workers import environments

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tensorflow", "keras"])
_NEW = multiprocessing.get_context("spawn")


class Started:
    """A process that calls one function, its error output, and what it returned."""

    def __init__(self, function, *arguments, environment=None, new_python=False):
        self._folder = Path(tempfile.mkdtemp())
        self._process = (_NEW if new_python else _FORKS).Process(
            target=_call,
            args=(function, arguments, environment or {}, self._folder),
            daemon=True,
        )
        self._process.start()

    @property
    def runs(self):
        return self._process.is_alive()

    @property
    def errors(self):
        path = self._folder / "errors.txt"
        return path.read_text() if path.is_file() else ""

    def send(self, signal):
        """Sends a signal, such as SIGSTOP."""
        os.kill(self._process.pid, signal)

    def exit_code(self, timeout=200):
        """Waits for the end; None if it runs longer."""
        self._process.join(timeout)
        return self._process.exitcode

    def kill(self):
        """Sends SIGKILL, and waits for the end."""
        self._process.kill()
        self._process.join()

    def result(self, timeout=200):
        """Waits for the end; fails unless the function returned."""
        self._process.join(timeout)
        try:
            assert self._process.exitcode == 0, self.errors[-3000:]
        finally:
            self.kill()
        result = self._folder / "result.pickle"
        # A command ends by `sys.exit(0)`.
        return pickle.loads(result.read_bytes()) if result.is_file() else None


def start_workers(function, *arguments, environments_of=({}, {}), **options):
    """Starts the function in workers of one training, which TF_CONFIG tells so.

    Args:
        function: What each worker calls.
        *arguments: What it is called with.
        environments_of: What differs in the environment of each worker.
        **options: See `Started`.
    """
    return [
        Started(
            function,
            *arguments,
            environment={"TF_CONFIG": each["TF_CONFIG"], **own},
            **options,
        )
        for each, own in zip(
            environments(len(environments_of)), environments_of, strict=True
        )
    ]


def results_of(processes, timeout=200):
    """Waits for all of them; when one fails, the others are ended."""
    try:
        return [process.result(timeout) for process in processes]
    finally:
        for process in processes:
            process.kill()


def execute(code, folder):
    """Runs a program in a folder, as `python -c` does."""
    os.chdir(folder)
    sys.argv = ["-c"]
    sys.path.insert(0, "")
    exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})


def run_code(code, folder, environment):
    """Runs a program in a folder, in a process like a new Python."""
    Started(execute, code, folder, environment=environment).result(timeout=900)


def run_command(arguments, folder, environment):
    """Runs `keras-gan` with those arguments, in a process like a new Python."""
    Started(command, arguments, folder, environment=environment).result(timeout=900)


def run_python(code, *arguments, **options):
    """Runs code in a new Python; returns what it prints, if it ends well."""
    result = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        **{"timeout": 200} | options,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return result.stdout


def command(arguments, folder):
    """Runs `keras-gan` with those arguments in a folder."""
    from keras_gan.cli import main

    os.chdir(folder)
    sys.argv = ["keras-gan", *arguments]
    main()


def _call(function, arguments, environment, folder):
    os.environ.update(environment)
    with (folder / "errors.txt").open("w") as errors:
        os.dup2(errors.fileno(), 1)
        os.dup2(errors.fileno(), 2)
    value = function(*arguments)
    (folder / "result.pickle").write_bytes(pickle.dumps(value))
