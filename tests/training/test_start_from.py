"""Starting from another GAN: which layers correspond, which stay frozen."""

import keras
import numpy as np
import pytest
from harness.gans import convolutional_gan, convolutional_networks, dense_gan
from harness.marks import slow_but_for
from harness.replicas import largest_difference, two_replicas

import keras_gan
from keras_gan import training
from keras_gan.training.layer_matching import match_layers, weighted_layers

layers = keras.layers
SIZES = {"generator_filters": 4, "discriminator_filters": 2}


def dcgan(size=8, channels=1, num_classes=None, seed=1, **options):
    networks = keras_gan.architectures.build(
        "dcgan",
        image_shape=(size, size, channels),
        latent_dim=4,
        num_classes=num_classes,
        **SIZES | {"class_features": 8} | options,
    )
    return keras_gan.GAN(*networks, num_classes=num_classes, seed=seed)


def train(gan, steps=2, batch=4, **arguments):
    gan.compile(
        keras.optimizers.SGD(0.1),
        keras.optimizers.SGD(0.1),
        run_eagerly=True,  # quicker than to compile, for so few steps
        **arguments,
    )
    rng = np.random.default_rng(0)
    images = rng.uniform(-1, 1, (batch * steps, *gan.image_shape)).astype("float32")
    labels = None if gan.num_classes is None else np.arange(len(images)) % 2
    gan.fit(images, labels, batch_size=batch, verbose=0)
    return gan


def values(network):
    return {
        layer.name: [np.asarray(weight) for weight in layer.weights]
        for layer in weighted_layers(network)
    }


def sources(network, other, *, from_output):
    """The name of the other's layer for each layer of a network, or None."""
    matches = match_layers(network, other, from_output=from_output)
    return {m.layer.name: m.source and m.source.name for m in matches}


def taken(gan, source):
    """The layers of both networks that have equal weights in the source, in order."""
    return [
        [
            all(map(np.array_equal, one, other))
            for one, other in zip(values(own).values(), values(its).values())  # noqa: B905
        ]
        for own, its in (
            (gan.generator, source.generator),
            (gan.discriminator, source.discriminator),
        )
    ]


ALIKE = {
    "dcgan": {},
    "goodfellow_conv": {},
    "r3gan": {"generator_filters": 8, "discriminator_filters": 8, "cardinality": 2},
    "sagan": SIZES,
    "sngan_resnet": SIZES,
}


def test_a_larger_lean_pair_starts_from_all_maps_of_a_smaller_one():
    """The ends of both are new, and so are the largest maps."""

    def build(side):
        networks = keras_gan.architectures.build(
            "lean_dcgan", image_shape=(side, side, 3), latent_dim=8
        )
        return keras_gan.GAN(*networks)

    gan = build(64)
    summary = training.start_from(gan, build(32))
    assert summary.startswith(
        "12 of 17 layers of the generator and 3 of 5 of the discriminator"
    )
    fresh = "second_map_32, normalized_second_map_32, map_64, normalized_map_64"
    assert f"fresh: {fresh}, image_64, image_64, map_16" in summary


@pytest.mark.parametrize("name", slow_but_for(["dcgan", "sngan_resnet"], list(ALIKE)))
def test_all_weights_of_an_equal_pair_are_taken_in_their_places(name, tmp_path):
    def build():
        networks = keras_gan.architectures.build(
            name, image_shape=(16, 16, 1), num_classes=3, latent_dim=8, **ALIKE[name]
        )
        return keras_gan.GAN(*networks, num_classes=3)

    source, gan = build(), build()
    random = np.random.default_rng(0)
    for weight in [*source.generator.weights, *source.discriminator.weights]:
        weight.assign(random.normal(size=weight.shape))
    source.save(tmp_path / "gan.keras")
    summary = training.start_from(gan, tmp_path / "gan.keras")
    assert "fresh" not in summary
    for network in ("generator", "discriminator"):
        own, its = (getattr(each, network).get_weights() for each in (gan, source))
        assert all(map(np.array_equal, own, its))


