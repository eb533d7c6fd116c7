"""Describes the optimizers that several presets share."""

from __future__ import annotations

from typing import Any


def cosine_adam(learning_rate: float, beta_1: float, steps: int) -> dict[str, Any]:
    """Describes Adam with a rate that falls to zero on a cosine over so many steps."""
    return {
        "name": "adam",
        "learning_rate": {
            "name": "CosineDecay",
            "initial_learning_rate": learning_rate,
            "decay_steps": steps,
        },
        "beta_1": beta_1,
        "beta_2": 0.99,
    }
