"""Runs benchmarks side by side, in processes that take turns."""

import json
import os
import subprocess
import sys
from pathlib import Path

LOOPS_FOLDER = Path(__file__).with_name("loops")
sys.path.insert(0, str(LOOPS_FOLDER))


def environment(*, onednn):
    """Returns the environment for TensorFlow with oneDNN, or without it."""
    variables = {"TF_CPP_MIN_LOG_LEVEL": "3"} | os.environ
    return variables | {"TF_ENABLE_ONEDNN_OPTS": "1" if onednn else "0"}


class Paced:
    """A process that trains on request; its loop reports its steps to a `Pacer`.

    Args:
        command: The command of the process.
        environment: The environment of the process.
    """

    def __init__(self, command, environment):
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def train(self, steps):
        """Does a number of steps; returns their seconds."""
        self.begin(steps)
        return self.answer()

    def begin(self, steps):
        """Starts a number of steps; `answer` waits for their end."""
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()

    def answer(self):
        """Waits for the next answer of the process, and returns it."""
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("it cannot run")
        return json.loads(line)

    def close(self):
        self.process.kill()
        self.process.communicate()


class Loop(Paced):
    """A process that runs a script of the folder `loops`, ready for its first turn.

    Args:
        script: The name of the script; it answers with a `Pacer`.
        *arguments: The arguments of the script.
        onednn: Whether its TensorFlow computes with oneDNN.
    """

    def __init__(self, script, *arguments, onednn=False):
        command = [sys.executable, str(LOOPS_FOLDER / script), *arguments]
        super().__init__(command, environment(onednn=onednn))
        self.answer()

    def peak_memory(self):
        """Returns the largest resident memory so far, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def turns(names, rounds):
    """Yields every name in each round, in reverse order in every second round."""
    for number in range(rounds):
        yield from list(names)[:: -1 if number % 2 else 1]


def take_turns(loops, steps, rounds):
    """Returns each loop's milliseconds of a step, one per round; closes the loops."""
    times = {name: [] for name in loops}
    try:
        for name in turns(loops, rounds):
            times[name].append(1e3 * loops[name].train(steps) / steps)
    finally:
        for loop in loops.values():
            loop.close()
    return times
