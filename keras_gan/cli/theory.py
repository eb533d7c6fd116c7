"""The command `keras-gan theory`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keras_gan._checks import InputError, check_positive_int
from keras_gan._process import import_tensorflow

if TYPE_CHECKING:
    from keras_gan.convergence import Convergence

# `convergence.LEAST_STEPS`, which cannot be read without TensorFlow.
_LEAST_STEPS = 400


def theory(
    *,
    out: Annotated[
        Path, typer.Option(help="The folder for the pictures and numbers.")
    ] = Path("theory"),
    steps: Annotated[int, typer.Option(help="Training steps, at least 400.")] = 6000,
    seed: Annotated[int, typer.Option(help="Seeds data, weights and noise.")] = 0,
) -> None:
    """Train on a normal distribution and draw how the game of 2014 ends."""
    check_positive_int("--steps", steps, minimum=_LEAST_STEPS)
    check_positive_int("--seed", seed, minimum=0)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"'{out}': it is no empty folder; choose another `--out`.")
    _train_and_draw(out, steps, seed)


def _train_and_draw(out: Path, steps: int, seed: int) -> None:
    import_tensorflow()
    from keras_gan.convergence.pictures import write_pictures
    from keras_gan.convergence.training import take_one_thread, train

    take_one_thread()
    result = train(steps, seed=seed)
    write_pictures(result, out, seed=seed)
    _print_figures(result, out)


def _print_figures(result: Convergence, out: Path) -> None:
    """Prints the figures that the training reached beside those of the theory."""
    last = result.records[-1]
    updated = result.records[result.moments[1]]
    figures = result.figures()
    distance = figures["sample_kolmogorov_smirnov"]
    print(f"D trained alone: at most {updated.optimum_distance:.3f} from D*")
    print(f"at the end:      d_real {last.d_real:.3f}, d_fake {last.d_fake:.3f} (1/2)")
    print(
        f"                 V {last.value:.4f}, C(G) {last.criterion:.4f} (−log 4 = "
        f"{figures['minus_log_four']:.4f})"
    )
    print(f"samples:         Kolmogorov-Smirnov distance {distance:.4f} from the data")
    print(f"\npictures {out}/convergence.png, convergence.gif, equilibrium.png")
    print(f"numbers  {out}/convergence.json")
