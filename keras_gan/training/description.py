"""Describes a compiled GAN in plain values: networks, optimizers, loss, rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import keras

from keras_gan import losses
from keras_gan._keras_private import layers_in
from keras_gan.training.optimizers.loss_scaling import inner_optimizer
from keras_gan.training.savable import written

# Values of a config that say where an object is from, not what it does.
_OF_KERAS = (
    "module",
    "registered_name",
    "shared_object_id",
    "build_config",
    "compile_config",
)
# They differ between two networks that are built in the same way.
_OF_ONE_OBJECT = ("name", "seed", "trainable")


def describe_gan(gan: Any) -> dict[str, Any]:
    """Returns the values that define the training of a GAN, such that JSON holds them.

    Fields that a `presets.Recipe` has too have the same names.

    Args:
        gan: The GAN, compiled.
    """
    return {
        "generator": describe_network(gan.generator),
        "discriminator": describe_network(gan.discriminator),
        **describe_optimizers(gan),
        "labels": gan.num_classes is not None,
        "image_shape": list(gan.image_shape),
        "value_range": None if gan.value_range is None else list(gan.value_range),
        "latent_dim": gan.latent_dim,
        "prior": gan.prior.name,
        "loss": _described_loss(gan.adversarial_loss),
        "penalties": [_described(penalty) for penalty in gan.penalties],
        "augment": None if gan.augment is None else _described(gan.augment),
        "pack": gan.interface.pack,
        "discriminator_steps": gan.discriminator_steps,
        "simultaneous": gan.simultaneous,
        "ema_decay": gan.ema_decay,
        "precision": gan.generator.dtype_policy.name,
        "jit_compile": bool(gan.jit_compile),
    }


def describe_network(network: keras.Model) -> dict[str, Any]:
    """Returns the class, the counts of parameters and a hash of a network's structure.

    The hash is the SHA-256 of the network's config and of the shapes of its weights.
    Names, seeds and the values of weights have no part in it, so that the networks of
    all seeds of one script share it.

    Args:
        network: A built network.
    """
    return {
        "name": type(network).__name__,
        "parameters": int(network.count_params()),
        "trainable": sum(int(v.shape.num_elements()) for v in _trainable(network)),
        "sha256": hashlib.sha256(_structure(network).encode()).hexdigest(),
    }


def describe_optimizers(gan: Any) -> dict[str, Any]:
    """Returns the arguments of both optimizers, with the defaults of those not given.

    Args:
        gan: The GAN, compiled.
    """
    return {
        name: _described_optimizer(getattr(gan, name))
        for name in ("generator_optimizer", "discriminator_optimizer")
    }


def _trainable(network: keras.Model) -> list[Any]:
    return [variable.value for variable in network.trainable_variables]


def _structure(network: keras.Model) -> str:
    """Returns text that is the same for networks of one structure."""
    layers = layers_in(network)
    places = {layer.name: f"layer {i}" for i, layer in enumerate(layers)}
    shapes = [list(weight.shape) for weight in network.weights]
    text, _ = written("network", network)
    config = json.loads(text) if text else [type(layer).__name__ for layer in layers]
    return json.dumps([_anonymous(config, places), shapes], sort_keys=True)


def _anonymous(value: Any, places: Mapping[str, str]) -> Any:
    """Returns a config without seeds, with places instead of the names of layers."""
    if isinstance(value, Mapping):
        dropped = (*_OF_KERAS, "seed", "trainable")
        return {
            key: _anonymous(each, places)
            for key, each in value.items()
            if key not in dropped
        }
    if isinstance(value, list):
        return [_anonymous(each, places) for each in value]
    return places.get(value, value) if isinstance(value, str) else value


def _described_optimizer(optimizer: Any) -> dict[str, Any]:
    """Returns the name and the arguments of an optimizer, without those not in use."""
    inner = inner_optimizer(optimizer)
    described = _described(inner)
    if not isinstance(described, dict):
        return {"name": type(inner).__name__}
    if not described.get("use_ema"):
        described.pop("ema_momentum", None)
    return {k: v for k, v in described.items() if v is not None and v is not False}


def _described_loss(loss: Any) -> Any:
    """Returns the name by which `losses.get` knows a loss, else its description."""
    kinds = {type(losses.get(name)): name for name in losses.names()}
    return kinds.get(type(loss)) or _described(loss)


def _described(part: Any) -> Any:
    """Returns {"name": class, and its arguments}; a name where no more is known."""
    text, _ = written("part", part)
    if not text:
        return {"name": getattr(part, "__name__", type(part).__name__)}
    return _short(json.loads(text))


def _short(value: Any) -> Any:
    """Returns what `keras.saving` wrote of an object as a recipe describes it."""
    if isinstance(value, list):
        return [_short(each) for each in value]
    if isinstance(value, float):
        return float(f"{value:.7g}")  # Keras keeps rates in float32
    if not isinstance(value, Mapping):
        return value
    if "class_name" not in value:
        return {key: _short(each) for key, each in value.items()}
    config = value.get("config")
    if not isinstance(config, Mapping):
        return {"name": str(config)}
    arguments = {
        key: _short(each) for key, each in config.items() if key not in _OF_ONE_OBJECT
    }
    return {"name": value["class_name"], **arguments}
