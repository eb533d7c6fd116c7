"""Checks the two networks of a GAN, and reads off how they are called."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._keras_private import layers_in
from keras_gan._typing import Tensor
from keras_gan.distribution.scope import check_scope
from keras_gan.layers import PackedDiscriminator
from keras_gan.losses.loss import with_flags
from keras_gan.training.inlined_functions import inlined_functions
from keras_gan.training.interface import Interface
from keras_gan.training.own_parts import check_loss_methods

_LABEL_SHAPES = ((None,), (None, 1))


def is_shipped(kind: Any) -> bool:
    """Returns whether a class or function is Keras's or this package's own."""
    module = getattr(kind, "__module__", None) or ""
    return module.startswith(("keras.", "keras_gan."))


def _latent_dim_of(generator: keras.Model) -> int:
    """Reads the size of a latent from the generator's first input.

    Raises:
        ValueError: If the input's shape is unknown, or is not that of a vector.
    """
    shape = _first_input_shape(generator)
    if shape is None:
        raise InputError(
            f"The generator '{generator.name}' does not tell the shape of its latents; "
            "build it first by calling it on a `keras.Input((latent_dim,))`."
        )
    if len(shape) != 2 or shape[1] is None:
        raise InputError(
            "`generator` must take latents of shape (batch, latent_dim) as its first "
            f"input; it takes {tuple(shape)}. {_reshaped(tuple(shape))}"
        )
    return int(shape[1])


def check_input_count(
    argument: str, network: keras.Model, num_classes: int | None
) -> None:
    """Refuses a network whose number of inputs does not fit `num_classes`."""
    expected = 1 if num_classes is None else 2
    inputs = getattr(network, "inputs", None)
    if inputs is not None and len(inputs) == 2 and num_classes is not None:
        _check_label_input(argument, tuple(inputs[1].shape), num_classes)
    if inputs is not None and len(inputs) != expected:
        what = "one input" if expected == 1 else "two inputs, the second the labels,"
        raise InputError(
            f"With `num_classes={num_classes}` the `{argument}` must take {what} but "
            f"it takes {len(inputs)}. {_fewer_inputs(argument, inputs, expected)}"
        )


def _fewer_inputs(argument: str, inputs: Sequence[Any], expected: int) -> str:
    """Returns how a network of other inputs becomes one that takes the `expected`."""
    if argument == "discriminator":
        if len(inputs) < expected:
            return (
                "One that takes images alone must return [logits, class_logits], for "
                "`losses.AuxiliaryClassifier`."
            )
        return "It judges images, and labels if `num_classes` is given, and no more."
    if len(inputs) < expected:
        return "Give it a second input, `keras.Input((), dtype='int32')`."
    if _takes_labels(inputs[-1]) and expected == 1:
        return "If the second takes labels, give the GAN `num_classes=`."
    labels = ["labels"][: expected - 1]
    shapes = [tuple(noise.shape[1:]) for noise in inputs[: 1 + len(inputs) - expected]]
    return (
        "It takes latents, and labels if `num_classes` is given. Let one vector of "
        f"latents hold all of its noise: {_cut_apart(shapes, labels)}"
    )


def _cut_apart(shapes: Sequence[tuple[int | None, ...]], more: list[str]) -> str:
    """Returns the code that makes inputs of these shapes from one vector."""
    if any(None in shape for shape in shapes):
        return "cut it apart, and reshape the parts."
    sizes = [math.prod(size or 1 for size in shape) for shape in shapes]
    ends = [0, *itertools.accumulate(sizes)]
    parts = [f"z[:, {start}:{end}]" for start, end in itertools.pairwise(ends)]
    cut = [
        part if len(shape) == 1 else f"keras.ops.reshape({part}, {(-1, *shape)})"
        for part, shape in zip(parts, shapes, strict=True)
    ]
    called = ", ".join([*cut, *more])
    return f"`z = keras.Input(({ends[-1]},))`, and call it on `[{called}]`."


def _takes_labels(tensor: Any) -> bool:
    return tuple(tensor.shape) in _LABEL_SHAPES


def _check_label_input(
    argument: str, shape: tuple[int | None, ...], num_classes: int
) -> None:
    """Refuses a second input that takes no class numbers, but one-hot labels, say."""
    if shape in _LABEL_SHAPES:
        return
    raise InputError(
        f"The second input of `{argument}` takes {shape}, but labels are class numbers "
        "of shape (batch,). Make it `keras.Input((), dtype='int32')` with an Embedding "
        f"behind it, or `keras.ops.one_hot(label, {num_classes})`."
    )


def _reshaped(shape: tuple[int | None, ...]) -> str:
    """Returns how a generator of shaped latents becomes one of vectors."""
    sizes = [size for size in shape[1:] if size is not None]
    if len(sizes) != len(shape) - 1:
        return "Give it an input of fixed size."
    return (
        f"Put `keras.Sequential([keras.Input(({math.prod(sizes)},)), "
        f"keras.layers.Reshape({tuple(sizes)}), generator])` in its place."
    )


def _check_places(generator: keras.Model, discriminator: keras.Model) -> None:
    """Refuses a pair of which each network is given as the other."""
    taken, made = _first_input_shape(generator), _output_shape(discriminator)
    if taken is not None and len(taken) > 2 and taken == made:
        raise InputError(
            f"`generator` takes the images {tuple(taken[1:])} that `discriminator` "
            "makes: they are in each other's place. Give `GAN(generator, "
            "discriminator)`."
        )


def build_networks(
    generator: keras.Model,
    discriminator: keras.Model,
    num_classes: int | None,
) -> Interface:
    """Calls both networks symbolically, so that all their variables exist.

    Returns:
        The inputs and outputs of both.

    Raises:
        ValueError: If the discriminator does not take what the generator makes, or
            does not return logits.
    """
    _check_places(generator, discriminator)
    interface = build_generator(generator, num_classes)
    image_shape = interface.image_shape
    expected = _first_input_shape(discriminator)
    if expected is not None and not _fits(image_shape, tuple(expected[1:])):
        raise InputError(
            f"`discriminator` takes images of shape {tuple(expected[1:])}, but the "
            f"generator makes {image_shape}."
        )
    pack = discriminator.pack if isinstance(discriminator, PackedDiscriminator) else 1
    if pack > 1 and num_classes is not None:
        raise InputError(
            "`discriminator` judges packs of images, and takes no labels; use "
            f"`num_classes=None` or no packs (got `num_classes={num_classes}` and "
            f"packs of {pack})."
        )
    takes_labels = num_classes is not None and not _is_classifier(discriminator)
    if not _is_classifier(discriminator):
        check_input_count("discriminator", discriminator, num_classes)
    outputs = _outputs_of(discriminator, image_shape, labelled=takes_labels)
    classifies = _check_outputs(outputs, takes_labels, num_classes)
    return dataclasses.replace(
        interface, takes_labels=takes_labels, classifies=classifies, pack=pack
    )


def build_generator(generator: keras.Model, num_classes: int | None) -> Interface:
    """Calls a generator symbolically, so that all its variables exist.

    Returns:
        Its inputs and outputs.

    Raises:
        ValueError: If it does not take latents, or does not return images.
    """
    latent_dim = _latent_dim_of(generator)
    check_input_count("generator", generator, num_classes)
    images = _outputs_of(generator, (latent_dim,), labelled=num_classes is not None)
    if not hasattr(images, "shape"):
        shapes = [tuple(output.shape) for output in keras.tree.flatten(images)]
        raise InputError(
            f"`generator` must return one tensor of images; it returns {len(shapes)} "
            f"of shapes {shapes}. Give the GAN `keras.Model(inputs, images)` of it."
        )
    image_shape = tuple(images.shape[1:])
    if None in image_shape:
        raise InputError(
            f"`generator` must make images of a fixed shape; it makes {image_shape}."
        )
    return Interface(latent_dim, num_classes, image_shape)


def _outputs_of(network: keras.Model, shape: tuple[int, ...], *, labelled: bool) -> Any:
    """Returns what a network makes of symbolic inputs: arrays [, labels]."""
    label = [keras.Input((), dtype="int32")] if labelled else []
    with inlined_functions():
        return network(join([keras.Input(shape), *label]))


def check_loss(loss: Any, interface: Interface) -> None:
    """Refuses a loss that needs other outputs than the discriminator has.

    Raises:
        ValueError: If the loss uses class logits and the discriminator returns none, or
            the other way round; or if its methods take other arguments.
    """
    num_classes = interface.num_classes
    needs_classes = with_flags(loss).needs_class_logits
    check_loss_methods(loss, needs_classes)
    if needs_classes and num_classes is None:
        raise InputError(
            f"The loss {type(loss).__name__} needs labels; give the GAN `num_classes=`."
        )
    if needs_classes and not interface.classifies:
        raise InputError(
            f"The loss {type(loss).__name__} needs a discriminator that takes images "
            "alone and returns [logits, class_logits], of shapes (batch, 1) and "
            f"(batch, {num_classes}); this one returns logits alone."
        )
    if interface.classifies and not needs_classes:
        raise InputError(
            "The discriminator returns class logits, which the loss "
            f"{type(loss).__name__} does not use; use "
            "`loss=losses.AuxiliaryClassifier(...)`, which takes another loss."
        )


def warn_of_local_statistics(network: keras.Model) -> None:
    """Warns of layers that normalize each replica's part of a batch for itself."""
    for layer in layers_in(network):
        if getattr(layer, "synchronized", None) is False:
            warnings.warn(
                f"'{layer.name}' of the {network.name} normalizes each replica's part "
                "of the batch for itself, so that the training depends on the number "
                f"of replicas; use `{type(layer).__name__}(synchronized=True)`.",
                stacklevel=4,
            )
            return


