"""Runs benchmarks side by side, in processes that take turns on quiet cores."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

LOOPS_FOLDER = Path(__file__).with_name("loops")
sys.path.insert(0, str(LOOPS_FOLDER))


# How much of one core other programs may take during a turn, how long a turn waits for
# that, and how often it may be tried again.
QUIET, WAIT_SECONDS, TRIES = 0.1, 10, 12


def environment(*, onednn):
    """Returns the environment for TensorFlow with oneDNN, or without it.

    Args:
        onednn: Whether to use it; None leaves that to what is imported first.
    """
    variables = {"TF_CPP_MIN_LOG_LEVEL": "3"} | os.environ
    if onednn is None:
        variables.pop("TF_ENABLE_ONEDNN_OPTS", None)
        return variables
    return variables | {"TF_ENABLE_ONEDNN_OPTS": "1" if onednn else "0"}


def busy_seconds():
    """Returns the seconds that all cores have worked, also for other guests."""
    # The fields 3 and 4 are idle times; from 8 on they are parts of earlier ones.
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    ticks = [int(field) for place, field in enumerate(fields) if place not in (3, 4)]
    return sum(ticks) / os.sysconf("SC_CLK_TCK")


def own_seconds(processes):
    """Returns the seconds that processes have worked, with threads and children."""
    ticks = 0
    for process in processes:
        text = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2]
        ticks += sum(map(int, text.split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def quiet_turn(loop, steps):
    """Lets a loop do some steps while nothing else works; returns their seconds.

    A turn in which other programs worked is not counted, but done again.

    Raises:
        SystemExit: If other programs go on working.
    """
    for _ in range(TRIES):
        started, before = time.perf_counter(), busy_seconds()
        own = own_seconds(loop.processes)
        seconds = loop.train(steps)
        own = own_seconds(loop.processes) - own
        others = busy_seconds() - before - own
        share = others / (time.perf_counter() - started)
        if share <= QUIET or others < 0.05:
            return seconds
        time.sleep(WAIT_SECONDS)
    raise SystemExit(
        f"other programs take {share:.0%} of a core; end them, then run this again"
    )


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
        self.processes = [self.process]

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
        onednn: Whether its TensorFlow computes with oneDNN; see `environment`.
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
            times[name].append(1e3 * quiet_turn(loops[name], steps) / steps)
    finally:
        for loop in loops.values():
            loop.close()
    return times
