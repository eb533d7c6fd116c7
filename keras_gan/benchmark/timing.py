"""Times how fast artifacts draw, side by side.

Every artifact runs in a process of its own, with as many threads as it is given, and
the processes take turns: round after round each draws a few batches of each size. So
other load on the machine slows all alike, and the waiting threads, memory and settings
of one runtime do not disturb another.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

from keras_gan._checks import InputError, one_line
from keras_gan._process import module_process

_PROGRAM = "keras_gan.benchmark.worker"
_FEWEST_CALLS, _MOST_CALLS = 1, 100
_SECONDS_A_TURN = 0.1


@dataclass(frozen=True)
class Timing:
    """The times of one artifact with one batch size and number of threads.

    Attributes:
        artifact: Its path.
        kind: "keras", "saved_model", "onnx" or "litert".
        threads: The CPU threads it was given.
        batch_size: The images of a call.
        calls: The number of calls that were timed.
        p50_ms: The median time of a call in milliseconds; p95 and p99 likewise.
        p95_ms: 95 of 100 calls took no longer.
        p99_ms: 99 of 100 calls took no longer.
        images_per_second: Images by the median time.
    """

    artifact: str
    kind: str
    threads: int
    batch_size: int
    calls: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    images_per_second: float

    def to_dict(self) -> dict[str, Any]:
        """Returns the attributes in values that JSON can hold."""
        return asdict(self)


class Worker:
    """A process that draws from one artifact.

    Args:
        artifact: A run, a `.keras`, `.onnx` or `.tflite` file, or a SavedModel folder.
        threads: The number of CPU threads of the process.

    Raises:
        ValueError: If the artifact cannot be opened; the message names it.
    """

    def __init__(self, artifact: Path, threads: int) -> None:
        self.artifact = artifact
        self.threads = threads
        program = module_process(_PROGRAM, str(artifact), str(threads))
        self._errors = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            **program,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._calls: dict[int, int] = {}
        try:
            self.kind = self._answer()["kind"]
        except BaseException:
            self.close()
            raise

    def draw(self, batch_size: int, calls: int | None = None) -> list[float]:
        """Draws and returns the seconds of each call.

        Args:
            batch_size: The images of a call.
            calls: The number of calls; None for as many as fit a turn, as the warm-up
                found.
        """
        if calls is None:
            calls = self._calls[batch_size]
        stdin = cast(IO[str], self._process.stdin)
        stdin.write(json.dumps({"batch_size": batch_size, "calls": calls}) + "\n")
        stdin.flush()
        return self._answer()["seconds"]

    def warm_up(self, batch_size: int) -> None:
        """Draws until no call traces or allocates; then sets the calls of a turn."""
        self.draw(batch_size, 2)
        usual = float(np.median(self.draw(batch_size, 3)))
        fitting = round(_SECONDS_A_TURN / max(usual, 1e-6))
        self._calls[batch_size] = min(max(fitting, _FEWEST_CALLS), _MOST_CALLS)

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def _answer(self) -> dict[str, Any]:
        """Returns the next answer of the process."""
        line = cast(IO[str], self._process.stdout).readline()
        answer = json.loads(line) if line else {}
        if "error" in answer:
            raise InputError(answer["error"])
        if not answer:
            raise InputError(
                f"'{self.artifact}': the process that ran it ended"
                f"{self._last_words()}; there may be too little memory for the batch, "
                "or the file may be damaged."
            )
        return answer

    def _last_words(self) -> str:
        """Returns the last line of the errors of the process in brackets, or ""."""
        self._process.wait()
        self._errors.seek(0)
        lines = [line for line in self._errors.read().splitlines() if line.strip()]
        return f" ({one_line(lines[-1])})" if lines else ""


def run_benchmark(
    artifacts: Sequence[Path],
    *,
    batch_sizes: Sequence[int],
    threads: Sequence[int],
    rounds: int,
) -> list[Timing]:
    """Times artifacts in alternating rounds.

    Args:
        artifacts: Runs, `.keras`, `.onnx` and `.tflite` files, SavedModel folders.
        batch_sizes: The images of a call, each in turn.
        threads: The CPU threads of each process, each in turn.
        rounds: The number of turns of each artifact.

    Returns:
        A timing for each number of threads, batch size and artifact, in that order.

    Raises:
        ValueError: If an artifact cannot be opened.
    """
    timings = []
    for count in threads:
        workers: list[Worker] = []
        try:
            for artifact in artifacts:
                workers.append(Worker(artifact, count))
            for size in batch_sizes:
                timings += _time_batch(workers, size, rounds)
        finally:
            for worker in workers:
                worker.close()
    return timings


def _time_batch(workers: list[Worker], size: int, rounds: int) -> list[Timing]:
    """Times all artifacts with one batch size."""
    for worker in workers:
        worker.warm_up(size)
    seconds: list[list[float]] = [[] for _ in workers]
    for number in range(rounds):
        order = list(zip(workers, seconds, strict=True))
        # Backwards every other round, so that no artifact always follows the same one.
        for worker, times in order[:: -1 if number % 2 else 1]:
            times += worker.draw(size)
    return [
        _timing(worker, size, times)
        for worker, times in zip(workers, seconds, strict=True)
    ]


def _timing(worker: Worker, size: int, seconds: list[float]) -> Timing:
    p50, p95, p99 = np.percentile(seconds, (50, 95, 99))
    return Timing(
        artifact=str(worker.artifact),
        kind=worker.kind,
        threads=worker.threads,
        batch_size=size,
        calls=len(seconds),
        p50_ms=round(1e3 * float(p50), 4),
        p95_ms=round(1e3 * float(p95), 4),
        p99_ms=round(1e3 * float(p99), 4),
        images_per_second=round(size / float(p50), 1),
    )
