"""Images for training: one function that turns any source into a `tf.data.Dataset`.

Importing this package does not import TensorFlow; loading does.
"""

from keras_gan.data.data_info import DataInfo as DataInfo
from keras_gan.data.licences import licence as licence
from keras_gan.data.loading import info as info
from keras_gan.data.loading import load as load
from keras_gan.data.mixtures import Mixture as Mixture
from keras_gan.data.mixtures import mixture as mixture
