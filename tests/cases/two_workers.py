"""All questions to two worker processes, one after another while they live."""

from cases import distributed_metrics, global_batch, resumable_training
from keras_gan.distribution.strategies import open_strategy

# By what the second worker is given: what the message names.
DISAGREEMENTS = {
    "loss": ({"loss": "minimax"}, "arguments"),
    "epochs": ({"epochs": 4}, "arguments"),
    "data": ({"data_seed": 6}, "data"),
    "seed": ({"seed": 4}, "seed"),
}
TRAINING = {"epochs": 3, "dropout": 0.0}


def answers(folder):
    """Returns what this worker finds, by question."""
    strategy = open_strategy("multi-worker")
    return {
        "objectives": global_batch.over_replicas(strategy),
        "metrics": distributed_metrics.states_under(strategy),
        "training": resumable_training.train(strategy, folder / "whole", **TRAINING),
        "disagreements": {
            name: disagreement(strategy, folder / name, change)
            for name, (change, _) in DISAGREEMENTS.items()
        },
    }


def disagreement(strategy, folder, change):
    """Returns what `fit` says where the second worker alone is given the change."""
    given = TRAINING | (change if strategy.cluster_resolver.task_id == 1 else {})
    try:
        resumable_training.train(strategy, folder, **given)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None
