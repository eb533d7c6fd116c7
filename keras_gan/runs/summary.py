"""Reads what a comparison needs to know of one run."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from keras_gan._checks import counted
from keras_gan.evaluation.evaluation import Evaluation, read_evaluation
from keras_gan.runs.folder import RunFolder
from keras_gan.runs.judgement import read_judgement

# Fields of a record in the log that say where it stands.
_PLACES = ("event", "epoch", "step", "images")
# They make no difference to the result: see `experiment.train`.
_WITHOUT_EFFECT = {"seed": 0, "steps_per_execution": "auto"}


@dataclass(frozen=True, eq=False)
class RunSummary:
    """One run, as a comparison shows it.

    Attributes:
        folder: The folder of the run.
        name: The name of the run.
        values: All that defines it, by name: the fields of its recipe, or what
            `callbacks.RunRecord` found in a script.
        config: The content of its `config.json`.
        epochs: The epochs that ended.
        steps: The steps that were trained and logged.
        minutes: The time that these steps took, evaluations included, pictures not;
            NaN where no times are recorded.
        ended_early: Whether the run has fewer epochs than it was asked for, and fewer
            steps than its cap; None where nothing tells.
        logs: The figures of the last epoch.
        evaluation: The result of `keras-gan evaluate`; None without.
        best: The evaluation of the best epoch during training, of other samples and
            often other data than `evaluation`; None without.
        best_epoch: The number of that epoch.
        sentences: What d_real, d_fake and the test for copies say.
    """

    folder: RunFolder
    name: str
    values: dict[str, Any]
    config: dict[str, Any]
    epochs: int
    steps: int
    minutes: float
    ended_early: bool | None
    logs: dict[str, float]
    evaluation: Evaluation | None
    best: Evaluation | None
    best_epoch: int | None
    sentences: list[str]

    @property
    def seed(self) -> int:
        """The seed of the run."""
        return self.values.get("seed", 0)

    @property
    def end(self) -> str:
        """Says whether the run ended early, and after how many of its epochs."""
        if self.ended_early is None:
            return "unknown"
        if not self.ended_early:
            return "finished"
        cap = self.config.get("steps")
        asked = f" or {counted(cap, 'step')}" if isinstance(cap, int) else ""
        epochs = counted(self.values["epochs"], "epoch")
        return f"early: {self.epochs} of {epochs}{asked}"

    @property
    def kind(self) -> str:
        """Text that is the same for runs that differ in nothing but the seed."""
        same = [
            self.values | _WITHOUT_EFFECT,
            self.steps,
            *(self.config.get(name) for name in ("data", "pretrained", "metrics")),
        ]
        return json.dumps(same, sort_keys=True, default=str)

    def fields(self) -> dict[str, Any]:
        """Returns by name all that may make a difference between runs."""
        recorded = {
            f"{part}: {name}": value
            for part in ("data", "pretrained", "versions")
            for name, value in _mapping(self.config.get(part)).items()
        }
        return {
            **self.values,
            "metrics": self.config.get("metrics"),
            **recorded,
            **{
                f"machine: {name}": value
                for environment in self.config.get("environments", [])[-1:]
                for name, value in environment.items()
                if name not in ("date", "versions")
            },
            "steps trained": self.steps,
            "epochs trained": self.epochs,
            "end": self.end,
        }


def summarize(folder: RunFolder) -> RunSummary:
    """Reads a run.

    Raises:
        ValueError: If the folder holds no run, or a record of it is damaged.
    """
    config = folder.read_config()
    values = folder.read_values()
    last = next(iter(folder.read_log("epoch")[-1:]), {"epoch": 0, "step": 0})
    steps = max((record["step"] for record in folder.read_log()), default=0)
    cap = config.get("steps")
    capped = isinstance(cap, int) and last["step"] >= cap
    best = folder.read_best()
    best_epoch = None if best is None else best.pop("epoch", None)
    early = last["epoch"] < values.get("epochs", 0) and not capped
    timed = folder.times.is_file()
    return RunSummary(
        folder=folder,
        name=folder.read_name(),
        values=values,
        config=config,
        epochs=last["epoch"],
        steps=steps,
        minutes=_seconds(folder) / 60 if timed else math.nan,
        ended_early=early if timed else None,
        logs={
            name: float("nan") if value is None else value
            for name, value in last.items()
            if name not in _PLACES
        },
        evaluation=read_evaluation(folder.evaluation),
        best=None if best is None else Evaluation.from_dict(best),
        best_epoch=best_epoch,
        sentences=read_judgement(folder).sentences,
    )


def _seconds(folder: RunFolder) -> float:
    """Returns the time of all epochs, and of the records after the last of them."""
    times = folder.read_times()
    ends = [i for i, record in enumerate(times) if record["event"] == "epoch"]
    after = times[ends[-1] + 1 :] if ends else times
    seconds = sum(times[i]["seconds"] for i in ends)
    return seconds + max((record["seconds"] for record in after), default=0.0)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