def computes_in(dtype: str, layers: Iterable[keras.layers.Layer]) -> bool:
    """Returns whether a layer, or one inside it, computes in that type."""
    return any(
        inner.compute_dtype == dtype for layer in layers for inner in layers_in(layer)
    )


def check_network(name: str, network: keras.Model) -> None:
    """Refuses weights that are frozen, of half precision or of another strategy.

    Warns of float16 where it is slow.

    Raises:
        ValueError: If the network cannot be trained.
    """
    check_scope(name, network.variables)
    if not network.trainable_variables:
        remedy = (
            f"all its variables are frozen. Set `{name}.trainable = True` before "
            "`compile`; a step moves the one network while it holds the other still."
            if network.variables
            else "it has no variables. Give it layers with weights."
        )
        raise InputError(f"The {name} has nothing to train: {remedy}")
    for variable in network.trainable_variables:
        if variable.dtype in ("float16", "bfloat16"):
            raise InputError(
                f"The weights of the {name} are {variable.dtype}, too coarse for small "
                f"steps; build it with the policy 'mixed_{variable.dtype}', which "
                "keeps weights in float32."
            )
    devices = {device.device_type for device in tf.config.list_physical_devices()}
    if computes_in("float16", [network]) and devices <= {"CPU", "XLA_CPU"}:
        warn_of_slow_float16()


