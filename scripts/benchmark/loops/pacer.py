"""Lets a training loop run a requested number of steps, and then wait."""

import json
import os
import sys
import time


class Pacer:
    """Counts the steps of a loop, and makes it wait while other loops have their turn.

    Reads numbers of steps from the standard input. Answers each with a line of JSON:
    the seconds that the steps took. All other output of the process goes to the
    standard error.
    """

    def __init__(self):
        self._answers = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)
        self._left = 0
        self._started = 0.0

    def begin(self):
        """Says that the loop is ready, and waits for the first turn."""
        self._answer("ready")
        self._wait()

    def step(self, steps=1):
        """Counts finished training steps; waits when the requested number is done."""
        self._left -= steps
        if self._left <= 0:
            self._answer(time.perf_counter() - self._started)
            self._wait()

    def _answer(self, content):
        print(json.dumps(content), file=self._answers, flush=True)

    def _wait(self):
        line = sys.stdin.readline()
        if not line:
            os._exit(0)  # in the middle of a training
        self._left = int(line)
        self._started = time.perf_counter()
