"""What the benchmarks have in common."""

import json
import os
import platform
import sys
from pathlib import Path

LOOPS_FOLDER = Path(__file__).with_name("loops")
sys.path.insert(0, str(LOOPS_FOLDER))

RESULTS = Path("docs/results")
IMAGES = Path("docs/images")


def environment(*, onednn):
    """That of a process whose TensorFlow computes with oneDNN, or without."""
    flag = "1" if onednn else "0"
    return os.environ | {"TF_ENABLE_ONEDNN_OPTS": flag, "TF_CPP_MIN_LOG_LEVEL": "3"}


def recorded(name):
    """What docs/results has under the name; nothing at first."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def record(name, results):
    """Writes docs/results/NAME.json."""
    results["machine"] = f"{os.cpu_count()} CPUs, {platform.machine()}"
    text = json.dumps(results, indent=1)
    (RESULTS / f"{name}.json").write_text(text + "\n")
