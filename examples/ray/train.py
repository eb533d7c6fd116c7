"""Trains one GAN with the workers of a Ray cluster.

    pip install "ray[train]"
    python examples/ray/train.py

Ray sets TF_CONFIG in each worker and calls `train_loop_per_worker`; all else is as
without it. When a worker is lost, Ray starts all of them again, and they go on from the
newest checkpoint. Ray is no dependency of keras_gan: this file was checked against
Ray's documentation, and its training loop is tested without Ray.
"""

from __future__ import annotations

from typing import Any


def train_loop_per_worker(config: dict[str, Any]) -> None:
    """Trains as one of the workers; Ray calls it in each.

    Args:
        config: "preset", "changes" of its recipe, and "run", the folder that the first
            worker reads and writes: one that is there on every machine where Ray may
            start that worker.
    """
    # Here, because Ray sets TF_CONFIG first.
    from keras_gan import experiment, presets

    recipe = presets.get(config["preset"]).recipe.replace(**config["changes"])
    experiment.train(
        recipe,
        config["run"],
        name=config["preset"],
        strategy="multi-worker",
        resume=True,
        progress=False,
    )


def main() -> None:
    """Asks Ray for two workers."""
    import ray.train
    from ray.train.tensorflow import TensorflowTrainer

    trainer = TensorflowTrainer(
        train_loop_per_worker,
        train_loop_config={
            "preset": "digits",
            "changes": {"epochs": 20},
            "run": "/shared/runs/digits",
        },
        scaling_config=ray.train.ScalingConfig(num_workers=2, use_gpu=False),
        run_config=ray.train.RunConfig(
            failure_config=ray.train.FailureConfig(max_failures=10)
        ),
    )
    trainer.fit()


if __name__ == "__main__":
    main()
