"""Measures of samples: pure functions on features, in NumPy, summed in float64.

Features are arrays `(N, D)`, one row per image or point: pixels, the outputs of a
network, or coordinates. The classes compute the same figures from batches: `update`
takes in a batch, `merge` adds up the objects of replicas and workers, and `state` and
`from_state` move an object between processes as plain arrays. Importing this package
imports NumPy alone.
"""

from __future__ import annotations

from keras_gan.metrics.density_and_coverage import density_coverage as density_coverage
from keras_gan.metrics.digit_classifier import DigitClassifier as DigitClassifier
from keras_gan.metrics.feature_reservoir import FeatureReservoir as FeatureReservoir
from keras_gan.metrics.frechet import FrechetStatistics as FrechetStatistics
from keras_gan.metrics.frechet import frechet_distance as frechet_distance
from keras_gan.metrics.inception import (
    InceptionScoreStatistics as InceptionScoreStatistics,
)
from keras_gan.metrics.inception import inception_score as inception_score
from keras_gan.metrics.kernel import KernelDistanceInterval as KernelDistanceInterval
from keras_gan.metrics.kernel import kernel_distance as kernel_distance
from keras_gan.metrics.kernel import (
    kernel_distance_interval as kernel_distance_interval,
)
from keras_gan.metrics.memorization import Memorization as Memorization
from keras_gan.metrics.memorization import memorization_test as memorization_test
from keras_gan.metrics.modes import ModeCoverageStatistics as ModeCoverageStatistics
from keras_gan.metrics.modes import class_coverage as class_coverage
from keras_gan.metrics.modes import mode_coverage as mode_coverage
from keras_gan.metrics.neighbors import nearest_neighbors as nearest_neighbors
from keras_gan.metrics.parzen import ParzenDensityStatistics as ParzenDensityStatistics
from keras_gan.metrics.parzen import ParzenMeanStatistics as ParzenMeanStatistics
from keras_gan.metrics.parzen import parzen_estimate as parzen_estimate
from keras_gan.metrics.parzen import parzen_log_likelihood as parzen_log_likelihood
from keras_gan.metrics.parzen import select_parzen_sigma as select_parzen_sigma
from keras_gan.metrics.path_length import lerp as lerp
from keras_gan.metrics.path_length import (
    perceptual_path_length as perceptual_path_length,
)
from keras_gan.metrics.path_length import (
    perceptual_path_lengths as perceptual_path_lengths,
)
from keras_gan.metrics.path_length import slerp as slerp
from keras_gan.metrics.precision_and_recall import precision_recall as precision_recall
from keras_gan.metrics.pyramid import patch_frechet as patch_frechet
from keras_gan.metrics.pyramid import (
    pyramid_sliced_wasserstein as pyramid_sliced_wasserstein,
)
from keras_gan.metrics.sliced_wasserstein_distance import (
    sliced_wasserstein as sliced_wasserstein,
)
