"""The game of 2014 on a line: a real training in which every law is known."""

from keras_gan.convergence.game import LEAST_STEPS as LEAST_STEPS
from keras_gan.convergence.game import Convergence as Convergence
from keras_gan.convergence.game import build_gan as build_gan
from keras_gan.convergence.game import draw_data as draw_data
from keras_gan.convergence.game import train as train
from keras_gan.convergence.observation import DATA as DATA
from keras_gan.convergence.observation import Record as Record
from keras_gan.convergence.observation import observe as observe
from keras_gan.convergence.observation import sample_distance as sample_distance
