"""Writes the page that shows a run, in one file that needs nothing beside it."""

from __future__ import annotations

from typing import Any

from keras_gan import data
from keras_gan._files import write_text
from keras_gan.evaluation.evaluation import Evaluation, conditions_of
from keras_gan.metrics.verdicts import DISTANCES
from keras_gan.pages.template import data_uri, page_template, plain
from keras_gan.runs.folder import RunFolder
from keras_gan.runs.judgement import read_judgement

# Epochs in the strip of samples: they show the learning, and the page stays small.
_THUMBNAILS = 12


def write_report(folder: RunFolder, failure: object = None) -> None:
    """Writes `report.html` from the files of the run.

    Args:
        folder: The folder of the run.
        failure: The error that ended the training, if there was one.

    Raises:
        ValueError: If a record of the run is damaged.
    """
    write_text(folder.report, report_page(folder, failure))


def report_page(folder: RunFolder, failure: object = None) -> str:
    """Returns the page that `write_report` writes."""
    config = folder.read_config()
    values = config.get("recipe") or config["training"]
    epochs = folder.read_log("epoch")
    times = folder.read_times()
    samples = folder.epoch_samples()
    return page_template("report.html").render(
        title=folder.read_name(),
        generator=f"keras_gan {config['versions']['keras_gan']}",
        config=config,
        values=values,
        failure=None if failure is None else str(failure),
        recipe={name: plain(value) for name, value in values.items()},
        optimizers={k: plain(v) for k, v in config.get("optimizers", {}).items()},
        environments=_environments(config),
        commands="\n".join(folder.commands()),
        last=epochs[-1] if epochs else None,
        judgement=read_judgement(folder),
        run=folder.path.resolve().name,
        seconds=sum(each["seconds"] for each in times if each["event"] == "epoch"),
        images_per_second=_images_per_second(times),
        grid=data_uri(samples[max(samples)]) if samples else None,
        grid_epoch=max(samples, default=0),
        real=data_uri(folder.real),
        licence=data.licence(values.get("data")),
        begun_from=folder.begun_from(),
        thumbnails={
            epoch: data_uri(path)
            for epoch, path in folder.epoch_samples(_THUMBNAILS).items()
        },
        interpolation=data_uri(folder.interpolation),
        classes=data_uri(folder.classes),
        truncation=data_uri(folder.truncation),
        neighbors=data_uri(folder.neighbors),
        memorization=folder.read_memorization(),
        distances=DISTANCES,
        figures=_figures(folder, epochs),
        curves=data_uri(folder.curves),
        animation=data_uri(folder.animation),
    )


def _environments(config: dict[str, Any]) -> list[dict[str, str]]:
    """Returns the machine of each start in words, without its versions."""
    return [
        {name: plain(value) for name, value in each.items() if name != "versions"}
        for each in config.get("environments", [])
    ]


def _images_per_second(times: list[dict[str, Any]]) -> float | None:
    """Returns the speed of the last steps that were timed without figures."""
    steps = [record for record in times if record["event"] == "step"] or times
    return steps[-1].get("images_per_second") if steps else None


def _figures(folder: RunFolder, epochs: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Returns the figures of the best epoch beside the last; None without any."""
    best = folder.read_best()
    if best is None:
        return None
    last = next((r for r in reversed(epochs) if set(best["values"]) <= set(r)), None)
    if last is None:
        return None
    evaluation = Evaluation.from_dict(
        {name: value for name, value in best.items() if name != "epoch"}
    )
    return {
        "best": best,
        "last": last,
        "conditions": conditions_of(evaluation),
        "rows": {
            name: (
                f"{last[name]:.4g}",
                f"{value:.4g}",
                evaluation.real_text(name),
                Evaluation.better(name),
            )
            for name, value in best["values"].items()
        },
    }
