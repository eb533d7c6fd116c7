"""Records what PyTorch computes, for docs/migration.md and the preset of a lecture.

    python -m venv /tmp/torch
    /tmp/torch/bin/pip install torch numpy
    /tmp/torch/bin/python scripts/record_torch_values.py

Writes `torch.json`, results of single functions, and `netG.npz`, a small DCGAN's
generator with a latent and its image, to `tests/migration`. The script imports nothing
of keras_gan.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

FOLDER = Path(__file__).parent.parent / "tests" / "migration"
STEPS = 10
# The arguments of each optimizer that the tests make in Keras too.
OPTIMIZERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.5, 0.999)),
    "adam with L2": lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.1),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1),
    "sgd": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01),
}
# kernel_size, stride, padding, output_padding; None for a convolution.
CONVOLUTIONS = [
    *[(4, 2, 1, None), (3, 1, 1, None), (3, 2, 1, None), (5, 2, 2, None)],
    *[(4, 2, 1, 0), (3, 2, 1, 1)],
]


def numbers(array):
    return np.asarray(array.detach() if torch.is_tensor(array) else array).tolist()


def losses():
    """Records the sums that a loop with BCEWithLogitsLoss minimises."""
    bce = nn.BCEWithLogitsLoss()
    real, fake = 3 * torch.randn(6, 1), 3 * torch.randn(6, 1)
    one, zero = torch.ones(6, 1), torch.zeros(6, 1)
    return {
        "real": numbers(real),
        "fake": numbers(fake),
        "discriminator": (bce(real, one) + bce(fake, zero)).item(),
        "generator": bce(fake, one).item(),
        "target of 0.9": (bce(real, 0.9 * one) + bce(fake, zero)).item(),
    }


def optimizers():
    """Records where each optimizer leads from one start by the same gradients."""
    start, gradients = torch.randn(4), torch.randn(STEPS, 4)
    ends = {}
    for name, make in OPTIMIZERS.items():
        weight = nn.Parameter(start.clone())
        optimizer = make([weight])
        for gradient in gradients:
            weight.grad = gradient.clone()
            optimizer.step()
        ends[name] = numbers(weight)
    return {"start": numbers(start), "gradients": numbers(gradients), "ends": ends}


def clipping():
    """Records gradients of two weights that are clipped by their common norm."""
    gradients = [torch.tensor([3.0, 4.0]), torch.tensor([12.0])]
    weights = [nn.Parameter(torch.zeros_like(each)) for each in gradients]
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.grad = gradient.clone()
    nn.utils.clip_grad_norm_(weights, 1.0)
    return {
        "gradients": [numbers(each) for each in gradients],
        "clipped": [numbers(weight.grad) for weight in weights],
    }


def convolutions():
    """Records convolutions of one 6×6 image; weights and results are channels first."""
    image, found = torch.randn(1, 1, 6, 6), []
    for kernel_size, stride, padding, output_padding in CONVOLUTIONS:
        places = {"stride": stride, "padding": padding}
        if output_padding is None:
            layer = nn.Conv2d(1, 2, kernel_size, **places)
        else:
            places["output_padding"] = output_padding
            layer = nn.ConvTranspose2d(1, 2, kernel_size, **places)
        found.append(
            {
                "kernel_size": kernel_size,
                **places,
                "weight": numbers(layer.weight),
                "bias": numbers(layer.bias),
                "result": numbers(layer(image)),
            }
        )
    return {"image": numbers(image), "layers": found}


def layers():
    """Records a layer of each further kind in the table of the page."""
    batch = 2 + 3 * torch.randn(4, 2, 3, 3)
    normalization = nn.BatchNorm2d(2)
    normalized = normalization(batch)
    z, linear = torch.randn(2, 3), nn.Linear(3, 2 * 2 * 2)
    spectral = nn.Linear(3, 4)
    weight = numbers(spectral.weight)
    nn.utils.spectral_norm(spectral, n_power_iterations=100)(z)
    return {
        "batch_norm": {
            "batch": numbers(batch),
            "normalized": numbers(normalized),
            "mean": numbers(normalization.running_mean),
            "variance": numbers(normalization.running_var),
        },
        "linear": {
            "z": numbers(z),
            "weight": numbers(linear.weight),
            "bias": numbers(linear.bias),
            "maps": numbers(linear(z).view(-1, 2, 2, 2)),
        },
        "spectral": {"weight": weight, "normalized": numbers(spectral.weight)},
        "leaky_relu": nn.LeakyReLU().negative_slope,
        # The largest of many initial weights is close to their bound.
        "initial": {
            "linear": nn.Linear(50, 300).weight.abs().max().item(),
            "conv": nn.Conv2d(30, 60, 4).weight.abs().max().item(),
            "conv_transpose": nn.ConvTranspose2d(30, 60, 4).weight.abs().max().item(),
        },
    }


def lecture():
    """Records three steps of the lecture's notebook, with networks of a few units."""

    def block(inputs, units, normalize=True):
        normalization = [nn.BatchNorm1d(units, 0.8)] if normalize else []
        return [nn.Linear(inputs, units), *normalization, nn.LeakyReLU(0.2)]

    generator = nn.Sequential(
        *block(3, 4, normalize=False), *block(4, 5), nn.Linear(5, 9), nn.Tanh()
    )
    discriminator = nn.Sequential(
        *block(9, 6, normalize=False), nn.Linear(6, 1), nn.Sigmoid()
    )
    networks = {"generator": generator, "discriminator": discriminator}
    # Keras adds its ε in another place, which shows in the first steps.
    bce, adam = nn.BCELoss(), {"lr": 0.01, "betas": (0.5, 0.999), "eps": 1e-16}
    of_generator = torch.optim.Adam(generator.parameters(), **adam)
    of_discriminator = torch.optim.Adam(discriminator.parameters(), **adam)
    steps, one, zero = 3, torch.ones(6, 1), torch.zeros(6, 1)
    z, images = torch.randn(steps, 6, 3), torch.rand(steps, 6, 9) * 2 - 1

    def weights():
        return {
            name: [numbers(weight) for weight in network.parameters()]
            for name, network in networks.items()
        }

    start = weights()
    for latents, real in zip(z, images, strict=True):
        of_generator.zero_grad()
        generated = generator(latents)
        bce(discriminator(generated), one).backward()
        of_generator.step()
        of_discriminator.zero_grad()
        real_loss = bce(discriminator(real), one)
        fake_loss = bce(discriminator(generated.detach()), zero)
        ((real_loss + fake_loss) / 2).backward()
        of_discriminator.step()
    return {
        "z": numbers(z),
        "images": numbers(images),
        "start": start,
        "end": weights(),
    }


