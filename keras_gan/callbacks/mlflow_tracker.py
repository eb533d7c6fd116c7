"""Records a training of a GAN with MLflow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_gan.callbacks._tracked_run import TrackedRun

if TYPE_CHECKING:
    from PIL import Image


class MLflow(TrackedRun):
    """Records a training of a GAN with MLflow.

    By training step: the same figures as `TensorBoard` writes, of both optimizers too,
    and `samples` of the same seeds. Parameters: the recipe, or what the compiled GAN
    knows; MLflow keeps the first value of each. At the end the artifact `gan/`: the GAN
    as `.keras`, in the folder of a run also its `config.json` and `log.jsonl`.

    With `callbacks.Checkpoint`, or in `experiment.train`, a resumed training continues
    the same run, whose id is in `tracking/mlflow.json` of the folder. A run that
    `mlflow.start_run` has begun is used and left open; all other settings are MLflow's
    own, such as MLFLOW_TRACKING_URI and MLFLOW_EXPERIMENT_NAME. A record that fails
    later is a warning.

    Args:
        folder: The folder of the training; in that of a `RunRecord`, stand behind it.
        every: Steps between two records within an epoch; None records after epochs
            only.
        samples: The number of images; 0 draws none.
        seed: Stands for the seeds of the samples, as in `GAN.sample`.
        samples_every: Epochs between two pictures.

    Raises:
        ValueError: If a number is out of its range or mlflow is not installed; in
            `fit`, if no run can be begun, or the GAN makes no images and `samples` is
            not 0.

    Example:
        >>> tracker = keras_gan.callbacks.MLflow("runs/mine")  # doctest: +SKIP
        >>> gan.fit(train, epochs=100, callbacks=[tracker])  # doctest: +SKIP
    """

    _title, _module = "MLflow", "mlflow"
    _remedy = "Set MLFLOW_TRACKING_URI to a server or a database"
    _client: Any = None
    _id = ""

    def _connect(self) -> None:
        """Asks the server for an experiment."""
        self._library.MlflowClient().search_experiments(max_results=1)

    def _open_run(self, run: str | None, name: str, settings: dict[str, Any]) -> str:
        """Begins or continues a run of MLflow; returns its id."""
        self._client = self._library.MlflowClient()
        active = self._library.active_run()
        self._owns_run = active is None
        if active is None:
            new = None if run else name
            active = self._library.start_run(run_id=run, run_name=new)
        self._id = active.info.run_id
        known = self._client.get_run(self._id).data.params
        values = dict(_flat(settings))
        new_values = {key: values[key] for key in values.keys() - known.keys()}
        self._library.log_params(new_values, run_id=self._id)
        return self._id

    def _write(
        self, step: int, figures: dict[str, float], grid: Image.Image | None
    ) -> None:
        """Logs the record of a step."""
        self._library.log_metrics(figures, step=step, run_id=self._id)
        if grid is not None:
            self._client.log_image(
                self._id, grid, key="samples", step=step, synchronous=True
            )

    def _upload(self, files: list[Path]) -> None:
        """Logs the artifact `gan/`."""
        for path in files:
            self._client.log_artifact(self._id, str(path), "gan")

    def _close_run(self, complete: bool) -> None:
        """Ends the run that this callback began."""
        if self._owns_run:
            self._library.end_run("FINISHED" if complete else "FAILED")


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Returns values by names with dots, such as `generator_optimizer.name`."""
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            text = json.dumps(value) if isinstance(value, (list, tuple)) else value
            yield f"{prefix}{key}", text
