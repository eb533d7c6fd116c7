"""Times drawing 1, 64 and 1024 images beside what else draws them.

    python scripts/benchmark/sampling.py [--rounds 15]

The generator of `digits`: `gan.sample`, the bare `tf.function` and `generator.predict`
of given latents, and eager PyTorch's twin, each in a process of its own, in turns.
Writes docs/results/sampling.json and draws docs/images/sampling.png.
"""

import argparse

import numpy as np
from charts import bar_panels
from processes import Loop, take_turns
from recording import record

WAYS = {
    "ours": "gan.sample",
    "function": "tf.function",
    "predict": "generator.predict",
    "torch_eager": "PyTorch eager",
}
NUMBERS = {1: 30, 64: 15, 1024: 2}  # and how often in a turn


def measure(number, rounds, *, onednn):
    """Milliseconds of a call by way, and how many times that of `gan.sample`."""
    ways = {way: Loop("sampler.py", way, str(number), onednn=onednn) for way in WAYS}
    for loop in ways.values():
        loop.train(20 if number < 1000 else 3)
    times = {
        way: np.array(values)
        for way, values in take_turns(ways, NUMBERS[number], rounds).items()
    }
    return {
        way: {
            "ms": round(float(np.median(values)), 3),
            "over_sample": round(float(np.median(values / times["ours"])), 3),
        }
        for way, values in times.items()
    }


def draw(results):
    panels = {
        f"{number} image{'s' * (number != '1')}": {
            title: (rows[way]["ms"], f"{rows[way]['ms']:.3g} ms")
            for way, title in WAYS.items()
        }
        for number, rows in results.items()
    }
    bar_panels("sampling", panels, height=2.2, highlighted={WAYS["ours"]: "tab:blue"})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    results = {}
    for way, onednn in (("plain", False), ("onednn", True)):
        results[way] = {
            str(number): measure(number, rounds, onednn=onednn) for number in NUMBERS
        }
        print(way, results[way], flush=True)
    record("sampling", results)
    draw(results["plain"])


if __name__ == "__main__":
    main()
