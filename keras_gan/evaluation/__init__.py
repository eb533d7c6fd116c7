"""Compares samples with data by features and metrics."""

from __future__ import annotations

from keras_gan.evaluation._metrics_by_name import METRICS as METRICS
from keras_gan.evaluation.classification_accuracy import (
    ClassificationAccuracy as ClassificationAccuracy,
)
from keras_gan.evaluation.classification_accuracy import (
    classification_accuracy as classification_accuracy,
)
from keras_gan.evaluation.evaluation import Evaluation as Evaluation
from keras_gan.evaluation.evaluator import Evaluator as Evaluator
from keras_gan.evaluation.extractor import Extractor as Extractor
from keras_gan.evaluation.extractor_loading import open_extractor as open_extractor
