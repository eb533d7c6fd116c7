"""Changes data and samples alike before the discriminator sees them.

An augmentation is any callable from images to images that the generator's gradient can
pass. One that draws random numbers is an `Augmentation`: training hands it uniform
numbers, which depend only on the seed, the step, the example's place in the global
batch and the number of the draw within the step.
"""

from keras_gan._registration import register_rest as _register_rest
from keras_gan.augmentation.adaptive_augment import AdaptiveAugment as AdaptiveAugment
from keras_gan.augmentation.augmentation import Augmentation as Augmentation
from keras_gan.augmentation.diff_augment import DiffAugment as DiffAugment
from keras_gan.augmentation.instance_noise import InstanceNoise as InstanceNoise

_register_rest()
