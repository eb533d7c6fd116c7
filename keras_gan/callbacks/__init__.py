"""Callbacks for the `fit` of a GAN."""

from __future__ import annotations

from keras_gan.callbacks.checkpoint import Checkpoint as Checkpoint
from keras_gan.callbacks.evaluate import Evaluate as Evaluate
from keras_gan.callbacks.evaluate import EvaluateMetrics as EvaluateMetrics
from keras_gan.callbacks.json_log import JSONLog as JSONLog
from keras_gan.callbacks.learning_rate_schedule import (
    LearningRateSchedule as LearningRateSchedule,
)
from keras_gan.callbacks.live_samples import LiveSamples as LiveSamples
from keras_gan.callbacks.mlflow_tracker import MLflow as MLflow
from keras_gan.callbacks.pictures import Interpolation as Interpolation
from keras_gan.callbacks.pictures import PointCloud as PointCloud
from keras_gan.callbacks.pictures import SampleGrid as SampleGrid
from keras_gan.callbacks.progress_bar import ProgressBar as ProgressBar
from keras_gan.callbacks.run_record import RunRecord as RunRecord
from keras_gan.callbacks.stop_on_equilibrium import (
    StopOnEquilibrium as StopOnEquilibrium,
)
from keras_gan.callbacks.stop_on_nan import StopOnNaN as StopOnNaN
from keras_gan.callbacks.tensor_board import TensorBoard as TensorBoard
from keras_gan.callbacks.wandb_tracker import Wandb as Wandb
from keras_gan.callbacks.warn_on_collapse import WarnOnCollapse as WarnOnCollapse
from keras_gan.callbacks.warn_on_defeat import WarnOnDefeat as WarnOnDefeat
