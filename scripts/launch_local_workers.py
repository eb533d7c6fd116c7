#!/usr/bin/env python3
r"""Runs one command as several workers of one training, on this machine.

    python scripts/launch_local_workers.py --workers 2 -- \
        keras-gan train digits --strategy multi-worker --out runs/two --resume

Each worker gets TF_CONFIG with its own index, as a cluster manager would set it. The
first worker is the chief: only the chief writes files, and its output is shown. The
output of the others goes to worker_1.log, ... When one worker fails, the others are
stopped, since they would wait for it. Run the same command again to continue from the
newest checkpoint.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

GRACE_SECONDS = 5.0


def main() -> int:
    """Runs the workers; returns 0 if all succeed, else the first other exit code."""
    arguments = parse()
    with running(arguments.command, arguments.workers, arguments.logs) as workers:
        codes: list[int | None] = [None]
        while None in codes and not any(codes):
            time.sleep(0.1)
            codes = [worker.poll() for worker in workers]
    return next((abs(code) for code in codes if code), 0)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Runs a command as several workers of one training."
    )
    parser.add_argument("--workers", type=int, default=2, help="how many; default 2")
    parser.add_argument(
        "--logs", type=Path, default=Path(), help="the folder of worker_1.log, ..."
    )
    parser.add_argument("command", nargs="+", help="after --")
    arguments = parser.parse_args()
    if arguments.workers < 1:
        parser.error("--workers must be at least 1")
    return arguments


@contextlib.contextmanager
def running(
    command: list[str], count: int, logs: Path
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Starts the workers, and stops all of them at the end."""
    workers: list[subprocess.Popen[bytes]] = []
    signal.signal(signal.SIGTERM, interrupt)
    logs.mkdir(parents=True, exist_ok=True)
    try:
        for index, environment in enumerate(environments(count)):
            if index == 0:
                workers.append(subprocess.Popen(command, env=environment))
                continue
            with (logs / f"worker_{index}.log").open("wb") as log:
                workers.append(
                    subprocess.Popen(command, env=environment, stdout=log, stderr=log)
                )
        yield workers
    finally:
        stop(workers)


def environments(count: int) -> Iterator[dict[str, str]]:
    """Yields the environment of each worker."""
    hosts = [f"localhost:{port}" for port in free_ports(count)]
    for index in range(count):
        task = {"type": "worker", "index": index}
        config = {"cluster": {"worker": hosts}, "task": task}
        yield {**os.environ, "TF_CONFIG": json.dumps(config)}


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("localhost", 0))
        return [one.getsockname()[1] for one in sockets]


def stop(workers: list[subprocess.Popen[bytes]]) -> None:
    """Asks the workers to end, and kills those that do not."""
    for worker in workers:
        worker.terminate()
    end = time.monotonic() + GRACE_SECONDS
    for worker in workers:
        try:
            worker.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


def interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
