"""Turns any source of images or points into a `tf.data.Dataset` for training.

Importing this package does not import TensorFlow; loading does.
"""

from keras_gan.data.data_sheet import DataSheet as DataSheet
from keras_gan.data.data_sheet import data_sheet as data_sheet
from keras_gan.data.gaussian_mixtures import Mixture as Mixture
from keras_gan.data.gaussian_mixtures import mixture as mixture
from keras_gan.data.licences import licence as licence
from keras_gan.data.loading import info as info
from keras_gan.data.loading import load as load
from keras_gan.data.source import DataInfo as DataInfo
