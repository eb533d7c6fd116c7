"""The products that a step is counted to do are those that Algorithm 1 needs."""

import dataclasses

import processes  # noqa: F401 - finds the folder of the workloads
import products
import pytest
from harness.marks import slow_but_for
from workloads import WORKLOADS


def operations(work):
    return sum(p.operations * n for p, n in products.of_step(work).items())


def mlp_operations(k):
    """Of the networks of 2014 at batch 100, but for the last layer's 240 weights."""
    generator = 100 * 1200, 1200 * 1200, 1200 * 784
    first, second = 784 * 1200, 240 * 1200
    judge = first + second
    # For D: a pass of G without gradients, D's there and back over 200 images.
    discriminator_update = 100 * sum(generator) + 200 * (2 * judge + second)
    # For G: there and back through D to the images, and through G.
    generator_update = 100 * (2 * judge + 2 * sum(generator) + sum(generator[1:]))
    return 2 * (k * discriminator_update + generator_update)


@pytest.mark.parametrize("k", slow_but_for([], [1, 2]))
def test_the_products_of_the_2014_networks(k):
    work = dataclasses.replace(WORKLOADS["mlp"], discriminator_steps=k)
    assert operations(work) == mlp_operations(k)
    assert mlp_operations(1) == pytest.approx(3.5664e9)


def test_the_convolutions_of_dcgan():
    # Of one image: a convolution's places, outputs, kernel and inputs.
    first, second = 14 * 14 * 24 * 16, 7 * 7 * 48 * 16 * 24
    third = 4 * 4 * 96 * 9 * 48
    judge = first + second + third
    dense, transposed = 100 * 7 * 7 * 48, second + first
    generator = dense + transposed
    discriminator_update = generator + 2 * (2 * judge + second + third)
    generator_update = 2 * judge + 2 * generator + transposed
    expected = 2 * 64 * (discriminator_update + generator_update)
    assert operations(WORKLOADS["dcgan"]) == expected


def test_a_transposed_convolution_is_an_input_gradient():
    (outer,) = (
        product
        for product in products.of_step(WORKLOADS["dcgan"])
        if product.role == "forward"
        and product.kind == "input gradient"
        and product.images == (64, 28, 28, 1)
    )
    assert outer.kernel == (4, 4, 1, 24)
    assert outer.result == (64, 14, 14, 24)
    assert (outer.stride, outer.padding) == (2, (1, 1))
    assert products.Product.of(dataclasses.asdict(outer)) == outer
