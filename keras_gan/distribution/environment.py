"""Tells on what machine, and with which settings and versions, something runs."""

from __future__ import annotations

import contextlib
import datetime
import importlib
import importlib.metadata
import os
import platform
from pathlib import Path
from typing import Any

import tensorflow as tf

from keras_gan._version import __version__

_PACKAGES = ("tensorflow", "keras", "numpy")
_ROOT = Path(__file__).parents[2]


def versions() -> dict[str, str]:
    """Returns the versions of the package, of Python and of what computes."""
    return {
        "keras_gan": __version__,
        "python": platform.python_version(),
        **{package: importlib.metadata.version(package) for package in _PACKAGES},
    }


def environment(strategy: tf.distribute.Strategy) -> dict[str, Any]:
    """Returns the facts about this machine that a paper states.

    It names no user, no host and no path.

    Args:
        strategy: The strategy of the training.

    Returns:
        The date, the processor, its cores and the memory, the GPUs, the operating
        system, settings of TensorFlow, the strategy, the versions and, of a clone of
        the package, the commit. What cannot be told is None.
    """
    gpus = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "cpu": _processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "memory_gib": _memory(),
        "gpus": [str(each.get("device_name", "unknown")) for each in details],
        "os": f"{platform.system()} {platform.release()} {platform.machine()}",
        "onednn": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "default"),
        "deterministic": _is_deterministic(),
        "strategy": _name_of(strategy),
        "replicas": strategy.num_replicas_in_sync,
        "commit": _commit(),
        "versions": versions(),
    }


def with_environment(
    entries: list[dict[str, Any]], entry: dict[str, Any]
) -> list[dict[str, Any]]:
    """Returns the environments of a run with one more, if it is another than the last.

    Args:
        entries: Those of the earlier starts.
        entry: That of this start. Another date alone is no other environment.
    """
    undated = [{**each, "date": None} for each in (*entries[-1:], entry)]
    return entries if undated[0] == undated[-1] and entries else [*entries, entry]


def _processor() -> str | None:
    """Returns the name of the processor."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or None


def _memory() -> float | None:
    """Returns the memory in GiB."""
    try:
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    return round(pages / 2**30, 1)


def _is_deterministic() -> bool | None:
    """Returns whether operations are deterministic; None if TensorFlow does not tell.

    TensorFlow has a public function to set it, and only a private one to ask.
    """
    try:
        config = importlib.import_module("tensorflow.python.framework.config")
        return bool(config.is_op_determinism_enabled())
    except (ImportError, AttributeError):
        return None


def _commit() -> str | None:
    """Returns the commit of a clone of the package; None if it is installed."""
    git = _ROOT / ".git"
    try:
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        if (git / name).is_file():
            return (git / name).read_text(encoding="utf-8").strip()
        packed = (git / "packed-refs").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((line.split()[0] for line in packed if line.endswith(f" {name}")), None)


def _name_of(strategy: tf.distribute.Strategy) -> str:
    """Returns the class of a strategy; "none" of TensorFlow's default."""
    name = type(strategy).__name__
    return "none" if name.startswith("_Default") else name
