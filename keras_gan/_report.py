"""The page that shows a run, in one file that needs nothing beside it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keras_gan._files import write_text
from keras_gan._run_folder import RunFolder

_TEMPLATES = Path(__file__).with_name("templates")
# Epochs shown besides the last: enough to see the learning, few enough to mail.
_THUMBNAILS = 12


def write_report(folder: RunFolder) -> None:
    """Writes `report.html` from the files of the run."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    config = folder.read_config()
    epochs = folder.read_log("epoch")
    times = folder.read_times("epoch")
    samples = folder.epoch_samples()
    page = environment.get_template("report.html").render(
        title=config.get("name") or config["recipe"]["architecture"],
        config=config,
        recipe={name: _plain(value) for name, value in config["recipe"].items()},
        commands="\n".join(folder.commands()),
        last=epochs[-1] if epochs else None,
        seconds=sum(record["seconds"] for record in times),
        images_per_second=times[-1]["images_per_second"] if times else None,
        grid=_data_uri(samples[max(samples)]) if samples else None,
        grid_epoch=max(samples, default=0),
        thumbnails={n: _data_uri(samples[n]) for n in _spread(list(samples))},
        interpolation=_data_uri(folder.interpolation),
        classes=_data_uri(folder.classes),
        truncation=_data_uri(folder.truncation),
        neighbors=_data_uri(folder.neighbors),
        memorization=folder.read_memorization(),
        curves=_data_uri(folder.curves),
        animation=_data_uri(folder.animation),
    )
    write_text(folder.report, page)


def _spread(epochs: list[int]) -> list[int]:
    """At most twelve of the epochs, evenly, with the first and the last."""
    if len(epochs) <= _THUMBNAILS:
        return epochs
    last = len(epochs) - 1
    return [epochs[round(i * last / (_THUMBNAILS - 1))] for i in range(_THUMBNAILS)]


def _plain(value: Any) -> str:
    """A value as a reader wants to see it."""
    if isinstance(value, Mapping) and "name" in value:
        rest = ", ".join(f"{k}={_plain(v)}" for k, v in value.items() if k != "name")
        return f"{value['name']}({rest})"
    return value if isinstance(value, str) else json.dumps(value)


def _data_uri(path: Path) -> str | None:
    """The picture as text inside the page; None if it is not there."""
    if not path.is_file():
        return None
    kind = path.suffix.removeprefix(".")
    return f"data:image/{kind};base64," + base64.b64encode(path.read_bytes()).decode()
