"""Searches the values of a recipe with Optuna, and compares the runs on one page.

    pip install '.[search]'
    python examples/search/search.py digits --trials 20 --epochs 10 --out runs/search

Each trial is a run of `experiment.train` in OUT/trial_0, OUT/trial_1, ... After each
epoch it reports `--metric`, and ends early where that is worse than the median of the
trials before it. The same command goes on with a search that was broken off, up to
`--trials`; the trial that was broken off is left out. OUT/compare.html shows the runs,
the best first; any of them can be evaluated, sampled, exported and resumed.

`suggest` says what is searched: change it.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

from keras_gan import evaluation, experiment, presets, runs


def refuse(message: object) -> None:
    """Ends the program with one line on standard error, and the exit code 2."""
    print(f"search.py: {message}", file=sys.stderr)
    sys.exit(2)


try:
    import keras
    import optuna
    from optuna.storages.journal import JournalFileBackend
except ImportError:
    refuse("the search needs the library optuna, 4.0 or newer: pip install optuna")

DONE = (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED)


def suggest(trial: optuna.Trial, recipe: presets.Recipe) -> presets.Recipe:
    """Returns the recipe of a trial.

    Args:
        trial: Chooses the values.
        recipe: The recipe whose values are searched.
    """
    beta = trial.suggest_categorical("beta_1", [0.0, 0.5])
    adam = {
        network: {
            "name": "adam",
            "learning_rate": trial.suggest_float(network, 1e-5, 2e-3, log=True),
            "beta_1": beta,
        }
        for network in ("generator", "discriminator")
    }
    gamma = trial.suggest_categorical("r1_gamma", [0.0, 0.1, 1.0, 10.0])
    return recipe.replace(
        generator_optimizer=adam["generator"],
        discriminator_optimizer=adam["discriminator"],
        penalties=[{"name": "R1", "gamma": gamma}] if gamma else [],
    )


class Prune(keras.callbacks.Callback):
    """Reports a figure of each epoch to a trial, and ends one that is not worth it."""

    def __init__(self, trial: optuna.Trial, figure: str) -> None:
        super().__init__()
        self.trial, self.figure = trial, figure
        self.values: list[float] = []
        self.pruned = False

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Reports the figure, which the metrics of the run have put into the logs."""
        if self.figure not in (logs or {}):
            raise ValueError(
                f"--metric {self.figure} is not one of the figures of an epoch: "
                f"{', '.join(logs or {})}."
            )
        self.values.append(float(logs[self.figure]))
        self.trial.report(self.values[-1], epoch)
        if self.trial.should_prune():
            self.pruned = True
            self.model.stop_training = True  # so that the run has its report, too


def open_study(
    recipe: presets.Recipe, out: Path, figure: str, pruner: optuna.pruners.BasePruner
) -> optuna.Study:
    """Begins the study of a folder, or goes on with it.

    Raises:
        ValueError: If the folder holds a search of something else.
    """
    out.mkdir(parents=True, exist_ok=True)
    less = evaluation.Evaluation.better(figure) == "less"
    study = optuna.create_study(
        storage=optuna.storages.JournalStorage(JournalFileBackend(f"{out}/study.log")),
        study_name="search",
        direction="minimize" if less else "maximize",
        pruner=pruner,
        load_if_exists=True,
    )
    searched = json.loads(json.dumps({"metric": figure, "recipe": recipe.to_dict()}))
    if study.user_attrs.get("searched", searched) != searched:
        raise ValueError(f"'{out}': it holds a search of another recipe or metric.")
    study.set_user_attr("searched", searched)
    return study


def search(
    recipe: presets.Recipe,
    out: Path,
    *,
    trials: int,
    figure: str,
    pruner: optuna.pruners.BasePruner | None = None,
) -> optuna.Study:
    """Trains until so many trials are done; returns the study.

    Args:
        recipe: The recipe whose values are searched.
        out: The folder of the study and of the runs.
        trials: The number of trials, with those of earlier starts.
        figure: What is minimised or maximised, as `train --metrics` names it.
        pruner: Ends trials early; None for the median of the earlier ones, from the
            sixth trial and the second epoch on.
    """
    pruner = pruner or optuna.pruners.MedianPruner(5, 1)
    study = open_study(recipe, out, figure, pruner)
    best = min if study.direction == optuna.study.StudyDirection.MINIMIZE else max

    def train(trial: optuna.Trial) -> float:
        keras.utils.clear_session()
        prune = Prune(trial, figure)
        try:
            experiment.train(
                suggest(trial, recipe),
                out / f"trial_{trial.number}",
                name=f"trial {trial.number}",
                metrics=[figure],
                callbacks=[prune],
                progress=False,
            )
        except experiment.DivergenceError as error:
            raise optuna.TrialPruned(str(error)) from None
        finite = [value for value in prune.values if math.isfinite(value)]
        if prune.pruned or not finite:
            raise optuna.TrialPruned
        return best(finite)

    stop = optuna.study.MaxTrialsCallback(trials, DONE)
    if len(study.get_trials(states=DONE)) < trials:
        study.optimize(train, callbacks=[stop])
    return study


def write_page(study: optuna.Study, out: Path) -> Path:
    """Writes OUT/compare.html with the runs that have a report, the best first."""
    sign = 1 if study.direction == optuna.study.StudyDirection.MINIMIZE else -1
    complete, pruned = (study.get_trials(states=[state]) for state in DONE)
    ordered = [*sorted(complete, key=lambda trial: sign * trial.value), *pruned]
    folders = [out / f"trial_{trial.number}" for trial in ordered]
    reported = [folder for folder in folders if (folder / "report.html").is_file()]
    page = out / "compare.html"
    runs.write_page(runs.compare(reported), page)
    return page


def main(arguments: list[str] | None = None) -> None:
    """Searches as the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", help="a preset, or the JSON file of a recipe")
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--epochs", type=int, help="of each trial, if not the recipe's")
    parser.add_argument("--metric", default="frechet")
    parser.add_argument("--out", type=Path, default=Path("runs/search"))
    given = parser.parse_args(arguments)
    try:
        recipe = (
            presets.Recipe.from_file(given.recipe)
            if given.recipe.endswith(".json")
            else presets.get(given.recipe).recipe
        )
        if given.epochs is not None:
            recipe = recipe.replace(epochs=given.epochs)
        study = search(recipe, given.out, trials=given.trials, figure=given.metric)
        page = write_page(study, given.out)
    except (ValueError, OSError) as error:
        refuse(error)
    if study.get_trials(states=DONE[:1]):
        print(f"best: trial {study.best_trial.number}, {study.best_value:.4g}")
        print(study.best_params)
    print(page)


if __name__ == "__main__":
    main()
