"""Trains a GAN as a recipe says, and leaves a folder that shows and continues it."""

from keras_gan._checks import DivergenceError as DivergenceError
from keras_gan._checks import LostWorkerError as LostWorkerError
from keras_gan.experiment.recommendation import Recommendation as Recommendation
from keras_gan.experiment.recommendation import recommend as recommend
from keras_gan.experiment.training import Run as Run
from keras_gan.experiment.training import load_run as load_run
from keras_gan.experiment.training import make_deterministic as make_deterministic
from keras_gan.experiment.training import train as train
from keras_gan.training.loading import load_gan as load_gan
