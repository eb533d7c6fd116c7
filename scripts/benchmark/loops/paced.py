"""The other end of a pacer: a process that trains when it is told to."""

import json
import subprocess


class Paced:
    """A process whose loop tells a `Pacer` of its steps.

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
