"""Trains a workload with one loop on request: `worker.py LOOP WORKLOAD`."""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from pacer import Pacer
from workloads import WORKLOADS


def main():
    name, work = sys.argv[1], WORKLOADS[sys.argv[2]]
    pacer = Pacer()
    if name.startswith("torch"):
        import torch_loop as loops
    else:
        import keras_gan  # noqa: F401 - before TensorFlow, as in a user's script

        # isort: split
        import keras_loops as loops
    getattr(loops, name)(work, pacer)


if __name__ == "__main__":
    main()
