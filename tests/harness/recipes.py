"""The fields of the smallest recipe that trains in a moment."""

SGD = {"name": "sgd", "learning_rate": 0.05}
TINY = {
    "architecture": "goodfellow_mlp",
    "architecture_options": {"generator_units": 8, "discriminator_units": 4},
    "generator_optimizer": SGD,
    "discriminator_optimizer": SGD,
    "latent_dim": 4,
    "batch_size": 16,
}
