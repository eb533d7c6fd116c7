"""The command line `keras-gan`."""

from keras_gan.cli.app import app as app
from keras_gan.cli.app import main as main
