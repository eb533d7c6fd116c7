"""Trains a GAN on a line, where every quantity of the 2014 paper can be computed."""

from keras_gan.convergence.exact_values import DATA as DATA
from keras_gan.convergence.exact_values import Record as Record
from keras_gan.convergence.exact_values import observe as observe
from keras_gan.convergence.exact_values import sample_distance as sample_distance
from keras_gan.convergence.training import LEAST_STEPS as LEAST_STEPS
from keras_gan.convergence.training import Convergence as Convergence
from keras_gan.convergence.training import build_gan as build_gan
from keras_gan.convergence.training import draw_data as draw_data
from keras_gan.convergence.training import train as train
