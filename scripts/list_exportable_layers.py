"""Lists which activations and layers of Keras export to ONNX, by exporting each.

`python scripts/list_exportable_layers.py` prints the list; `--update` writes it into
docs/export.md. Each stands in a small generator, whose file is compared with Keras.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import textwrap
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np
from keras import layers

from keras_gan import GAN, export

PAGE = Path(__file__).resolve().parents[1] / "docs" / "export.md"
START = "<!-- exportable: python scripts/list_exportable_layers.py --update -->"
END = "<!-- end of exportable -->"

ROW, SEQUENCE, IMAGE, VOLUME = (32,), (16, 2), (4, 4, 2), (2, 4, 2, 2)
_INPUTS = {
    ROW: "LeakyReLU PReLU ELU ReLU Softmax Activation Identity Dropout AlphaDropout "
    "GaussianDropout GaussianNoise ActivityRegularization BatchNormalization "
    "LayerNormalization GroupNormalization RMSNormalization UnitNormalization "
    "SpectralNormalization Dense EinsumDense Reshape Flatten RepeatVector Lambda "
    "Rescaling Normalization Discretization CategoryEncoding Embedding Add Average "
    "Subtract Multiply Maximum Minimum Concatenate Dot ReversibleEmbedding",
    SEQUENCE: "Conv1D Conv1DTranspose SeparableConv1D DepthwiseConv1D AveragePooling1D "
    "MaxPooling1D GlobalAveragePooling1D GlobalMaxPooling1D AdaptiveAveragePooling1D "
    "AdaptiveMaxPooling1D UpSampling1D ZeroPadding1D Cropping1D SpatialDropout1D "
    "Permute Attention AdditiveAttention MultiHeadAttention GroupQueryAttention "
    "LSTM GRU SimpleRNN Bidirectional TimeDistributed ConvLSTM1D Masking RNN "
    "StackedRNNCells",
    IMAGE: "Conv2D Conv2DTranspose SeparableConv2D DepthwiseConv2D AveragePooling2D "
    "MaxPooling2D GlobalAveragePooling2D GlobalMaxPooling2D AdaptiveAveragePooling2D "
    "AdaptiveMaxPooling2D UpSampling2D ZeroPadding2D Cropping2D SpatialDropout2D "
    "Resizing CenterCrop",
    VOLUME: "Conv3D Conv3DTranspose AveragePooling3D MaxPooling3D "
    "GlobalAveragePooling3D GlobalMaxPooling3D AdaptiveAveragePooling3D "
    "AdaptiveMaxPooling3D UpSampling3D ZeroPadding3D Cropping3D SpatialDropout3D "
    "ConvLSTM2D",
}
_MERGING = "Add Average Subtract Multiply Maximum Minimum Concatenate"


def _units() -> dict[str, Callable[..., Any]]:
    """Returns the layers that need more than their usual arguments."""
    return {
        "Activation": lambda x: layers.Activation("tanh")(x),
        "ActivityRegularization": lambda x: layers.ActivityRegularization(l2=0.1)(x),
        "Bidirectional": lambda x: layers.Bidirectional(layers.LSTM(3))(x),
        "CategoryEncoding": lambda x: layers.CategoryEncoding(
            num_tokens=4, output_mode="multi_hot"
        )(keras.ops.cast(x > 0, "int32")),
        "CenterCrop": lambda x: layers.CenterCrop(2, 2)(x),
        "ConvLSTM1D": lambda x: layers.ConvLSTM1D(3, 3)(layers.Reshape((2, 8, 2))(x)),
        "Cropping3D": lambda x: layers.Cropping3D((0, 1, 0))(x),
        "Discretization": lambda x: keras.ops.cast(
            layers.Discretization(bin_boundaries=[-0.5, 0.0, 0.5])(x), "float32"
        ),
        "Dot": lambda x: layers.Dot(1)([x, x]),
        "EinsumDense": lambda x: layers.EinsumDense("ab,bc->ac", 5)(x),
        "Embedding": lambda x: layers.Embedding(2, 3)(keras.ops.cast(x > 0, "int32")),
        "GroupNormalization": lambda x: layers.GroupNormalization(4)(x),
        "GroupQueryAttention": lambda x: layers.GroupQueryAttention(4, 2, 1)(x, x),
        "Lambda": lambda x: layers.Lambda(lambda y: y * 2.0)(x),
        "MultiHeadAttention": lambda x: layers.MultiHeadAttention(2, 4)(x, x),
        "Normalization": lambda x: layers.Normalization(mean=0.5, variance=2.0)(x),
        "Permute": lambda x: layers.Permute((2, 1))(x),
        "RNN": lambda x: layers.RNN(layers.GRUCell(3))(x),
        "RepeatVector": lambda x: layers.RepeatVector(2)(x),
        "Rescaling": lambda x: layers.Rescaling(2.0, 1.0)(x),
        "Reshape": lambda x: layers.Reshape((8, 4))(x),
        "Resizing": lambda x: layers.Resizing(7, 8)(x),
        "ReversibleEmbedding": lambda x: layers.ReversibleEmbedding(2, 3)(
            keras.ops.cast(x > 0, "int32")
        ),
        "SpectralNormalization": lambda x: layers.SpectralNormalization(
            layers.Dense(4)
        )(x),
        "StackedRNNCells": lambda x: layers.RNN(
            layers.StackedRNNCells([layers.GRUCell(3), layers.LSTMCell(2)])
        )(x),
        "TimeDistributed": lambda x: layers.TimeDistributed(layers.Dense(3))(x),
        "ConvLSTM2D": lambda x: layers.ConvLSTM2D(3, 2)(x),
    }


def _usual(name: str) -> Callable[..., Any]:
    """Returns the layer of this name with the arguments that its kind needs."""
    made = getattr(layers, name)
    if name in _MERGING.split():
        return lambda x: made()([x, keras.ops.square(x)])
    if name in ("Attention", "AdditiveAttention"):
        return lambda x: made()([x, x])
    if name.startswith(("Conv", "SeparableConv")):
        return lambda x: made(4, 2)(x)
    if name.startswith(("Depthwise", "Adaptive", "AveragePooling")):
        return lambda x: made(2)(x)
    if name in ("Dense", "LSTM", "GRU", "SimpleRNN"):
        return lambda x: made(5)(x)
    if "Dropout" in name or name == "GaussianNoise":
        return lambda x: made(0.2)(x)
    return lambda x: made()(x)


def _variants() -> dict[str, tuple[tuple[int, ...], Callable[..., Any]]]:
    """Returns further settings of layers, and operations of `keras.ops`."""

    def image(layer: Any) -> tuple[tuple[int, ...], Callable[..., Any]]:
        return IMAGE, lambda x: layer(x)

    ops: Any = keras.ops
    return {
        "Conv1D(groups=2)": (SEQUENCE, lambda x: layers.Conv1D(4, 2, groups=2)(x)),
        "Conv2D(groups=2)": image(layers.Conv2D(4, 3, groups=2, padding="same")),
        "Conv2D(groups=2, strides=2)": image(layers.Conv2D(4, 2, 2, groups=2)),
        "Conv2D(dilation_rate=2)": image(layers.Conv2D(4, 2, dilation_rate=2)),
        "Conv3D(groups=2)": (VOLUME, lambda x: layers.Conv3D(4, 2, groups=2)(x)),
        "DepthwiseConv2D(depth_multiplier=2)": image(
            layers.DepthwiseConv2D(2, depth_multiplier=2)
        ),
        "UpSampling2D(interpolation='bilinear')": image(
            layers.UpSampling2D(interpolation="bilinear")
        ),
        "UpSampling2D(interpolation='bicubic')": image(
            layers.UpSampling2D(interpolation="bicubic")
        ),
        "gelu(approximate=True)": (ROW, lambda x: ops.gelu(x, approximate=True)),
        "celu(alpha=0.5)": (ROW, lambda x: ops.celu(x, alpha=0.5)),
        "ops.log1p": (ROW, lambda x: ops.log1p(ops.square(x))),
        "ops.expm1": (ROW, lambda x: ops.expm1(x)),
        "ops.logaddexp": (ROW, lambda x: ops.logaddexp(x, 2.0 * x)),
        "ops.erf": (ROW, lambda x: ops.erf(x)),
        "ops.logsumexp": (IMAGE, lambda x: ops.logsumexp(x, axis=-1)),
        "ops.rsqrt": (ROW, lambda x: ops.rsqrt(1.0 + ops.square(x))),
        "ops.einsum": (IMAGE, lambda x: ops.einsum("bhwc,bhwd->bcd", x, x)),
        "ops.normalize": (ROW, lambda x: ops.normalize(x)),
        "ops.depth_to_space": (
            IMAGE,
            lambda x: ops.reshape(
                ops.transpose(ops.reshape(x, (-1, 4, 4, 1, 2)), (0, 1, 4, 2, 3)),
                (-1, 8, 4, 1),
            ),
        ),
    }


def _activations() -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in sorted(vars(keras.activations)):
        function = getattr(keras.activations, name)
        if name in ("deserialize", "get", "serialize") or name.startswith("_"):
            continue
        if name == "threshold":
            yield name, layers.Activation(lambda x, f=function: f(x, 0.1, -0.2))
        elif name == "glu":  # it halves the channels, which Activation does not know
            yield name, function
        elif callable(function):
            yield name, layers.Activation(function)


def cases() -> Iterator[tuple[str, str, tuple[int, ...], Callable[..., Any]]]:
    """Yields the kind, the name, the shape of inputs and the function of each case."""
    for name, function in _activations():
        yield "activation", name, ROW, function
    units = _units()
    for shape, names in _INPUTS.items():
        for name in names.split():
            if hasattr(layers, name):
                yield "layer", name, shape, units.get(name) or _usual(name)
    for name, (shape, function) in _variants().items():
        yield "setting", name, shape, function


def small_gan(shape: tuple[int, ...], function: Callable[..., Any]) -> GAN:
    """Returns a GAN whose generator holds the function; its weights are not zero."""
    z = keras.Input((8,))
    x = layers.Reshape(shape)(layers.Dense(32, name="before")(z))
    x = layers.Dense(16, activation="tanh")(layers.Flatten()(function(x)))
    generator = keras.Model(z, layers.Reshape((4, 4, 1))(x), name="generator")
    random = np.random.default_rng(0)
    for weight in generator.trainable_variables:
        weight.assign(random.normal(0.0, 0.5, weight.shape))
    critic = [keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(1)]
    return GAN(generator, keras.Sequential(critic))


def reason(shape: tuple[int, ...], function: Callable[..., Any]) -> str | None:
    """Returns why a case does not export; None if it does."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            export.save_onnx(small_gan(shape, function), Path(folder) / "g.onnx")
        except Exception as error:  # whatever fails is what this script looks for
            return f"{type(error).__name__}: {error}".replace(folder, "")
    return None


