"""Callbacks that act on a GAN under `fit`."""

from __future__ import annotations

from keras_gan.callbacks.interpolation import Interpolation as Interpolation
from keras_gan.callbacks.json_log import JSONLog as JSONLog
from keras_gan.callbacks.progress_bar import ProgressBar as ProgressBar
from keras_gan.callbacks.sample_grid import SampleGrid as SampleGrid
