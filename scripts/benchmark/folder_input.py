"""Times the reading of a folder of many JPEG files, beside other libraries.

    python scripts/benchmark/folder_input.py [PART …] [--count 100000] [--folder FOLDER]

Makes the files (256×256, 13 KB each) unless the folder holds them, and reads them at
64×64 in shuffled batches of 64. Without --folder they are in a temporary folder, which
is removed. --before CHECKOUT adds another version of the package. Each reader has a
process of its own. The parts are

- `start`: the time to open the folder, and to the first batch, with the files in the
  system's cache; `cold start`, without;
- `rates`: images a second, in turns, with the files in the cache;
- `pass`: memory over whole passes, the first without the cache, and over a tenth of
  the files;
- `step`: training steps on batches from the folder and on batches in memory, and a
  wait in place of a step, as if another device computed it.

Writes docs/results/folder_input.json.
"""

import argparse
import contextlib
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from many_jpegs import make_folder
from processes import LOOPS_FOLDER, Paced, environment, turns
from recording import read, record, rounded

BATCH, SIZE = 64, 64
BATCHES, STEPS = 40, 10
SOURCES = {
    "keras_gan": "keras_gan",
    "before": "keras_gan, before",
    "keras": "Keras image_dataset_from_directory",
    "tensorflow": "tf.data, antialiased",
    "torch 0": "torch DataLoader, 0 workers",
    "torch 2": "torch DataLoader, 2 workers",
    "processes": "pool of 2 processes",
}
STARTED = ("keras_gan", "before", "keras", "torch 0")


class Reader(Paced):
    """A process that reads a folder; see loops/folder_worker.py."""

    def __init__(self, source, folder, before):
        script = str(LOOPS_FOLDER / "folder_worker.py")
        variables = environment(onednn=True)
        if source == "before":
            variables |= {"PYTHONPATH": os.path.abspath(before)}
        command = [sys.executable, script, source, str(folder), str(SIZE)]
        super().__init__(command, variables)

    def ask(self, request):
        self.begin(request)
        return self.answer()


@contextlib.contextmanager
def readers(sources, folder, before):
    """Yields the processes of some sources, by source; ends them."""
    opened = {source: Reader(source, folder, before) for source in sources}
    try:
        yield opened
    finally:
        for reader in opened.values():
            reader.close()


def forget(folder):
    """Takes the files of a folder out of the system's cache."""
    for path in folder.rglob("*.jpg"):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)  # what is not written yet stays in the cache
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def medians(rows):
    """Returns the median of each field of some dicts."""
    return {key: float(np.median([row[key] for row in rows])) for key in rows[0]}


def start(folder, arguments, *, cold=False):
    """Returns the seconds and the memory of opening the folder, by source."""
    sources = [each for each in STARTED if each in arguments.sources]
    answers = {source: [] for source in sources}
    for source in turns(sources, arguments.rounds):
        if cold:
            forget(folder)
        with readers([source], folder, arguments.before) as opened:
            answer = opened[source].ask("start")
            if source in ("keras_gan", "before"):
                again = opened[source].ask("start")
                answer["open again"] = again["open"]
        answers[source].append(answer)
    return {SOURCES[source]: medians(rows) for source, rows in answers.items()}


def rates(folder, arguments):
    """Returns the images per second of each source."""
    found = {source: [] for source in arguments.sources}
    with readers(found, folder, arguments.before) as opened:
        for reader in opened.values():
            reader.ask("start")
        for source in turns(found, arguments.rounds):
            seconds = opened[source].ask(f"read {BATCHES}")
            found[source].append(BATCH * BATCHES / seconds)
    return {SOURCES[name]: float(np.median(rows)) for name, rows in found.items()}


def whole_passes(folder, arguments):
    """Returns seconds and memory of passes over all files and over a tenth of them."""
    few = sorted(each for each in folder.iterdir() if each.is_dir())
    with tempfile.TemporaryDirectory() as tenth:
        for each in few[: max(1, len(few) // 10)]:
            (Path(tenth) / each.name).symlink_to(each.resolve())
        results = {}
        for name, root in (("all files", folder), ("a tenth", Path(tenth))):
            with readers(["keras_gan"], root, None) as opened:
                started = opened["keras_gan"].ask("start")
                forget(folder)
                passes = [opened["keras_gan"].ask("pass") for _ in range(2)]
                results[name] = {"start": started, "passes": passes}
    return results


def steps(folder, arguments):
    """Returns the milliseconds of a step by source and by the place of its batches."""
    sources = [each for each in ("keras_gan", "before") if each in arguments.sources]
    rate = read("folder_input")["images_per_second"][SOURCES["keras_gan"]]
    wait = round(1e3 * BATCH / (0.8 * rate), 1)
    requests = [f"folder {STEPS}", f"memory {STEPS}", f"device {BATCHES} {wait}"]
    times = {(source, request): [] for source in sources for request in requests}
    with readers(sources, folder, arguments.before) as opened:
        for reader in opened.values():
            reader.ask("start")
            for request in requests:
                reader.ask(request)
        for source, request in turns(times, arguments.rounds):
            count = int(request.split()[1])
            times[source, request].append(1e3 * opened[source].ask(request) / count)
    results = {SOURCES[source]: {} for source in sources}
    for (source, request), values in times.items():
        results[SOURCES[source]][request.split()[0]] = float(np.median(values))
    return results | {"wait": wait}


PARTS = {
    "start": ("start", start),
    "cold start": ("cold_start", lambda *given: start(*given, cold=True)),
    "rates": ("images_per_second", rates),
    "pass": ("passes", whole_passes),
    "step": ("step_ms", steps),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--before", help="the checkout of another version")
    arguments = parser.parse_args()
    arguments.sources = [
        each for each in SOURCES if each != "before" or arguments.before
    ]
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        make_folder(folder, arguments.count)
        record("folder_input", {"files": arguments.count, "side": SIZE})
        for part in arguments.parts or PARTS:
            name, measure = PARTS[part]
            result = rounded(measure(folder, arguments))
            record("folder_input", {name: result})
            print(part, result, flush=True)


if __name__ == "__main__":
    main()