@functools.cache
def warn_of_slow_float16() -> None:
    """Warns once a process: a script of several GANs is told enough by one line."""
    warnings.warn(
        "A network computes in float16 on a CPU, which is slow there; use "
        "'mixed_bfloat16' or 'float32'.",
        stacklevel=6,
    )


def clone(network: keras.Model) -> keras.Model:
    """Returns a network of the same layers and weights, with variables of its own.

    Raises:
        ValueError: If Keras cannot rebuild the network from its configuration.
    """
    try:
        copy = keras.models.clone_model(network)
    except (ValueError, NotImplementedError, TypeError) as error:
        raise InputError(
            f"`ema_decay` needs a copy of the generator '{network.name}', and Keras "
            "cannot rebuild it from its config; give its layers a `get_config` and "
            f"use no Lambda layers ({str(error).splitlines()[0]})"
        ) from error
    if not copy.built:
        copy.build(network.input_shape)
    copy.set_weights(network.get_weights())
    copy.trainable = False
    return copy


def join(tensors: list[Tensor]) -> Tensor:
    """Returns the input of a network: the one tensor, or the list of several."""
    return tensors[0] if len(tensors) == 1 else tensors


def _first_input_shape(network: keras.Model) -> tuple[int | None, ...] | None:
    inputs = getattr(network, "inputs", None)
    if inputs:
        return tuple(inputs[0].shape)
    shape = (network.get_build_config() or {}).get("input_shape")
    if shape and isinstance(shape[0], (tuple, list)):
        shape = shape[0]
    return tuple(shape) if shape else None


def _output_shape(network: keras.Model) -> tuple[int | None, ...] | None:
    outputs = getattr(network, "outputs", None)
    return tuple(outputs[0].shape) if outputs else None


def _fits(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    return len(shape) == len(expected) and all(
        want in (None, have) for have, want in zip(shape, expected, strict=True)
    )


def _is_classifier(discriminator: keras.Model) -> bool:
    """Returns whether a network has one input and two outputs, if that is known."""
    inputs = getattr(discriminator, "inputs", None) or ()
    outputs = getattr(discriminator, "outputs", None) or ()
    return len(inputs) == 1 and len(outputs) == 2


def _check_outputs(outputs: Any, takes_labels: bool, num_classes: int | None) -> bool:
    """Returns whether there are class logits; refuses any other second output."""
    if hasattr(outputs, "shape"):
        return False
    shapes = [tuple(output.shape) for output in keras.tree.flatten(outputs)]
    if num_classes is None or not isinstance(outputs, (list, tuple)):
        raise InputError(
            "`discriminator` must return one tensor of logits; it returns "
            f"{type(outputs).__name__} of shapes {shapes}. One that returns "
            "[logits, class_logits] needs a GAN with `num_classes=`."
        )
    if takes_labels:
        raise InputError(
            "`discriminator` takes labels and returns class logits; let it take images "
            "alone, as a functional model, or return logits alone."
        )
    if len(shapes) != 2 or shapes[1][1:] != (num_classes,):
        raise InputError(
            "`discriminator` must return [logits, class_logits], with class logits of "
            f"shape (batch, {num_classes}) for `num_classes={num_classes}`; it returns "
            f"shapes {shapes}."
        )
    return True
