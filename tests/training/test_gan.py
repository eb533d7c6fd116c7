"""The GAN as a Keras model: sampling, saving, and clear errors."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import convolutional_gan, convolutional_networks, linear_gan
from harness.processes import run_python

import keras_gan
from keras_gan import priors, training
from keras_gan._keras_private import layers_in


@pytest.mark.parametrize("num_classes", [None, 3])
def test_a_seed_is_the_same_image_in_any_batch(num_classes):
    gan = convolutional_gan(num_classes=num_classes)
    alone = gan.sample(seeds=[5])
    together = gan.sample(seeds=[3, 5, 8])
    assert together.shape == (3, 8, 8, 1)
    assert together.dtype == np.float32
    np.testing.assert_allclose(together[1], alone[0], atol=1e-6)
    chunked = gan.sample(seeds=[3, 5, 8], batch_size=2)
    np.testing.assert_allclose(chunked, together, atol=1e-6)
    assert np.abs(together[0] - together[1]).max() > 1e-3


def test_n_and_seed_stand_for_spawned_seeds():
    gan = convolutional_gan()
    np.testing.assert_array_equal(
        gan.sample(4, seed=7), gan.sample(seeds=priors.spawn_seeds(7, 4))
    )
    keras.utils.set_random_seed(1)
    first, second = gan.sample(2), gan.sample(2)
    assert np.abs(first - second).max() > 1e-4
    keras.utils.set_random_seed(1)
    np.testing.assert_array_equal(gan.sample(2), first)


def test_sample_is_the_generator_on_the_priors_latents():
    gan = convolutional_gan(prior="uniform")
    z = priors.get("uniform").latents([1, 2], 4)
    expected = gan.generator(z, training=False)
    np.testing.assert_allclose(gan.sample(seeds=[1, 2]), expected, atol=1e-6)
    np.testing.assert_allclose(gan.generate(z), expected, atol=1e-6)
    np.testing.assert_allclose(gan(z), expected, atol=1e-6)
    np.testing.assert_allclose(gan.predict(z, verbose=0), expected, atol=1e-6)
    halved = gan.generator(0.5 * z, training=False)
    np.testing.assert_allclose(
        gan.sample(seeds=[1, 2], truncation=0.5), halved, atol=1e-6
    )


def test_labels_choose_the_class_and_seeds_draw_it_otherwise():
    gan = convolutional_gan(num_classes=3)
    given = gan.sample(seeds=[1, 1, 1], labels=[0, 1, 2])
    assert np.abs(given[0] - given[1]).max() > 1e-4
    drawn = priors.labels([1, 2, 3], 3)
    np.testing.assert_array_equal(
        gan.sample(seeds=[1, 2, 3]), gan.sample(seeds=[1, 2, 3], labels=drawn)
    )
    assert gan.sample(labels=[0, 1, 2, 2], seed=3).shape == (4, 8, 8, 1)
    assert gan.sample(5, labels=1, seed=3).shape == (5, 8, 8, 1)


def test_labels_reach_both_networks_in_training(images):
    gan = convolutional_gan(num_classes=3)
    gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    embeddings = [
        layer.embeddings
        for network in (gan.generator, gan.discriminator)
        for layer in layers_in(network)
        if isinstance(layer, keras.layers.Embedding)
    ]
    assert len(embeddings) == 2
    before = [embedding.numpy() for embedding in embeddings]
    labels = np.ones(len(images), np.int64)
    gan.fit(images, labels, epochs=2, verbose=0)
    for old, embedding in zip(before, embeddings, strict=True):
        moved = np.abs(embedding.numpy() - old).max(axis=1) > 0
        np.testing.assert_array_equal(moved, [False, True, False])


def test_fit_takes_arrays_pairs_tensors_and_datasets(images):
    labels = np.arange(32) % 3
    pairs = tf.data.Dataset.from_tensor_slices((images, labels)).batch(8)
    for data in (
        (images,),
        (tf.constant(images),),
        (images, labels),
        ((images, labels),),
        (pairs,),
        (pairs.map(lambda image, label: image),),
    ):
        gan = convolutional_gan()
        gan.compile("adam", "adam", run_eagerly=True)
        history = gan.fit(*data, epochs=1, verbose=0)
        assert set(history.history) == {"d_loss", "g_loss", "d_real", "d_fake"}
    for data in ((images, labels), ((images, labels),), (pairs,)):
        gan = convolutional_gan(num_classes=3)
        gan.compile("adam", "adam", discriminator_steps=2, run_eagerly=True)
        gan.fit(*data, verbose=0)
        assert int(gan.step) in (1, 4)


def test_points_are_as_good_as_pictures():
    gan = linear_gan(prior="sphere")
    gan.compile("adam", "adam")
    gan.fit(np.random.default_rng(0).normal(0, 9, (64, 2)), verbose=0)
    assert gan.sample(5, seed=0).shape == (5, 2)


PROGRAM = """
import sys
import keras_gan
assert "keras" not in sys.modules
import keras
import numpy as np
for path in sys.argv[1:]:
    expected = np.load(path + ".npz")
    for compile in (True, False):
        gan = keras.saving.load_model(path, compile=compile)
        samples = gan.sample(seeds=[3, 5, 8])
        np.testing.assert_allclose(samples, expected["samples"], rtol=0, atol=1e-6)
        if compile:
            assert int(gan.generator_optimizer.iterations) == int(gan.step) == 4
            gan.fit(expected["images"], batch_size=16, shuffle=False, verbose=0)
            for weight, wanted in zip(gan.get_weights(), expected.values()):
                np.testing.assert_allclose(weight, wanted, rtol=0, atol=1e-6)
