"""Penalties on the discriminator's gradient with respect to its input.

A penalty is any callable `(discriminator, real, fake) -> scalar`, a mean over the
minibatch that is added to the discriminator's loss. `discriminator` is a function from
images to logits. A penalty that draws random numbers sets `needs_uniform = True`, and
is then called with `uniform=` too: `(B,)` numbers in [0, 1), one for each example,
which depend only on the seed, the step and the example's place in the global batch.

A discriminator may judge packs of examples, as `layers.PackedDiscriminator` does. The
gradient is then that of a logit by its whole pack, and the examples of a pack share
their number.
"""

from keras_gan.losses.penalties.gradient_penalties import R1 as R1
from keras_gan.losses.penalties.gradient_penalties import R2 as R2
from keras_gan.losses.penalties.gradient_penalties import (
    GradientPenalty as GradientPenalty,
)
from keras_gan.losses.penalties.penalty import Penalty as Penalty
