"""Trains one GAN with the workers of a Ray cluster.

    pip install "ray[train]"
    python examples/ray/train.py

Ray sets TF_CONFIG in each worker and calls `train_loop_per_worker`. The training is the
same as without Ray. When a worker is lost, Ray starts all workers again, and they
continue from the newest checkpoint. Ray is not installed with keras_gan; a test runs
this file with Ray 2.60 and kills a worker.
"""

from __future__ import annotations

from typing import Any


def train_loop_per_worker(config: dict[str, Any]) -> None:
    """Trains as one of the workers; Ray calls this function in each worker.

    Args:
        config: "preset" is the name of a preset, "changes" are changes to its recipe,
            and "run" is the folder that the first worker reads and writes. The folder
            must be reachable from every machine where Ray may start this worker.
            "checkpoint_steps" are the steps between two checkpoints; by default there
            is one a minute.
    """
    # Imported here, after Ray has set TF_CONFIG.
    from keras_gan import experiment, presets

    recipe = presets.get(config["preset"]).recipe.replace(**config["changes"])
    experiment.train(
        recipe,
        config["run"],
        name=config["preset"],
        strategy="multi-worker",
        resume=True,
        checkpoint_steps=config.get("checkpoint_steps"),
        progress=False,
    )


def trainer_of(config: dict[str, Any]) -> Any:
    """Returns a trainer of two workers, whose `fit` trains.

    Args:
        config: As in `train_loop_per_worker`.
    """
    import ray.train
    from ray.train.tensorflow import TensorflowTrainer

    return TensorflowTrainer(
        train_loop_per_worker,
        train_loop_config=config,
        scaling_config=ray.train.ScalingConfig(num_workers=2, use_gpu=False),
        run_config=ray.train.RunConfig(
            failure_config=ray.train.FailureConfig(max_failures=10)
        ),
    )


def main() -> None:
    """Trains with two workers of a Ray cluster."""
    config = {
        "preset": "digits",
        "changes": {"epochs": 20},
        "run": "/shared/runs/digits",
    }
    trainer_of(config).fit()


if __name__ == "__main__":
    main()
