"""How good samples are: pure functions on features, in NumPy, summed in float64.

Features are arrays `(N, D)`, one row per image or point: pixels, the outputs of a
network, or coordinates. Importing this package imports NumPy alone.
"""

from __future__ import annotations

from keras_gan.metrics.density import density_coverage as density_coverage
from keras_gan.metrics.digit_classifier import DigitClassifier as DigitClassifier
from keras_gan.metrics.frechet import frechet_distance as frechet_distance
from keras_gan.metrics.inception import inception_score as inception_score
from keras_gan.metrics.kernel import kernel_distance as kernel_distance
from keras_gan.metrics.memorization import Memorization as Memorization
from keras_gan.metrics.memorization import memorization_test as memorization_test
from keras_gan.metrics.modes import class_coverage as class_coverage
from keras_gan.metrics.modes import mode_coverage as mode_coverage
from keras_gan.metrics.neighbors import nearest_neighbors as nearest_neighbors
from keras_gan.metrics.parzen import parzen_log_likelihood as parzen_log_likelihood
from keras_gan.metrics.parzen import select_parzen_sigma as select_parzen_sigma
from keras_gan.metrics.precision import precision_recall as precision_recall
