"""Times four ways to draw 1, 64 and 1024 images.

    python scripts/benchmark/sampling.py [--rounds 15]

Draws with the generator of `digits`: by `gan.sample`, by the bare `tf.function` and by
`generator.predict` from given latents, and by the same network in eager PyTorch. Each
way runs in a process of its own, in turns. Writes docs/results/sampling.json and the
chart docs/images/sampling.png.
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
NUMBERS = {1: 30, 64: 15, 1024: 2}  # number of images: calls per turn


def measure(number, rounds, *, onednn):
    """Returns each way's milliseconds of a call, and its ratio to `gan.sample`.

    `sample_over` is the inverse: the time of `gan.sample` relative to the way's.
    """
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
            "sample_over": round(float(np.median(times["ours"] / values)), 3),
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
