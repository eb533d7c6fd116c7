"""Trains a GAN on a folder of the gallery, and records its figures and pictures.

    python scripts/gallery/train.py pictures/emoji --out runs/emoji --minutes 30 [...]

That is one `keras-gan train --data folder:PATH`, which takes the further options; what
was begun goes on, and what is finished is only shown. The figures go to
`docs/results/gallery.json`, 64 samples of seed 0 and 8 of them beside their nearest
training pictures to `docs/images`, under the name of the run.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmark"))
FIGURES = ("patch_frechet", "pyramid")
# The pictures are shown, not compared: a tenth of the size of a PNG file.
QUALITY = {"quality": 85, "method": 6}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments, options = parser.parse_known_args()
    if (arguments.out / "config.json").exists():
        options = ["--resume"]
    else:
        options += ["--data", f"folder:{arguments.folder}"]
    keras_gan("train", *options, "--out", arguments.out)
    show(arguments.out)


def keras_gan(*words):
    command = [sys.executable, "-m", "keras_gan", *map(str, words)]
    subprocess.run(command, check=True)


def show(run):
    """Draws a run's pictures and records its figures."""
    import recording

    for kind, options in (("sample", ("--n", 64)), ("neighbors", ("--n", 8))):
        drawn = run / f"gallery_{kind}.png"
        keras_gan(kind, run, *options, "--seed", 0, "--out", drawn)
        picture = Image.open(drawn).convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        shown = Image.alpha_composite(white, picture).convert("RGB")
        path = recording.IMAGES_FOLDER / f"gallery_{run.name}_{kind}.webp"
        shown.save(path, **QUALITY)
    recording.record("gallery", {run.name: recording.rounded(summary(run))})


def summary(run):
    """Returns the course of a run's figures, and what the best epoch has."""
    logs, times = lines(run / "log.jsonl"), lines(run / "times.jsonl")
    best = json.loads((run / "best.json").read_text())
    copies = json.loads((run / "memorization.json").read_text())
    told = ("p_value", "copy_p_value", "samples")
    epochs = [time for time in times if time["event"] == "epoch"]
    return {
        "minutes": sum(time["seconds"] for time in epochs) / 60,
        "steps": logs[-1]["step"],
        **{name: [log[name] for log in logs if name in log] for name in FIGURES},
        "best": {name: best[name] for name in ("epoch", "values", "real")},
        "copies": {name: copies[name] for name in told},
    }


def lines(path):
    """Returns the records of a file with one JSON object a line."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


if __name__ == "__main__":
    main()
