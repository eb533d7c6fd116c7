"""Lets a training loop run a number of steps each time that it is told to."""

import json
import os
import sys
import time


class Pacer:
    """What a loop tells of each step; it waits there while others have their turn.

    Reads numbers of steps from the standard input and answers each with a line of
    JSON, the seconds that they took. What else the process prints goes elsewhere.
    """

    def __init__(self):
        self._answers = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)
        self._left = 0
        self._started = 0.0

    def begin(self):
        """Waits for the first turn, once all is made."""
        self._answer("ready")
        self._wait()

    def step(self, steps=1):
        """Counts training steps that are done."""
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
