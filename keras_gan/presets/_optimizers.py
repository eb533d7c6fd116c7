"""Describes the optimizers that several presets share."""

from __future__ import annotations

from typing import Any


def cosine_adam(
    learning_rate: float, beta_1: float, steps: int, alpha: float = 0.0
) -> dict[str, Any]:
    """Describes Adam with a rate that falls on a cosine over so many steps.

    Args:
        learning_rate: The first rate.
        beta_1: The decay of the gradient's mean.
        steps: The updates until the last rate.
        alpha: The last rate, divided by the first.
    """
    return {
        "name": "adam",
        "learning_rate": {
            "name": "CosineDecay",
            "initial_learning_rate": learning_rate,
            "decay_steps": steps,
            **({"alpha": alpha} if alpha else {}),
        },
        "beta_1": beta_1,
        "beta_2": 0.99,
    }
