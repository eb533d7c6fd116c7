"""Records a training of a GAN with Weights & Biases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_gan.callbacks._tracked_run import TrackedRun

if TYPE_CHECKING:
    from PIL import Image


class Wandb(TrackedRun):
    """Records a training of a GAN with Weights & Biases (W&B).

    By training step: the same figures as `TensorBoard` writes, of both optimizers too,
    and `samples` of the same seeds. Config: the recipe, or what the compiled GAN knows.
    At the end an artifact `gan-RUN` of the type "model": the GAN as `.keras`, in the
    folder of a run also its `config.json` and `log.jsonl`.

    With `callbacks.Checkpoint`, or in `experiment.train`, a resumed training continues
    the same run, whose id is in `tracking/wandb.json` of the folder. A run that
    `wandb.init` has begun is used and left open; all other settings are W&B's own, such
    as WANDB_PROJECT and WANDB_MODE. A record that fails later is a warning.

    Args:
        folder: The folder of the training; in that of a `RunRecord`, stand behind it.
        every: Steps between two records within an epoch; None records after epochs
            only.
        samples: The number of images; 0 draws none.
        seed: Stands for the seeds of the samples, as in `GAN.sample`.
        samples_every: Epochs between two pictures.

    Raises:
        ValueError: If a number is out of its range or wandb is not installed; in `fit`,
            if no run can be begun, or the GAN makes no images and `samples` is not 0.

    Example:
        >>> tracker = keras_gan.callbacks.Wandb("runs/mine")  # doctest: +SKIP
        >>> gan.fit(train, epochs=100, callbacks=[tracker])  # doctest: +SKIP
    """

    _title, _module = "W&B", "wandb"
    _remedy = "Log in by `wandb login`, or set WANDB_MODE=offline"

    def _connect(self) -> None:
        """Logs in, unless W&B is offline or a run is open."""
        if (
            self._library.run is None
            and self._library.setup().settings.mode == "online"
        ):
            self._library.login()

    def _open_run(self, run: str | None, name: str, settings: dict[str, Any]) -> str:
        """Begins or continues a run of W&B; returns its id."""
        self._owns_run = self._library.run is None
        if self._owns_run:
            self.folder.tracking.mkdir(parents=True, exist_ok=True)
            place = str(self.folder.tracking)
            resume = None if run is None else "allow"
            self._library.init(dir=place, id=run, name=name, resume=resume)
        self._library.run.config.update(settings, allow_val_change=True)
        return self._library.run.id

    def _write(
        self, step: int, figures: dict[str, float], grid: Image.Image | None
    ) -> None:
        """Logs the record of a step."""
        pictures = {} if grid is None else {"samples": self._library.Image(grid)}
        # At once, so that a killed process leaves the whole record.
        self._library.run.log({**figures, **pictures}, step=step, commit=True)

    def _upload(self, files: list[Path]) -> None:
        """Logs an artifact."""
        run = self._library.run
        artifact = self._library.Artifact(f"gan-{run.id}", type="model")
        for path in files:
            artifact.add_file(str(path))
        run.log_artifact(artifact)

    def _close_run(self, complete: bool) -> None:
        """Finishes the run that this callback began."""
        if self._owns_run:
            self._library.run.finish(exit_code=0 if complete else 1)