def generator():
    """Returns the generator of a small DCGAN, and the arrays of `netG.npz`."""
    net = nn.Sequential(
        *(nn.ConvTranspose2d(8, 8, 4, 1, 0, bias=False), nn.BatchNorm2d(8), nn.ReLU()),
        *(nn.ConvTranspose2d(8, 4, 4, 2, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU()),
        *(nn.ConvTranspose2d(4, 1, 4, 2, 1), nn.Tanh()),
    )
    for _ in range(20):  # moves the running statistics
        net(torch.randn(16, 8, 1, 1))
    net.eval()
    z = torch.randn(4, 8, 1, 1)
    arrays = {name: np.asarray(value) for name, value in net.state_dict().items()}
    return arrays | {"z": z.numpy(), "images": net(z).detach().numpy()}


def main():
    torch.manual_seed(0)
    values = {
        "torch": torch.__version__,
        "losses": losses(),
        "optimizers": optimizers(),
        "clipping": clipping(),
        "convolutions": convolutions(),
        "layers": layers(),
        "lecture": lecture(),
    }
    text = json.dumps(values, indent=None, separators=(",", ":"))
    (FOLDER / "torch.json").write_text(text.replace('],"', '],\n"') + "\n", "utf-8")
    np.savez_compressed(FOLDER / "netG.npz", **generator())


if __name__ == "__main__":
    main()
