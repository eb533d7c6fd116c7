"""Trains on the ring and the grid with many seeds, and counts the modes found.

    python scripts/reproduce/mode_coverage.py --seeds 10 --out docs/results

Writes `mode_coverage.json` with a record for each run: the figures, by the rule of
PacGAN, of 10,000 samples whose seeds the training never used. `--objective minimax` or
`non_saturating` trains with that loss of the 2014 paper and without penalties; all else
is equal. Runs that are already recorded are skipped. A run takes about 100 s on two CPU
cores.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from keras_gan import data, experiment, metrics, presets
from keras_gan._files import write_text

SAMPLES, SAMPLE_SEED = 10_000, 12345
OBJECTIVES = ("preset", "minimax", "non_saturating")


def run(name: str, objective: str, seed: int) -> dict:
    """Trains once and returns its record."""
    recipe = presets.get(name).recipe.replace(seed=seed)
    if objective != "preset":
        recipe = recipe.replace(loss=objective, penalties=())
    mixture = data.mixture(name)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        gan = experiment.train(recipe, folder, progress=False).gan
    seconds = time.perf_counter() - began
    samples = gan.sample(SAMPLES, seed=SAMPLE_SEED)
    modes, share, kl = metrics.mode_coverage(samples, mixture.centres, mixture.std)
    return {
        "preset": name,
        "objective": objective,
        "seed": seed,
        "modes": modes,
        "high_quality": round(share, 4),
        "kl": round(kl, 5),
        "seconds": round(seconds, 1),
    }


def main() -> None:
    """Does the missing runs, and writes the file after each run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--presets", nargs="+", default=["ring", "grid"])
    parser.add_argument("--objective", choices=OBJECTIVES, default="preset")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--out", type=Path, default=Path("docs/results"))
    arguments = parser.parse_args()
    path = arguments.out / "mode_coverage.json"
    records = json.loads(path.read_text()) if path.is_file() else []
    known = {(r["preset"], r["objective"], r["seed"]) for r in records}
    for seed in range(arguments.seeds):
        for name in arguments.presets:
            if (name, arguments.objective, seed) in known:
                continue
            records.append(run(name, arguments.objective, seed))
            print(records[-1], flush=True)
            lines = ",\n".join(json.dumps(record) for record in records)
            write_text(path, f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
