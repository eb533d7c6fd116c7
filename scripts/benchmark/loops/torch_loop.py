"""The loop of PyTorch's DCGAN tutorial, with the package's networks in PyTorch."""

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm
from workloads import ADAM, SGD


class Maxout(nn.Module):
    def __init__(self, inputs, units, pieces):
        super().__init__()
        self.linear = nn.Linear(inputs, units * pieces)
        self.shape = (pieces, units)

    def forward(self, x):
        return self.linear(x).unflatten(1, self.shape).amax(dim=1)


def goodfellow_mlp(latent_dim):
    generator = nn.Sequential(
        nn.Linear(latent_dim, 1200),
        nn.ReLU(),
        nn.Linear(1200, 1200),
        nn.ReLU(),
        nn.Linear(1200, 784),
        nn.Tanh(),
        nn.Unflatten(1, (1, 28, 28)),
    )
    discriminator = nn.Sequential(
        nn.Flatten(),
        nn.Dropout(0.2),
        Maxout(784, 240, 5),
        nn.Dropout(0.5),
        Maxout(240, 240, 5),
        nn.Dropout(0.5),
        nn.Linear(240, 1),
    )
    return generator, discriminator


def dcgan(latent_dim):
    generator = nn.Sequential(
        nn.Linear(latent_dim, 7 * 7 * 48, bias=False),
        nn.Unflatten(1, (48, 7, 7)),
        nn.BatchNorm2d(48),
        nn.ReLU(),
        nn.ConvTranspose2d(48, 24, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(24),
        nn.ReLU(),
        nn.ConvTranspose2d(24, 1, 4, stride=2, padding=1),
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        nn.Conv2d(1, 24, 4, stride=2, padding=1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(24, 48, 4, stride=2, padding=1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(48, 96, 3, stride=2, padding=1),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(96 * 4 * 4, 1),
    )
    return generator, discriminator


def keras_io(latent_dim, width):
    """The networks of the DCGAN on keras.io, for images of 64×64."""
    generator = [
        nn.Linear(latent_dim, 8 * 8 * 2 * width),
        nn.Unflatten(1, (2 * width, 8, 8)),
    ]
    inputs = 2 * width
    for filters in (2 * width, 4 * width, 8 * width):
        generator.append(nn.ConvTranspose2d(inputs, filters, 4, stride=2, padding=1))
        generator.append(nn.LeakyReLU(0.2))
        inputs = filters
    generator += [nn.Conv2d(inputs, 3, 5, padding=2), nn.Tanh()]
    discriminator, inputs = [], 3
    for filters in (width, 2 * width, 2 * width):
        discriminator.append(nn.Conv2d(inputs, filters, 4, stride=2, padding=1))
        discriminator.append(nn.LeakyReLU(0.2))
        inputs = filters
    discriminator += [nn.Flatten(), nn.Dropout(0.2), nn.Linear(8 * 8 * inputs, 1)]
    return nn.Sequential(*generator), nn.Sequential(*discriminator)


class GeneratorBlock(nn.Module):
    def __init__(self, filters):
        super().__init__()
        self.norms = nn.ModuleList([nn.BatchNorm2d(filters) for _ in range(2)])
        self.convolutions = nn.ModuleList(
            [nn.Conv2d(filters, filters, 3, padding=1) for _ in range(2)]
        )
        self.shortcut = nn.Conv2d(filters, filters, 1)

    def forward(self, x):
        y = functional.interpolate(functional.relu(self.norms[0](x)), scale_factor=2)
        y = self.convolutions[0](y)
        y = self.convolutions[1](functional.relu(self.norms[1](y)))
        return y + functional.interpolate(self.shortcut(x), scale_factor=2)


class DiscriminatorBlock(nn.Module):
    def __init__(self, inputs, filters, *, first, halve):
        super().__init__()
        sizes = (inputs, filters)
        self.convolutions = nn.ModuleList(
            [spectral_norm(nn.Conv2d(size, filters, 3, padding=1)) for size in sizes]
        )
        self.shortcut = spectral_norm(nn.Conv2d(inputs, filters, 1)) if halve else None
        self.first = first

    def forward(self, x):
        y = x if self.first else functional.relu(x)
        y = self.convolutions[1](functional.relu(self.convolutions[0](y)))
        if self.shortcut is None:
            return x + y
        return functional.avg_pool2d(y, 2) + self.shortcut(functional.avg_pool2d(x, 2))


class SumOverPlaces(nn.Module):
    def forward(self, x):
        return functional.relu(x).sum(dim=(2, 3))


def sngan_resnet(latent_dim, generator_filters, discriminator_filters):
    wide, narrow = generator_filters, discriminator_filters
    generator = nn.Sequential(
        nn.Linear(latent_dim, 4 * 4 * wide),
        nn.Unflatten(1, (wide, 4, 4)),
        *[GeneratorBlock(wide) for _ in range(3)],
        nn.BatchNorm2d(wide),
        nn.ReLU(),
        nn.Conv2d(wide, 3, 3, padding=1),
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        DiscriminatorBlock(3, narrow, first=True, halve=True),
        DiscriminatorBlock(narrow, narrow, first=False, halve=True),
        DiscriminatorBlock(narrow, narrow, first=False, halve=False),
        DiscriminatorBlock(narrow, narrow, first=False, halve=False),
        SumOverPlaces(),
        spectral_norm(nn.Linear(narrow, 1)),
    )
    return generator, discriminator


BUILDERS = {
    "goodfellow_mlp": goodfellow_mlp,
    "dcgan": dcgan,
    "sngan_resnet": sngan_resnet,
    "keras_io": keras_io,
}


def optimizer(work, model, **options):
    """Returns the optimizer of a network; `fused=True` is PyTorch's one operation."""
    if work.optimizer == "sgd":
        rate, momentum = SGD["learning_rate"], SGD["momentum"]
        return torch.optim.SGD(model.parameters(), rate, momentum=momentum, **options)
    betas = (ADAM["beta_1"], ADAM["beta_2"])
    rate = ADAM["learning_rate"]
    return torch.optim.Adam(model.parameters(), rate, betas=betas, **options)


def losses_of(work):
    """Returns D's loss on data, D's loss on samples, and the generator's loss."""
    if work.loss == "hinge":
        return (
            lambda logits: functional.relu(1 - logits).mean(),
            lambda logits: functional.relu(1 + logits).mean(),
            lambda logits: -logits.mean(),
        )
    return (
        lambda logits: functional.softplus(-logits).mean(),
        lambda logits: functional.softplus(logits).mean(),
        lambda logits: functional.softplus(-logits).mean(),
    )


def networks(work):
    """Returns the networks with PyTorch's initial values."""
    torch.manual_seed(0)
    return BUILDERS[work.architecture](work.latent_dim, **work.options)


def images_of(work):
    """Returns the images with the channels first."""
    return torch.from_numpy(work.images()).permute(0, 3, 1, 2).contiguous()


def minibatches(work, images):
    """Yields the minibatches of each step, one for each update of D, without end."""
    rows = work.batch_size
    while True:
        order = torch.randperm(len(images)).split(rows * work.discriminator_steps)
        for places in order:
            yield [images[part] for part in places.split(rows)]


def noise(work):
    return torch.randn(work.batch_size, work.latent_dim)


def torch_eager(work, pacer, *, compiled=False):
    """Trains in eager PyTorch."""
    generator, discriminator = networks(work)
    g_optimizer = optimizer(work, generator)
    d_optimizer = optimizer(work, discriminator)
    if compiled:
        generator, discriminator = map(torch.compile, (generator, discriminator))
    real_loss, fake_loss, generator_loss = losses_of(work)
    batches = minibatches(work, images_of(work))
    pacer.begin()
    for reals in batches:
        for real in reals:
            d_optimizer.zero_grad()
            real_loss(discriminator(real)).backward()
            fake = generator(noise(work)).detach()
            fake_loss(discriminator(fake)).backward()
            d_optimizer.step()
        g_optimizer.zero_grad()
        generator_loss(discriminator(generator(noise(work)))).backward()
        g_optimizer.step()
        pacer.step()


def torch_compiled(work, pacer):
    """Trains in PyTorch with both networks compiled."""
    torch_eager(work, pacer, compiled=True)


def torch_tuned(work, pacer, *, compiled=False):
    """Trains in PyTorch with what a user who knows it well would do.

    Channels last, optimizers in one operation, one pass of D over data and samples, and
    no gradients where none are used.
    """
    generator, discriminator = (
        network.to(memory_format=torch.channels_last) for network in networks(work)
    )
    g_optimizer = optimizer(work, generator, fused=True)
    d_optimizer = optimizer(work, discriminator, fused=True)
    weights = list(discriminator.parameters())
    if compiled:
        generator, discriminator = map(torch.compile, (generator, discriminator))
    real_loss, fake_loss, generator_loss = losses_of(work)
    images = images_of(work).to(memory_format=torch.channels_last)
    batches = minibatches(work, images)
    pacer.begin()
    for reals in batches:
        for weight in weights:
            weight.requires_grad_(True)
        for real in reals:
            with torch.no_grad():
                fake = generator(noise(work))
            logits = discriminator(torch.cat([real, fake]))
            real_logits, fake_logits = logits.chunk(2)
            d_optimizer.zero_grad()
            (real_loss(real_logits) + fake_loss(fake_logits)).backward()
            d_optimizer.step()
        for weight in weights:
            weight.requires_grad_(False)
        g_optimizer.zero_grad()
        generator_loss(discriminator(generator(noise(work)))).backward()
        g_optimizer.step()
        pacer.step()


def torch_tuned_compiled(work, pacer):
    """Trains as `torch_tuned` does, with both networks compiled."""
    torch_tuned(work, pacer, compiled=True)
