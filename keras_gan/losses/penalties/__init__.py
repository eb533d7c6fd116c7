"""Penalties on the discriminator's gradient with respect to its input.

A penalty is any callable `(discriminator, real, fake) -> scalar`, a mean over the
minibatch that is added to the discriminator's loss. `discriminator` is a function from
images to logits. One that draws random numbers sets `needs_uniform = True`, and is then
called with `uniform=` too: `(B,)` numbers in [0, 1), one per example, that depend on
the seed, the step and the example's place in the global batch alone. Where the
discriminator judges packs of examples, as `layers.PackedDiscriminator` does, the
gradient is by a whole pack, and the examples of a pack share their number.
"""

from keras_gan.losses.penalties.gradient_penalty import (
    GradientPenalty as GradientPenalty,
)
from keras_gan.losses.penalties.r1 import R1 as R1
from keras_gan.losses.penalties.r2 import R2 as R2
