"""The numbers of docs/migration.md hold against those that PyTorch computed.

`scripts/record_torch_values.py` recorded them.
"""

import json
import re
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan import losses
from keras_gan.layers import SpectralNormalization

layers = keras.layers
PAGE = Path(__file__).parents[2] / "docs/migration.md"
TORCH = json.loads(Path(__file__).with_name("torch.json").read_text("utf-8"))
LOSSES = TORCH["losses"]
REAL, FAKE = (np.array(LOSSES[name], np.float32) for name in ("real", "fake"))
LAYERS = TORCH["layers"]


def named_block(file):
    """Returns what the block of the page that is this file defines."""
    code = re.search(rf"```python\n# {file}\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    defined = {}
    exec(code[1], defined)
    return defined


def arrays(record, *names):
    return [np.array(record[name], np.float32) for name in names]


def channels_last(maps):
    return np.array(maps, np.float32).transpose(0, 2, 3, 1)


def test_the_losses_are_those_of_a_loop_with_bce():
    loss = losses.get("non_saturating")
    for name in ("discriminator", "generator"):
        value = getattr(loss, f"{name}_loss")(REAL, FAKE)
        assert float(value) == pytest.approx(LOSSES[name], rel=1e-6)
    saturating = losses.get("minimax").generator_loss(REAL, FAKE)
    assert float(saturating) != pytest.approx(LOSSES["generator"], rel=0.1)


def test_one_batch_of_data_and_samples_halves_the_discriminators_loss():
    labels = np.repeat([[1.0], [0.0]], len(REAL), axis=0)
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    mean = float(cross_entropy(labels, np.concatenate([REAL, FAKE])))
    assert 2 * mean == pytest.approx(LOSSES["discriminator"], rel=1e-6)


def test_smoothed_labels_are_those_of_pytorch_and_of_tf_gan():
    smoothed = named_block("smoothed_labels.py")["SmoothedLabels"]
    value = float(smoothed().discriminator_loss(REAL, FAKE))
    assert value == pytest.approx(LOSSES["target of 0.9"], rel=1e-6)
    # TF-GAN calls this function, with its default of 0.25 for data.
    cross_entropy = tf.compat.v1.losses.sigmoid_cross_entropy
    expected = cross_entropy(np.ones_like(REAL), REAL, label_smoothing=0.25)
    expected += cross_entropy(np.zeros_like(FAKE), FAKE)
    value = float(smoothed(0.125).discriminator_loss(REAL, FAKE))
    assert value == pytest.approx(float(expected), rel=1e-6)


ADAM = {"learning_rate": 0.01, "beta_1": 0.5, "epsilon": 1e-8}


@pytest.mark.parametrize(
    ("name", "optimizer", "l2"),
    [
        ("adam", keras.optimizers.Adam(**ADAM), 0.0),
        ("adam with L2", keras.optimizers.Adam(0.01, epsilon=1e-8), 0.1),
        ("adamw", keras.optimizers.Adam(0.01, epsilon=1e-8, weight_decay=0.1), 0.0),
        ("sgd", keras.optimizers.SGD(0.01, momentum=0.9), 0.0),
        ("rmsprop", keras.optimizers.RMSprop(0.01, rho=0.99, epsilon=1e-16), 0.0),
    ],
    ids=["adam", "adam with L2", "adamw", "sgd", "rmsprop"],
)
def test_an_optimizer_leads_to_the_same_weights(name, optimizer, l2):
    start, gradients = arrays(TORCH["optimizers"], "start", "gradients")
    weight = keras.Variable(start)
    for gradient in gradients:
        optimizer.apply([gradient + l2 * weight.numpy()], [weight])
    (end,) = arrays(TORCH["optimizers"]["ends"], name)
    assert np.abs(end - start).max() > 0.05
    np.testing.assert_allclose(weight.numpy(), end, atol=1e-5)


def test_defaults_of_the_two_adams_differ_for_small_gradients():
    moved = []
    for epsilon in (1e-7, 1e-8):
        weight = keras.Variable([0.0])
        optimizer = keras.optimizers.Adam(1.0, epsilon=epsilon)
        optimizer.apply([np.array([1e-5], np.float32)], [weight])
        moved.append(abs(float(weight.numpy()[0])))
    # Keras adds ε before the bias of the second moment is corrected: to |g| / 31.6.
    expected = [1e-5 / (1e-5 + epsilon * 1e3**0.5) for epsilon in (1e-7, 1e-8)]
    np.testing.assert_allclose(moved, expected, rtol=1e-3)


def test_clipping_by_the_common_norm_is_global_clipnorm():
    gradients = [np.array(g, np.float32) for g in TORCH["clipping"]["gradients"]]
    for options, equal in (
        ({"global_clipnorm": 1.0}, True),
        ({"clipnorm": 1.0}, False),
    ):
        weights = [keras.Variable(np.zeros_like(g)) for g in gradients]
        keras.optimizers.SGD(1.0, **options).apply(gradients, weights)
        found = np.concatenate([-weight.numpy() for weight in weights])
        clipped = np.concatenate(TORCH["clipping"]["clipped"])
        assert np.allclose(found, clipped, atol=1e-6) == equal


def stack(kernel_size, stride, padding, output_padding):
    """Returns the layers of the page for a convolution, and one with "same"."""
    options = {"strides": stride}
    if output_padding is None:
        kind, pad = layers.Conv2D, [layers.ZeroPadding2D(padding)]
        exact = [*pad, kind(2, kernel_size, **options)]
    else:
        kind, crop = layers.Conv2DTranspose, (padding, padding - output_padding)
        exact = [kind(2, kernel_size, **options), layers.Cropping2D((crop, crop))]
    same = [kind(2, kernel_size, padding="same", **options)]
    return [keras.Sequential([keras.Input((6, 6, 1)), *each]) for each in (exact, same)]


# Whether "same" pads like PyTorch, in the order of the records.
SAME = [True, True, False, False, True, False]


@pytest.mark.parametrize("number", range(len(SAME)))
def test_a_convolution_pads_as_the_page_says(number):
    record, same = TORCH["convolutions"]["layers"][number], SAME[number]
    port = named_block("port_weights.py")["port"]
    shape = ("kernel_size", "stride", "padding")
    image = channels_last(TORCH["convolutions"]["image"])
    state = {name: np.array(record[name], np.float32) for name in ("weight", "bias")}
    sizes = [*(record[name] for name in shape), record.get("output_padding")]
    for network, equal in zip(stack(*sizes), (True, same), strict=True):
        port(state, network)
        result = network(image).numpy()
        assert np.allclose(result, channels_last(record["result"]), atol=1e-5) == equal


def test_batch_normalization_has_another_epsilon_momentum_and_variance():
    record = LAYERS["batch_norm"]
    batch = channels_last(record["batch"])
    layer = layers.BatchNormalization(epsilon=1e-5, momentum=0.9)
    result = layer(batch, training=True)
    np.testing.assert_allclose(result, channels_last(record["normalized"]), atol=1e-5)
    np.testing.assert_allclose(layer.moving_mean.numpy(), record["mean"], atol=1e-6)
    count = batch[..., 0].size
    moved = 0.9 + (layer.moving_variance.numpy() - 0.9) * count / (count - 1)
    np.testing.assert_allclose(moved, record["variance"], rtol=1e-5)


def test_maps_of_a_linear_layer_are_reshaped_before_they_are_permuted():
    record = LAYERS["linear"]
    network = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(8),
            layers.Reshape((2, 2, 2)),
            layers.Permute((2, 3, 1)),
        ]
    )
    weight, bias, z = arrays(record, "weight", "bias", "z")
    named_block("port_weights.py")["port"]({"w": weight, "b": bias}, network)
    expected = channels_last(record["maps"])
    np.testing.assert_allclose(network(z), expected, atol=1e-6)


