"""Defines priors p_z over the latent space, and seeds that define single latents.

A seed defines a latent by itself: counter-based random numbers (Philox4x32-10, Salmon
et al. 2011) give the same `z` in NumPy, in TensorFlow, in a SavedModel and in any other
language, in any batch. The numbers are computed in float64 and rounded once, so the
implementations agree to the last float32 digit or the one before. Importing this
package imports NumPy alone.
"""

from keras_gan.priors.prior import Normal as Normal
from keras_gan.priors.prior import Prior as Prior
from keras_gan.priors.prior import Sphere as Sphere
from keras_gan.priors.prior import Uniform as Uniform
from keras_gan.priors.prior import check_truncation as check_truncation
from keras_gan.priors.prior import get as get
from keras_gan.priors.prior import names as names
from keras_gan.priors.seeds import Seeds as Seeds
from keras_gan.priors.seeds import check_seeds as check_seeds
from keras_gan.priors.seeds import labels as labels
from keras_gan.priors.seeds import labels_tf as labels_tf
from keras_gan.priors.seeds import spawn_seeds as spawn_seeds
