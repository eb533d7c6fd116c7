"""Samples against data: features, metrics, and results that say how they were made."""

from __future__ import annotations

from keras_gan.evaluation._figures import METRICS as METRICS
from keras_gan.evaluation.evaluation import Evaluation as Evaluation
from keras_gan.evaluation.evaluator import Evaluator as Evaluator
from keras_gan.evaluation.extractor import Extractor as Extractor
from keras_gan.evaluation.opening import open_extractor as open_extractor
