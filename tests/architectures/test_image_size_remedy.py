"""An image size that does not fit names the nearest one that does."""

import pytest

from keras_gan import architectures
from keras_gan._checks import InputError


@pytest.mark.parametrize(
    ("name", "size", "option"),
    [
        ("dcgan", (37, 37), "36"),
        ("dcgan", (30, 45), "(28, 44)"),
        ("r3gan", (37, 37), "40"),
        ("sngan_resnet", (37, 37), "40"),
        ("sagan", (29, 33), "(28, 32)"),
        ("goodfellow_conv", (5, 5), "8"),
    ],
)
def test_the_remedy_is_a_size_that_fits(name, size, option):
    with pytest.raises(InputError) as refusal:
        architectures.build(name, image_shape=(*size, 1), latent_dim=4)
    assert f"`image_size={option}`" in str(refusal.value)
