"""How good samples are: pure functions on features, in NumPy, summed in float64.

Features are arrays `(N, D)`, one row per image or point: pixels, the outputs of a
network, or coordinates. The classes are the functions' streaming twins: they take
batches with `update`, are added up over replicas and workers with `merge`, and travel
as plain arrays with `state` and `from_state`. Importing this package imports NumPy
alone.
"""

from __future__ import annotations

from keras_gan.metrics.density import density_coverage as density_coverage
from keras_gan.metrics.digit_classifier import DigitClassifier as DigitClassifier
from keras_gan.metrics.feature_reservoir import FeatureReservoir as FeatureReservoir
from keras_gan.metrics.frechet import frechet_distance as frechet_distance
from keras_gan.metrics.frechet_statistics import FrechetStatistics as FrechetStatistics
from keras_gan.metrics.inception import inception_score as inception_score
from keras_gan.metrics.inception_score_statistics import (
    InceptionScoreStatistics as InceptionScoreStatistics,
)
from keras_gan.metrics.kernel import kernel_distance as kernel_distance
from keras_gan.metrics.kernel_interval import (
    KernelDistanceInterval as KernelDistanceInterval,
)
from keras_gan.metrics.kernel_interval import (
    kernel_distance_interval as kernel_distance_interval,
)
from keras_gan.metrics.memorization import Memorization as Memorization
from keras_gan.metrics.memorization import memorization_test as memorization_test
from keras_gan.metrics.mode_coverage_statistics import (
    ModeCoverageStatistics as ModeCoverageStatistics,
)
from keras_gan.metrics.modes import class_coverage as class_coverage
from keras_gan.metrics.modes import mode_coverage as mode_coverage
from keras_gan.metrics.neighbors import nearest_neighbors as nearest_neighbors
from keras_gan.metrics.parzen import parzen_estimate as parzen_estimate
from keras_gan.metrics.parzen import parzen_log_likelihood as parzen_log_likelihood
from keras_gan.metrics.parzen import select_parzen_sigma as select_parzen_sigma
from keras_gan.metrics.parzen_density_statistics import (
    ParzenDensityStatistics as ParzenDensityStatistics,
)
from keras_gan.metrics.parzen_mean_statistics import (
    ParzenMeanStatistics as ParzenMeanStatistics,
)
from keras_gan.metrics.path_length import lerp as lerp
from keras_gan.metrics.path_length import (
    perceptual_path_length as perceptual_path_length,
)
from keras_gan.metrics.path_length import (
    perceptual_path_lengths as perceptual_path_lengths,
)
from keras_gan.metrics.path_length import slerp as slerp
from keras_gan.metrics.precision import precision_recall as precision_recall
from keras_gan.metrics.sliced import sliced_wasserstein as sliced_wasserstein
