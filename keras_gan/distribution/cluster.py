"""Names the workers of a cluster, and looks whether their processes are there."""

from __future__ import annotations

import os
import re
import socket

import tensorflow as tf

Task = tuple[str, int]
"""The type and the index of a worker, as TF_CONFIG has them."""

_TASK = re.compile(r"/job:(\w+)/(?:replica:\d+/)?task:(\d+)")
_SECONDS_TO_CONNECT = 2.0


def tasks_of(strategy: tf.distribute.Strategy) -> dict[Task, str]:
    """Returns the addresses of all workers; none where one process trains alone."""
    resolver = strategy.cluster_resolver
    # One process drives all hosts of a TPU, though its resolver names them.
    if isinstance(resolver, tf.distribute.cluster_resolver.TPUClusterResolver):
        return {}
    if resolver is None or not resolver.task_type:
        return {}
    return tasks_in(resolver.cluster_spec())


def tasks_in(cluster: tf.train.ClusterSpec) -> dict[Task, str]:
    """Returns the addresses of the workers of a cluster, the chief's first."""
    jobs = [job for job in ("chief", "worker") if job in cluster.jobs]
    return {
        (job, index): cluster.task_address(job, index)
        for job in jobs
        for index in cluster.task_indices(job)
    }


def describe(lost: list[Task], tasks: dict[Task, str]) -> str:
    """Returns the names of workers: "worker 1 of 2 (host-b:12345)"."""
    names = [
        f"{job} {index} of {len(tasks)} ({tasks[job, index]})" for job, index in lost
    ]
    return " and ".join(names)


def named_in(text: str, tasks: dict[Task, str], own: Task) -> list[Task]:
    """Returns the other workers that an error of TensorFlow's is about.

    Args:
        text: The message of the error.
        tasks: All workers.
        own: This worker.
    """
    listed = text.partition("timed out task names:")[2] or text
    found = {(job, int(index)) for job, index in _TASK.findall(listed)}
    return [task for task in tasks if task in found and task != own]


def has_ended(address: str) -> bool:
    """Returns whether the machine of a worker answers that no process listens there.

    False if the machine does not answer either.
    """
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection(
            (host.strip("[]"), int(port)), _SECONDS_TO_CONNECT
        ).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return False


def hold_connections(tasks: dict[Task, str], seconds: float) -> None:
    """Lets connections between workers live without an answer for so many seconds.

    gRPC lets the kernel end them after 20 s, and has no setting for it that TensorFlow
    would pass on. Other connections stay as they are.

    Args:
        tasks: The addresses of all workers.
        seconds: The time from the first message that is not answered.
    """
    ports = {int(address.rpartition(":")[2]) for address in tasks.values()}
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is None or not os.path.isdir("/proc/self/fd"):  # Linux has both
        return
    for name in os.listdir("/proc/self/fd"):
        try:
            end = socket.socket(fileno=int(name))
        except OSError:  # a file
            continue
        try:
            if {end.getsockname()[1], end.getpeername()[1]} & ports:
                end.setsockopt(socket.IPPROTO_TCP, option, int(1e3 * seconds))
        except (OSError, IndexError, TypeError):  # a socket without a port or a peer
            continue
        finally:
            end.detach()  # it stays open
