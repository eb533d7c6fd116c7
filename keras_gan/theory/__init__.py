"""The game of the 2014 paper evaluated for known distributions, in nats.

A distribution is a vector of probabilities or a `Density` on the line. Importing this
package imports NumPy alone.
"""

from __future__ import annotations

from keras_gan.theory.density import Density as Density
from keras_gan.theory.game import generator_criterion as generator_criterion
from keras_gan.theory.game import jensen_shannon as jensen_shannon
from keras_gan.theory.game import optimal_discriminator as optimal_discriminator
from keras_gan.theory.game import value as value