def test_spectral_normalization_divides_by_the_same_norm():
    weight, normalized = arrays(LAYERS["spectral"], "weight", "normalized")
    layer = SpectralNormalization(layers.Dense(4), power_iterations=100)
    layer.build((None, 3))
    layer.layer.kernel.assign(weight.T)
    kernel = layer.normalized_kernel().numpy()
    np.testing.assert_allclose(kernel, normalized.T, atol=1e-6)


def test_initial_weights_have_the_bound_of_pytorch_and_leaky_rectifiers_a_slope():
    initial = keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")
    for name, layer, shape in (
        ("linear", layers.Dense(300, kernel_initializer=initial), (None, 50)),
        ("conv", layers.Conv2D(60, 4, kernel_initializer=initial), (None, 8, 8, 30)),
        (
            "conv_transpose",
            layers.Conv2DTranspose(60, 4, kernel_initializer=initial),
            (None, 8, 8, 30),
        ),
    ):
        layer.build(shape)
        largest = np.abs(layer.kernel.numpy()).max()
        assert largest == pytest.approx(LAYERS["initial"][name], rel=2e-3)
        assert not layer.bias.numpy().any()
    assert LAYERS["leaky_relu"] == 0.01
    assert layers.LeakyReLU().negative_slope == pytest.approx(0.3)


def test_a_train_step_without_training_true_leaves_its_networks_in_inference():
    class Loop(keras.Model):
        def __init__(self):
            super().__init__()
            normalize = layers.BatchNormalization()
            self.network = keras.Sequential([keras.Input((2,)), normalize])

        def train_step(self, data):
            return {"off": tf.math.reduce_std(self.network(data) - data)}

    loop = Loop()
    loop.compile()
    data = np.random.default_rng(0).normal(5, 9, (8, 2)).astype(np.float32)
    history = loop.fit(data, batch_size=8, verbose=0).history
    assert history["off"][0] < 0.01  # moving mean 0, moving variance 1
    assert not loop.network.layers[0].moving_mean.numpy().any()
