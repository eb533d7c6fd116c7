"""Finds the layers of two networks that stand for each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import keras

from keras_gan._keras_private import has_automatic_name, inner_layers, own_weights


class WeightedLayer(NamedTuple):
    """A layer with weights of its own, and its place in a network.

    Attributes:
        key: The names that were chosen for it and for the layers around it; in the
            place of a name that Keras made stands its class. Layers with one key are
            told apart by their order.
        name: The name to show, with those of the layers around it.
        outer: The layer of the network that it is, or is a part of; None for weights
            that belong to a model itself.
        weights: Its weights; of a wrapper, also those of the layer inside.
    """

    key: tuple[str, ...]
    name: str
    outer: keras.layers.Layer | None
    weights: list[keras.Variable]

    def fits(self, other: WeightedLayer) -> bool:
        """Returns whether both have weights of the same names, shapes and kinds."""
        return _described(self.weights) == _described(other.weights)

    def differences(self, other: WeightedLayer | None) -> str:
        """Returns the weights that the other layer has not, and its own instead."""
        if other is None:
            return "has no counterpart"
        own, its = (
            [f"{w.name} {tuple(w.shape)} {w.dtype}" for w in layer.weights]
            for layer in (self, other)
        )
        here = ", ".join(text for text in own if text not in its) or "fewer weights"
        there = ", ".join(text for text in its if text not in own) or "fewer weights"
        return f"has {here}, there {there}"


class Match(NamedTuple):
    """A layer, and the layer of another network that stands for it.

    Attributes:
        layer: The layer.
        source: The other's layer; None if it has none that fits.
        misfit: The other's layer at the same place, whose weights do not fit; or None.
    """

    layer: WeightedLayer
    source: WeightedLayer | None
    misfit: WeightedLayer | None


def weighted_layers(network: keras.layers.Layer) -> list[WeightedLayer]:
    """Returns the layers of a network that have weights, from input to output."""
    found = list(_visit(network, (), (), None, set()))
    # The name of a model around the whole network, as `PackedDiscriminator` is one, is
    # no part of a place in it.
    while (
        len({layer.key[:1] for layer in found})
        == 1
        < min(len(layer.key) for layer in found)
    ):
        found = [layer._replace(key=layer.key[1:]) for layer in found]
    return found


def outer_layers(network: keras.layers.Layer) -> list[keras.layers.Layer]:
    """Returns the layers with weights as `summary` lists them, from input to output."""
    layers = {id(each.outer): each.outer for each in weighted_layers(network)}
    return [layer for layer in layers.values() if layer is not None]


def match_layers(
    network: keras.layers.Layer, source: keras.layers.Layer, *, from_output: bool
) -> list[Match]:
    """Finds for each layer of a network the layer of another that stands for it.

    Layers of the same chosen name stand for each other. Of those that Keras has named,
    the first of a class stands for the first, the second for the second, and so on.
    What is left is counted from the other end: the last layer for the last.

    Args:
        network: The network.
        source: The other one.
        from_output: Whether to count from the output: where a discriminator has further
            blocks for larger images, they come first. A generator's come last.

    Returns:
        A match for each layer with weights, from input to output.
    """
    layers, others = weighted_layers(network), weighted_layers(source)
    matches: dict[int, Match] = {}
    for key in {layer.key for layer in layers}:
        own, its = (
            [each for each in found if each.key == key] for found in (layers, others)
        )
        if from_output:
            own, its = own[::-1], its[::-1]
        matches |= {id(match.layer): match for match in _matches(own, its)}
    return [matches[id(layer)] for layer in layers]


def _matches(own: list[WeightedLayer], others: list[WeightedLayer]) -> list[Match]:
    """Matches layers of one key by their order."""
    misfits = [*others, *[None] * len(own)]
    count = min(len(own), len(others))
    fitting = [n for n in range(count) if own[n].fits(others[n])]
    sources: list[WeightedLayer | None] = [None] * len(own)
    for n in fitting:
        sources[n] = others[n]
    rest = fitting[-1] + 1 if fitting else 0
    for n in range(1, count - rest + 1):
        if own[-n].fits(others[-n]):
            sources[-n] = others[-n]
    return [Match(*each) for each in zip(own, sources, misfits, strict=False)]


def _visit(
    layer: keras.layers.Layer,
    key: tuple[str, ...],
    names: tuple[str, ...],
    outer: keras.layers.Layer | None,
    seen: set[int],
) -> Iterator[WeightedLayer]:
    """Yields a layer, if it has weights, and those inside it, each once."""
    if id(layer) in seen:
        return
    seen.add(id(layer))
    if outer is None and not isinstance(layer, keras.Model):
        outer = layer
    # A wrapper computes with the weights of its layer, which make one whole with its
    # own.
    whole = isinstance(layer, keras.layers.Wrapper)
    weights = [
        weight
        for weight in (layer.weights if whole else own_weights(layer))
        if id(weight) not in seen
    ]
    seen.update(map(id, weights))
    if weights:
        own = key or (type(layer).__name__,)
        yield WeightedLayer(own, "/".join(names) or layer.name, outer, weights)
    for inner in [] if whole else inner_layers(layer):
        yield from _visit(
            inner,
            (*_chosen(key), _label(inner)),
            (*names, inner.name),
            outer,
            seen,
        )


def _label(layer: keras.layers.Layer) -> str:
    """Returns the chosen name of a layer, or its class in brackets."""
    parts = [layer]
    while isinstance(parts[-1], keras.layers.Wrapper):
        parts.append(parts[-1].layer)
    chosen = [part.name for part in parts if not has_automatic_name(part)]
    return (
        chosen[0] if chosen else f"<{'<'.join(type(part).__name__ for part in parts)}>"
    )


def _chosen(key: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the chosen names in a key."""
    return tuple(name for name in key if not name.startswith("<"))


def _described(weights: Sequence[keras.Variable]) -> list[Any]:
    """Returns what must be equal for weights to be copied."""
    return [
        (weight.name, tuple(weight.shape), "float" if "float" in dtype else dtype)
        for weight in weights
        for dtype in [keras.backend.standardize_dtype(weight.dtype)]
    ]