def test_a_gan_goes_on_from_the_trained_weights_with_statistics_and_no_average():
    source = train(convolutional_gan(), ema_decay=0.9)
    gan = convolutional_gan(seed=2)
    optimizers = keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1)
    gan.compile(*optimizers, ema_decay=0.9)
    training.start_from(gan, source)
    np.testing.assert_array_equal(
        gan.sample(2, seed=1), source.sample(2, seed=1, ema=False)
    )
    statistics = values(gan.generator)
    moving = [v for name, v in statistics.items() if name.startswith("batch_norm")]
    assert all(mean.any() for _, _, mean, _ in moving)
    assert int(gan.step) == 0
    assert int(gan.generator_optimizer.iterations) == 0


def test_other_classes_leave_embeddings_and_class_logits_fresh():
    source, gan = train(dcgan(num_classes=2)), dcgan(num_classes=5, seed=2)
    initial = values(gan.generator) | values(gan.discriminator)
    summary = training.start_from(gan, source)
    fresh = summary.partition("fresh: ")[2].split(", ")
    assert [name.rstrip("_0123456789") for name in fresh] == [
        "embedding",
        "logit/embedding",
    ]
    assert summary.startswith(
        "5 of 6 layers of the generator and 5 of 6 of the discriminator start from the "
        "given GAN (step 2); fresh: "
    )
    now = values(gan.generator) | values(gan.discriminator)
    for name in fresh:
        assert all(map(np.array_equal, initial[name], now[name]))
    both = taken(gan, source)
    assert [row.count(True) for row in both] == [5, 5]


@pytest.mark.parametrize("sizes", [(28, 32), (32, 64), (64, 28)])
def test_another_resolution_keeps_its_convolutions(sizes):
    source, gan = (dcgan(size, seed=size) for size in sizes)
    training.start_from(gan, source)
    dense_fits = sizes == (28, 32)  # both end in maps of 4×4
    assert taken(gan, source) == [
        [False, True, True, True, True],
        [True] * 3 + [dense_fits],
    ]


def test_other_channels_leave_only_the_layers_of_images_fresh():
    source, gan = dcgan(channels=1), dcgan(channels=3, seed=2)
    training.start_from(gan, source)
    assert taken(gan, source) == [[True] * 4 + [False], [False, True, True, True]]


def grown(doublings, named=False):
    """Networks that grow from 4×4 with the size, of maps of one width."""

    def name(size, kind):
        return {"name": f"block_{size}_{kind}"} if named else {}

    latents = keras.Input((4,))
    x = layers.Reshape((4, 4, 2))(layers.Dense(32)(latents))
    for n in range(doublings):
        x = layers.Conv2D(2, 3, padding="same", **name(4 * 2**n, "conv"))(x)
        x = layers.UpSampling2D()(x)
    x = layers.Conv2D(1, 3, padding="same")(x)
    images = keras.Input((4 * 2**doublings,) * 2 + (1,))
    y = layers.Conv2D(2, 1)(images)
    for n in reversed(range(doublings)):
        y = layers.Conv2D(2, 3, strides=2, padding="same", **name(4 * 2**n, "down"))(y)
    return keras.Model(latents, x), keras.Model(
        images, layers.Dense(1)(layers.Flatten()(y))
    )


def test_further_blocks_come_last_in_a_generator_and_first_in_a_discriminator():
    (small_g, small_d), (large_g, large_d) = grown(1), grown(2)
    order = {layer.name: n for n, layer in enumerate(weighted_layers(small_g))}
    found = sources(large_g, small_g, from_output=False)
    # The dense layer, the block of 4×4, none for that of 8×8, and the images' layer.
    assert [order.get(name) for name in found.values()] == [0, 1, None, 2]
    order = {layer.name: n for n, layer in enumerate(weighted_layers(small_d))}
    found = sources(large_d, small_d, from_output=True)
    assert [order.get(name) for name in found.values()] == [0, None, 1, 2]