def listing(results: dict[tuple[str, str], str | None]) -> str:
    """Returns the list as Markdown."""
    titles = {
        "activation": "Of `keras.activations`",
        "layer": "Of `keras.layers`",
        "setting": "Further settings and operations",
    }
    lines = []
    for kind, title in titles.items():
        names = {n: why for (k, n), why in results.items() if k == kind}
        works = ", ".join(f"`{n}`" for n, why in names.items() if why is None)
        fails = ", ".join(f"`{n}`" for n, why in names.items() if why is not None)
        lines += [f"**{title}**, these export: {works}.", ""]
        if fails:
            lines += [f"These do not: {fails}.", ""]
    wrapped = [textwrap.fill(line, 90, break_on_hyphens=False) for line in lines]
    return "\n".join(wrapped)


def main() -> int:
    """Prints or writes the list."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--update", action="store_true", help="write docs/export.md")
    parser.add_argument("--only", default="", help="a pattern of names to try")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    results = {}
    for kind, name, shape, function in cases():
        if re.search(arguments.only, name):
            results[kind, name] = why = reason(shape, function)
            print(f"{kind} {name}: {why or 'exports'}", flush=True)
    if arguments.update:
        text = PAGE.read_text(encoding="utf-8")
        before, _, rest = text.partition(START)
        _, _, after = rest.partition(END)
        block = f"{START}\n\n{listing(results)}\n{END}"
        PAGE.write_text(before + block + after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
