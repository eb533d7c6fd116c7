"""The workloads of the benchmarks: networks, data and rates, equal for every loop."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Workload:
    """The networks, data and optimizer of one training.

    Attributes:
        architecture: A name of `keras_gan.architectures`, or "keras_io", which are
            networks of Keras's own layers; loops/torch_loop.py has the same networks in
            PyTorch.
        image_shape: Height, width and channels.
        batch_size: The number of images of one update of the discriminator.
        discriminator_steps: The number of updates of the discriminator per update of
            the generator.
        loss: "non_saturating" or "hinge".
        optimizer: "sgd" with momentum, or "adam".
        options: The options of the architecture.
        steps: The number of training steps of a turn.
    """

    architecture: str
    image_shape: tuple[int, int, int]
    batch_size: int
    discriminator_steps: int
    loss: str
    optimizer: str
    options: dict[str, int]
    steps: int
    latent_dim: int = 100

    def images(self):
        """Returns images in [-1, 1] for 100 steps, or 10 with several updates of D."""
        count = 100 * self.batch_size * self.discriminator_steps
        if self.discriminator_steps > 1:
            count //= 10
        random = np.random.default_rng(0)
        return random.uniform(-1, 1, (count, *self.image_shape)).astype(np.float32)


SGD = {"learning_rate": 0.01, "momentum": 0.5}
ADAM = {"learning_rate": 2e-4, "beta_1": 0.5, "beta_2": 0.999}

WORKLOADS = {
    # The networks of 2014.
    "mlp": Workload(
        "goodfellow_mlp", (28, 28, 1), 100, 1, "non_saturating", "sgd", {}, 30
    ),
    "dcgan": Workload("dcgan", (28, 28, 1), 64, 1, "non_saturating", "adam", {}, 30),
    # A quarter of the paper's width: at full width a step takes half a minute.
    "sngan": Workload(
        "sngan_resnet",
        (32, 32, 3),
        64,
        5,
        "hinge",
        "adam",
        {"generator_filters": 64, "discriminator_filters": 32},
        1,
    ),
    # A user's own networks: those of the DCGAN on keras.io, a quarter as wide.
    "keras_io": Workload(
        "keras_io",
        (64, 64, 3),
        32,
        1,
        "non_saturating",
        "adam",
        {"width": 16},
        8,
        latent_dim=128,
    ),
}