def test_layers_of_one_chosen_name_correspond_wherever_they_stand():
    (small, _), (large, _) = grown(2, named=True), grown(3, named=True)
    for network, other in ((large, small), (small, large)):
        found = sources(network, other, from_output=True)
        for size in (4, 8):
            assert found[f"block_{size}_conv"] == f"block_{size}_conv"
    assert sources(large, small, from_output=False)["block_16_conv"] is None


def test_names_of_layers_around_count_and_those_of_the_whole_network_do_not():
    def block(name, units):
        return keras.Sequential([layers.Dense(units)], name=name)

    source = keras.Sequential([keras.Input((3,)), block("a", 3), block("b", 3)])
    network = keras.Sequential([keras.Input((3,)), block("b", 3), block("a", 3)])
    whole = keras.Sequential([keras.Input((3,)), network], name="around")
    found = match_layers(whole, source, from_output=False)
    assert [m.source.name.split("/")[0] for m in found] == ["b", "a"]


def test_a_discriminator_of_packs_takes_that_of_single_images():
    source = dcgan()
    _, inner = keras_gan.architectures.build("dcgan", image_shape=(8, 8, 2), **SIZES)
    packed = keras_gan.layers.PackedDiscriminator(inner, 2)
    gan = keras_gan.GAN(dcgan(seed=2).generator, packed)
    summary = training.start_from(gan, source)
    assert "3 of 4 of the discriminator" in summary


class Subclassed(keras.Model):
    """A discriminator in code of its own, with a weight that is in no layer."""

    def __init__(self):
        super().__init__()
        self.first, self.last = layers.Dense(4), layers.Dense(1)

    def build(self, shape):
        self.scale = self.add_weight(shape=(1,), name="scale")
        self.first.build((None, 4))
        self.last.build((None, 4))

    def call(self, images):
        return self.last(self.first(layers.Flatten()(images))) * self.scale


def test_networks_in_code_of_their_own_are_matched_too():
    source, gan = (
        keras_gan.GAN(dense_gan().generator, Subclassed(), seed=1) for _ in range(2)
    )
    assert "3 of 3 of the discriminator" in training.start_from(gan, source, freeze=1)
    assert len(gan.discriminator.trainable_weights) == 3
    for one, other in zip(gan.discriminator.weights, source.discriminator.weights):  # noqa: B905
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            lambda: dcgan(generator_filters=8, discriminator_filters=4),
            r"Only 0 of 5 layers of the generator fit those of the given GAN: 'dense.*"
            r"' has kernel \(4, 16\) float32, there kernel \(4, 32\) float32; .*and 2 "
            r"more\. Give the networks the `architecture`",
        ),
        (
            lambda: dcgan(discriminator_filters=4),
            "Only 0 of 4 layers of the discriminator fit",
        ),
        (lambda: dense_gan((8, 8, 1), latent_dim=4), "has no counterpart"),
    ],
)
def test_networks_that_do_not_fit_are_refused_and_keep_their_weights(other, message):
    gan = dcgan()
    before = gan.get_weights()
    with pytest.raises(ValueError, match=message):
        training.start_from(gan, other())
    assert all(map(np.array_equal, before, gan.get_weights()))


def test_what_would_start_wrong_is_refused(tmp_path):
    source = train(dcgan())
    with pytest.raises(ValueError, match="has been trained for 2 steps"):
        training.start_from(source, dcgan())
    compiled = dcgan()
    compiled.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    with pytest.raises(ValueError, match="before `compile`"):
        training.start_from(compiled, source, freeze=1)
    with pytest.raises(ValueError, match="has 4 layers with weights"):
        training.start_from(dcgan(), source, freeze=4)
    with pytest.raises(ValueError, match="`freeze` must be an integer >= 0"):
        training.start_from(dcgan(), source, freeze=-1)
    with pytest.raises(ValueError, match=r"random weights of .*give `freeze=0`"):
        training.start_from(dcgan(channels=3), source, freeze=2)
    other = keras_gan.GAN(*convolutional_networks(), prior="uniform")
    with pytest.raises(ValueError, match="give `prior='normal'`"):
        training.start_from(other, source)
    other = keras_gan.GAN(*convolutional_networks(), value_range=(0.0, 1.0))
    with pytest.raises(ValueError, match=r"give `value_range=\(-1.0, 1.0\)`"):
        training.start_from(other, source)
    with pytest.raises(ValueError, match=r"is a folder; give the `.keras` file"):
        training.start_from(dcgan(), tmp_path)
    (tmp_path / "x.keras").write_bytes(b"no archive")
    with pytest.raises(ValueError, match=r"x\.keras"):
        training.start_from(dcgan(), tmp_path / "x.keras")