"""


@pytest.mark.slow
def test_a_saved_gan_loads_in_a_new_process_and_goes_on(images, tmp_path):
    paths = []
    for ema_decay in (None, 0.9):
        gan = convolutional_gan()
        gan.compile(
            generator_optimizer=keras.optimizers.Adam(1e-2),
            discriminator_optimizer="adam",
            loss="minimax",
            ema_decay=ema_decay,
        )
        gan.fit(images, batch_size=16, epochs=2, shuffle=False, verbose=0)
        paths.append(str(tmp_path / f"{ema_decay}.keras"))
        gan.save(paths[-1])
        samples = gan.sample(seeds=[3, 5, 8])
        gan.fit(images, batch_size=16, shuffle=False, verbose=0)
        weights = {f"weight{i}": weight for i, weight in enumerate(gan.get_weights())}
        np.savez(f"{paths[-1]}.npz", **weights, samples=samples, images=images)
    run_python(PROGRAM, *paths)


def test_a_conditional_gan_with_every_option_survives_saving(images, tmp_path):
    gan = convolutional_gan(num_classes=3, prior="sphere", value_range=None)
    rise = keras.optimizers.schedules.PolynomialDecay(0.5, 10, 0.7)
    gan.compile(
        generator_optimizer=keras_gan.training.MomentumSGD(0.1, rise),
        discriminator_optimizer="adam",
        discriminator_steps=4,
        run_eagerly=True,  # quicker than tracing: loading is what is tested
    )
    labels = np.arange(32) % 3
    gan.fit(images, labels, batch_size=8, verbose=0)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    for argument in ("prior", "num_classes", "value_range", "seed", "name"):
        assert loaded.get_config()[argument] == gan.get_config()[argument]
    assert loaded.discriminator_steps == 4
    np.testing.assert_array_equal(loaded.sample(seeds=[1, 2]), gan.sample(seeds=[1, 2]))
    loaded.fit(images, labels, batch_size=8, verbose=0)
    assert int(loaded.generator_optimizer.iterations) == 8


def two_outputs():
    inputs = keras.Input((8, 8, 1))
    flat = keras.layers.Flatten()(inputs)
    return keras.Model(inputs, [flat, flat])


CONSTRUCTION_ERRORS = {
    "prior": (lambda g, d: keras_gan.GAN(g, d, prior="gauss"), "`prior` must be one"),
    "range": (
        lambda g, d: keras_gan.GAN(g, d, value_range=(1, 0)),
        "`value_range` must be a pair",
    ),
    "classes": (
        lambda g, d: keras_gan.GAN(g, d, num_classes=3),
        "`generator` must take two inputs",
    ),
    "swapped": (lambda g, d: keras_gan.GAN(d, g), "in each other's place"),
    "image shape": (
        lambda g, d: keras_gan.GAN(
            g, keras.Sequential([keras.Input((9, 9, 1)), keras.layers.Flatten()])
        ),
        r"takes images of shape \(9, 9, 1\), but the generator makes \(8, 8, 1\)",
    ),
    "outputs": (
        lambda g, d: keras_gan.GAN(g, two_outputs()),
        "must return one tensor of logits",
    ),
    "unbuilt": (
        lambda g, d: keras_gan.GAN(keras.Sequential([keras.layers.Dense(4)]), d),
        "does not tell the shape of its latents",
    ),
}


@pytest.mark.parametrize("case", CONSTRUCTION_ERRORS)
def test_networks_that_do_not_fit_are_refused(case):
    construct, message = CONSTRUCTION_ERRORS[case]
    with pytest.raises(ValueError, match=message):
        construct(*convolutional_networks())


COMPILE_ERRORS = {
    "optimizer": (
        {"generator_optimizer": 3},
        "`generator_optimizer` must be a Keras optimizer",
    ),
    "loss": ({"loss": "minmax"}, "`loss` must be one of .* Did you mean 'minimax'"),
    "k": ({"discriminator_steps": 0}, "`discriminator_steps` must be an integer >= 1"),
    "ema": ({"ema_decay": 1.0}, r"`ema_decay` must be in \(0, 1\)"),
    "penalty": ({"penalties": ["r1"]}, "`penalties` must be callables"),
    "augment": ({"augment": 3}, "`augment` must be callable"),
}


@pytest.mark.parametrize("case", COMPILE_ERRORS)
def test_compile_refuses_what_it_cannot_use(case):
    wrong, message = COMPILE_ERRORS[case]
    arguments = {"generator_optimizer": "adam", "discriminator_optimizer": "adam"}
    with pytest.raises(ValueError, match=message):
        convolutional_gan().compile(**{**arguments, **wrong})


def test_one_optimizer_for_both_networks_is_refused():
    adam = keras.optimizers.Adam()
    with pytest.raises(ValueError, match="are one object"):
        convolutional_gan().compile(adam, adam)


NAN = np.full((8, 8, 8, 1), np.nan, np.float32)
FIT_ERRORS = {
    "bytes": (lambda x: {"x": ((x + 1) * 127).astype(np.uint8)}, "outside `value_ran"),
    "range": (lambda x: {"x": 2 * x}, "outside `value_range"),
    "nan": (lambda x: {"x": NAN}, "NaN or infinite values"),
    "shape": (lambda x: {"x": x[..., 0]}, r"have shape \(8, 8\); the networks take"),
    "k": (lambda x: {"x": x, "batch_size": 15}, "A batch of 15 images cannot be cut"),
    "last batch": (lambda x: {"x": x[:31], "batch_size": 16}, "A batch of 15 images"),
    "dataset k": (
        lambda x: {"x": tf.data.Dataset.from_tensor_slices(x).batch(9)},
        "A batch of 9 images",
    ),
    "dataset range": (
        lambda x: {"x": tf.data.Dataset.from_tensor_slices(3 * x).batch(8)},
        "outside `value_range",
    ),
    "empty": (lambda x: {"x": x[:0]}, "no images"),
    "labels": (lambda x: {"x": x, "y": np.zeros(40)}, "32 images but 40 labels"),
}


@pytest.mark.parametrize("case", FIT_ERRORS)
def test_fit_refuses_wrong_data_before_any_step(images, case):
    make_arguments, message = FIT_ERRORS[case]
    gan = convolutional_gan()
    gan.compile("adam", "adam", discriminator_steps=2)
    with pytest.raises(ValueError, match=message):
        gan.fit(**make_arguments(images), verbose=0)
    assert int(gan.step) == 0


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, "give labels too"),
        (np.full(32, 3), r"`labels` must be in 0\.\.2"),
        (np.full(32, 0.5), "`labels` must be 32 integers"),
    ],
)
def test_a_conditional_fit_refuses_wrong_labels(images, labels, message):
    gan = convolutional_gan(num_classes=3)
    gan.compile("adam", "adam")
    with pytest.raises(ValueError, match=message):
        gan.fit(images, labels, verbose=0)


def test_an_indivisible_last_batch_of_a_dataset_stops_the_training(images):
    gan = convolutional_gan()
    gan.compile("adam", "adam", discriminator_steps=2)
    dataset = tf.data.Dataset.from_tensor_slices(images[:31]).batch(16)
    with pytest.raises(
        ValueError,
        match=r"Batch 1 of the data \(the first is 0\): .*drop the remainder",
    ):
        gan.fit(dataset, verbose=0)


def test_pixels_that_miss_half_the_range_give_a_warning(images):
    gan = convolutional_gan()
    gan.compile("adam", "adam")
    with pytest.warns(UserWarning, match=r"value_range=\(0.0, 1.0\)"):
        gan.fit(np.abs(images), verbose=0)


def test_fit_before_compile_says_so(images):
    with pytest.raises(ValueError, match="Call `compile` with two optimizers"):
        convolutional_gan().fit(images)


SAMPLE_ERRORS = {
    "both": ({"seed": 1, "seeds": [1]}, "either `seed` or `seeds`"),
    "count": ({"n": 2, "seeds": [1]}, "`n` is 2, but `seeds` holds 1"),
    "zero": ({"n": 0}, "`n` must be an integer >= 1"),
    "labels": ({"n": 2, "labels": [0, 1]}, "the generator takes none"),
    "truncation": ({"n": 2, "truncation": 1.5}, "`truncation` must be in"),
    "batch size": ({"n": 2, "batch_size": 0}, "`batch_size` must be an integer"),
}


@pytest.mark.parametrize("case", SAMPLE_ERRORS)
def test_sample_refuses_contradictions(case):
    arguments, message = SAMPLE_ERRORS[case]
    with pytest.raises(ValueError, match=message):
        convolutional_gan().sample(**arguments)


@pytest.mark.parametrize("labels", [[0, 3], [0], [0.5, 1.0]])
def test_sample_refuses_labels_that_are_no_classes(labels):
    with pytest.raises(ValueError, match="`labels` must be"):
        convolutional_gan(num_classes=3).sample(2, labels=labels)


def test_a_generator_that_keras_cannot_copy_is_refused_with_ema():
    inputs = keras.Input((4,))
    flat = keras.layers.Lambda(lambda z: z[:, :2])(keras.layers.Dense(4)(inputs))
    discriminator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    gan = keras_gan.GAN(keras.Model(inputs, flat), discriminator, value_range=None)
    with pytest.raises(ValueError, match="use no Lambda layers"):
        gan.compile("adam", "adam", ema_decay=0.9)


def test_epochs_passes_and_executions_need_no_common_length():
    """Epochs of 7 steps, passes of 11 and executions of 4 cut each other anywhere."""
    images = np.random.default_rng(0).uniform(-1, 1, (44, 8, 8, 1)).astype(np.float32)
    states = []
    for steps_per_execution in (1, 4):
        keras.utils.set_random_seed(0)
        gan = convolutional_gan()
        gan.compile("adam", "adam", steps_per_execution=steps_per_execution)
        ends = []
        note = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs, gan=gan, ends=ends: ends.append(
                int(gan.step)
            )
        )
        options = {"steps_per_epoch": 7, "epochs": 5, "callbacks": [note]}
        gan.fit(images, batch_size=4, verbose=0, **options)
        assert ends == [7, 14, 21, 28, 35]
        logs = gan.evaluate(images, batch_size=4, steps=5, verbose=0, return_dict=True)
        states.append(training.read_state(gan) | logs)
    for name, value in states[0].items():
        np.testing.assert_array_equal(value, states[1][name], err_msg=name)


def test_the_summary_names_the_moving_average(capsys):
    gan = linear_gan()
    gan.compile("sgd", "sgd", ema_decay=0.9)
    names = [layer.name for layer in gan.layers]
    gan.summary(line_length=100)
    printed = capsys.readouterr().out
    assert f"moving average of {gan.generator.name}" in printed
    assert [layer.name for layer in gan.layers] == names
