"""The value, optimum and criterion of the 2014 game for known distributions, in nats.

A distribution is a vector of probabilities or a `Density` on the line. Importing this
package imports NumPy alone.
"""

from __future__ import annotations

from keras_gan.theory.density import Density as Density
from keras_gan.theory.divergences import jensen_shannon as jensen_shannon
from keras_gan.theory.divergences import kullback_leibler as kullback_leibler
from keras_gan.theory.divergences import mixture as mixture
from keras_gan.theory.game import generator_criterion as generator_criterion
from keras_gan.theory.game import optimal_discriminator as optimal_discriminator
from keras_gan.theory.game import pointwise_value as pointwise_value
from keras_gan.theory.game import value as value
from keras_gan.theory.generated import (
    generated_probabilities as generated_probabilities,
)
from keras_gan.theory.monte_carlo import Estimate as Estimate
from keras_gan.theory.monte_carlo import monte_carlo_value as monte_carlo_value