def test_quantized_weights_are_not_taken_for_others():
    source = dense_gan((4,), units=(4,), latent_dim=4)
    for layer in source.generator.layers:
        if isinstance(layer, layers.Dense):
            layer.quantize("int8")
    with pytest.raises(ValueError, match="Only 0 of 2 layers of the generator"):
        training.start_from(dense_gan((4,), units=(4,), latent_dim=4), source)


def normalized_discriminator():
    """A discriminator whose first layers have every kind of state."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras_gan.layers.SpectralNormalization(layers.Conv2D(2, 3, strides=2)),
            keras_gan.layers.BatchNormalization(),
            layers.BatchNormalization(synchronized=True),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


@pytest.mark.parametrize("simultaneous", [False, True])
def test_frozen_layers_stay_to_the_bit_with_statistics_and_vectors(
    simultaneous, tmp_path
):
    source, gan = (
        keras_gan.GAN(convolutional_networks()[0], normalized_discriminator(), seed=1)
        for _ in range(2)
    )
    train(source)
    summary = training.start_from(gan, source, freeze=3)
    assert len(summary.partition("frozen: ")[2].split(", ")) == 3
    train(gan, simultaneous=simultaneous)
    equal = taken(gan, source)
    assert equal == [[False] * 5, [True, True, True, False]]
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    flags = [each.trainable for each in loaded.discriminator.layers]
    assert flags == [False, False, False, True, True]
    np.testing.assert_array_equal(loaded.sample(2, seed=1), gan.sample(2, seed=1))


def test_a_frozen_training_resumes_from_a_checkpoint(tmp_path):
    source = train(dcgan())

    def start():
        gan = dcgan(seed=2)
        training.start_from(gan, source, freeze=2)
        optimizers = keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01)
        gan.compile(*optimizers, run_eagerly=True)
        return gan

    images = np.random.default_rng(0).uniform(-1, 1, (4, 8, 8, 1)).astype("float32")
    straight, parted, again = (start() for _ in range(3))
    straight.fit(images, batch_size=2, epochs=2, verbose=0)
    for gan, epochs in ((parted, 1), (again, 2)):
        checkpoint = keras_gan.callbacks.Checkpoint(tmp_path)
        gan.fit(images, batch_size=2, epochs=epochs, verbose=0, callbacks=[checkpoint])
    assert largest_difference(again.get_weights(), straight.get_weights()) < 1e-6


@pytest.mark.slow
def test_two_replicas_start_and_train_like_one():
    source = train(dense_gan((4,), units=(4,), normalized=True))
    images = np.random.default_rng(0).uniform(-1, 1, (16, 4)).astype("float32")
    gans = []
    for scope in (keras.name_scope("one"), two_replicas().scope()):
        with scope:
            gan = dense_gan((4,), units=(4,), normalized=True, seed=2)
            training.start_from(gan, source, freeze=1)
            gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
        gan.fit(images, batch_size=8, verbose=0)
        gans.append(gan)
    one, two = ([*g.generator.weights, *g.discriminator.weights] for g in gans)
    one, two = ([keras.ops.convert_to_numpy(w) for w in each] for each in (one, two))
    assert largest_difference(one, two) < 1e-5
    frozen = values(source.discriminator)
    first = next(iter(frozen.values()))
    for gan in gans:
        kept = next(iter(weighted_layers(gan.discriminator))).weights
        assert all(map(np.array_equal, map(keras.ops.convert_to_numpy, kept), first))
