"""The processes in which benchmarks run side by side."""

import json
import os
import subprocess
import sys
from pathlib import Path

LOOPS_FOLDER = Path(__file__).with_name("loops")
sys.path.insert(0, str(LOOPS_FOLDER))


def environment(*, onednn):
    """That of a process whose TensorFlow computes with oneDNN, or as it comes."""
    variables = dict(os.environ)
    variables.pop("TF_ENABLE_ONEDNN_OPTS", None)
    variables.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    return variables | ({"TF_ENABLE_ONEDNN_OPTS": "1"} if onednn else {})


class Paced:
    """A process that trains when told to, whose loop tells a `Pacer` of its steps.

    Args:
        command: What to run.
        environment: Its environment.
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
        """Returns the seconds of so many steps."""
        self.begin(steps)
        return self.answer()

    def begin(self, steps):
        """Lets it do so many steps; `answer` waits for their end."""
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()

    def answer(self):
        """What the process says next."""
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("it cannot run")
        return json.loads(line)

    def close(self):
        self.process.kill()
        self.process.communicate()


class Loop(Paced):
    """A script of the folder `loops`, once it is ready.

    Args:
        script: The script; it answers by a `Pacer`.
        *arguments: The script's.
        onednn: Whether its TensorFlow computes with oneDNN.
    """

    def __init__(self, script, *arguments, onednn=False):
        command = [sys.executable, str(LOOPS_FOLDER / script), *arguments]
        super().__init__(command, environment(onednn=onednn))
        self.answer()

    def peak_memory(self):
        """The most that was resident so far, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def turns(names, rounds):
    """Each name in each round, backwards every other, so that its neighbours vary."""
    for number in range(rounds):
        yield from list(names)[:: -1 if number % 2 else 1]


def take_turns(loops, steps, rounds):
    """Milliseconds of a step of each loop, one for each round; closes the loops."""
    times = {name: [] for name in loops}
    try:
        for name in turns(loops, rounds):
            times[name].append(1e3 * loops[name].train(steps) / steps)
    finally:
        for loop in loops.values():
            loop.close()
    return times
