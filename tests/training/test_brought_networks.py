"""Networks, optimizers and data that users bring train right, or are refused."""

import re
import tempfile
import warnings
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan.training.steps.row_independence import keeps_rows_apart

L = keras.layers
IMAGES = np.random.default_rng(0).uniform(-1, 1, (16, 6)).astype(np.float32)


def make_generator(activation="tanh"):
    return keras.Sequential([keras.Input((2,)), L.Dense(6, activation)])


def make_discriminator(*ends):
    return keras.Sequential([keras.Input((6,)), *(ends or [L.Dense(1)])])


def make_gan(generator=None, discriminator=None, *, settings=(), **arguments):
    gan = keras_gan.GAN(
        generator or make_generator(),
        discriminator or make_discriminator(),
        **{"seed": 1, **arguments},
    )
    gan.compile("sgd", "sgd", run_eagerly=True, **dict(settings))
    return gan


def functional_sigmoid():
    x = keras.Input((6,))
    return keras.Model(x, keras.ops.sigmoid(L.Dense(1)(x)))


def nested(network):
    x = keras.Input((6,))
    return keras.Model(x, L.Reshape((1,))(network(x)))


@pytest.mark.parametrize(
    ("discriminator", "found"),
    [
        (make_discriminator(L.Dense(1, "sigmoid")), "ends in sigmoid"),
        (make_discriminator(L.Dense(2, "softmax")), "ends in softmax"),
        (make_discriminator(L.Dense(1, "tanh")), "ends in tanh"),
        (make_discriminator(L.Dense(1), L.Activation("sigmoid")), "ends in sigmoid"),
        (make_discriminator(L.Dense(2), L.Softmax()), "ends in softmax"),
        (make_discriminator(L.Dense(1), L.ReLU()), "ends in relu"),
        (functional_sigmoid(), "ends in sigmoid"),
        (nested(functional_sigmoid()), "ends in sigmoid"),
        (make_discriminator(L.Dense(10)), "returns 10 numbers"),
    ],
)
def test_a_discriminator_that_does_not_end_in_logits_is_refused(discriminator, found):
    gan = make_gan(discriminator=discriminator)
    for train in (lambda: gan.fit(IMAGES, verbose=0), lambda: gan.train_on_batch([])):
        with pytest.raises(ValueError, match=rf"`discriminator` {found}.*Dense\(1\)"):
            train()


@pytest.mark.parametrize(
    ("activation", "value_range", "remedy"),
    [
        ("sigmoid", (-1.0, 1.0), "end it in tanh"),
        ("tanh", (0.0, 1.0), "end it in sigmoid"),
        ("relu", (-1.0, 1.0), "end it in tanh"),
        ("tanh", (0.0, 255.0), "scale its output"),
    ],
)
def test_a_generator_of_another_range_is_refused(activation, value_range, remedy):
    gan = make_gan(make_generator(activation), value_range=value_range)
    with pytest.raises(ValueError, match=f"ends in {activation}.*{remedy}"):
        gan.fit(IMAGES, verbose=0)


def test_generators_that_fit_their_range_or_do_not_tell_it_train():
    for activation, value_range in (("tanh", (-1, 1)), (None, (-1, 1)), ("relu", None)):
        make_gan(make_generator(activation), value_range=value_range).fit(
            IMAGES, verbose=0
        )


@pytest.mark.parametrize("name", ["generator", "discriminator"])
def test_a_network_without_anything_to_train_is_refused(name):
    networks = {"generator": make_generator(), "discriminator": make_discriminator()}
    networks[name].trainable = False
    gan = keras_gan.GAN(**networks)
    with pytest.raises(ValueError, match=f"`{name}.trainable = True` before `compile`"):
        gan.compile("sgd", "sgd")
    networks[name].trainable = True
    networks[name].layers[0].trainable = True
    gan.compile("sgd", "sgd")


def test_different_optimizers_are_given_by_name():
    gan = make_gan()
    optimizers = keras.optimizers.SGD(0.2), keras.optimizers.SGD(0.1)
    with pytest.raises(ValueError, match=r"by name: `compile\(generator_optimizer="):
        gan.compile(*optimizers)
    gan.compile(generator_optimizer=optimizers[0], discriminator_optimizer="adam")
    assert float(gan.generator_optimizer.learning_rate) == pytest.approx(0.2)
    gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("d_optimizer", "discriminator_optimizer"),
        ("g_optimizer", "generator_optimizer"),
        ("loss_fn", "loss="),
        ("metrics", "callbacks.Evaluate"),
    ],
)
def test_names_of_other_code_are_explained_by_compile(wrong, right):
    with pytest.raises(TypeError, match=rf"no argument `{wrong}`: .*{right}"):
        make_gan(settings={wrong: None})


@pytest.mark.parametrize("wrong", ["latent_dim", "discriminator_steps"])
def test_names_of_other_code_are_explained_by_gan(wrong):
    with pytest.raises(TypeError, match=rf"GAN\(\) has no argument `{wrong}`"):
        make_gan(**{wrong: 1})


class AddMean(L.Layer):
    """Adds the mean of its input to the losses."""

    def call(self, x):
        self.add_loss(tf.reduce_mean(x))
        return x


@pytest.mark.filterwarnings("ignore:This GAN cannot be saved")
@pytest.mark.parametrize("simultaneous", [False, True])
def test_losses_of_layers_count_for_every_pass_of_an_update(simultaneous):
    """D's weight w has the gradient of Σ mean(w·x) over data and samples."""
    x = keras.Input((1,))
    scale = L.Dense(1, use_bias=False, kernel_initializer="ones")
    logit = L.Dense(1, use_bias=False, kernel_initializer="zeros")
    discriminator = keras.Model(x, logit(AddMean()(scale(x))))
    ones = L.Dense(1, kernel_initializer="zeros", bias_initializer="ones")
    generator = keras.Sequential([keras.Input((2,)), ones])
    gan = make_gan(
        generator,
        discriminator,
        value_range=None,
        settings={
            "simultaneous": simultaneous,
            "penalties": lambda d, real, fake: 0.0 * tf.reduce_mean(d(3.0 * real)),
        },
    )
    gan.generator_optimizer.learning_rate = 0.0
    gan.discriminator_optimizer.learning_rate = 1.0
    gan.train_on_batch(np.full((4, 1), 2.0, np.float32))
    # Data 2, samples 1 and the penalty's 6; the logits' own gradient is zero.
    assert float(scale.kernel[0, 0]) == pytest.approx(1.0 - (2.0 + 1.0 + 6.0))


def test_losses_of_weights_count_once_an_update():
    regularized = L.Dense(1, kernel_regularizer=keras.regularizers.L1(1.0))
    gan = make_gan(discriminator=make_discriminator(regularized))
    player = gan._game(gan.step).discriminator
    for _ in range(3):
        player(IMAGES, training=True)
    total = np.abs(regularized.kernel.numpy()).sum()
    assert float(player.objective(0.0)) == pytest.approx(total, rel=1e-5)


def centred(x):
    return x - tf.reduce_mean(x, axis=0, keepdims=True)


@pytest.mark.parametrize(
    ("layers", "apart"),
    [
        ([L.Dense(3, "relu")], True),
        ([L.Dense(3), L.Softmax()], True),
        ([L.Dense(3, centred)], False),
        ([L.Dense(3), L.Activation(centred)], False),
        ([L.Dense(3), L.UnitNormalization(axis=0)], False),
        ([L.Dense(3), L.Softmax(axis=-2)], False),
    ],
)
def test_one_pass_serves_only_layers_that_keep_rows_apart(layers, apart):
    assert keeps_rows_apart(make_discriminator(*layers, L.Dense(1))) is apart


def test_products_over_the_batch_do_not_keep_rows_apart():
    x = keras.Input((4,))
    for axes, apart in ((1, True), (0, False)):
        assert keeps_rows_apart(keras.Model(x, L.Dot(axes)([x, x]))) is apart


def test_a_dataset_of_dicts_trains_as_that_of_pairs():
    """As tensorflow-datasets yields them without `as_supervised`."""
    weights = []
    for data in ({"image": IMAGES, "label": np.zeros(16, int)}, IMAGES):
        keras.utils.set_random_seed(0)
        gan = make_gan()
        gan.fit(tf.data.Dataset.from_tensor_slices(data).batch(8), verbose=0)
        weights.append(gan.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


def with_nan(row):
    table = IMAGES.copy()
    table[row, 1] = np.nan
    return table


def conditional_gan():
    def networks(first, size):
        inputs = [keras.Input((first,)), keras.Input((), dtype="int32")]
        parts = [inputs[0], L.Embedding(4, 3)(inputs[1])]
        return keras.Model(inputs, L.Dense(size)(L.Concatenate()(parts)))

    return make_gan(networks(2, 6), networks(6, 1), num_classes=4)


@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.uint8])
def test_whole_labels_of_any_type_train(dtype):
    conditional_gan().fit(IMAGES, (np.arange(16) % 4).astype(dtype), verbose=0)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.eye(4)[np.arange(16) % 4], r"one-hot .* `labels.argmax\(-1\)`"),
        (np.arange(16) % 4 + 1, "begin with 1: give `labels - 1`"),
        (np.arange(16) % 4 + 0.5, "must be 16 integers"),
    ],
)
def test_labels_that_are_no_class_numbers_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        conditional_gan().fit(IMAGES, labels, verbose=0)


def test_trackers_find_the_generators_optimizer(tmp_path):
    gan = make_gan()
    assert gan.optimizer is gan.generator_optimizer
    assert gan.optimizer.get_config()["learning_rate"] == pytest.approx(0.01)
    gan.fit(IMAGES, verbose=0)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    assert int(loaded.optimizer.iterations) == int(gan.optimizer.iterations) == 1


def test_a_gan_is_saved_as_a_keras_file_alone(tmp_path):
    gan = make_gan()
    for save in (
        lambda path: gan.save(path),
        lambda path: gan.fit(
            IMAGES, verbose=0, callbacks=[keras.callbacks.ModelCheckpoint(path)]
        ),
    ):
        with pytest.raises(ValueError, match=r"saved as a \.keras file"):
            save(str(tmp_path / "gan.h5"))
    assert list(tmp_path.iterdir()) == []
    assert int(gan.step) == 0
    with pytest.raises(ValueError, match="save_saved_model"):
        gan.export(tmp_path / "exported")


def test_validation_data_may_be_images_alone():
    history = make_gan().fit(IMAGES, validation_data=(IMAGES,), verbose=0).history
    assert "val_d_loss" in history


def one_hot_networks():
    inputs = [keras.Input((2,)), keras.Input((4,))]
    return keras.Model(inputs, L.Dense(6)(L.Concatenate()(inputs)))


def two_outputs():
    z = keras.Input((2,))
    return keras.Model(z, [L.Dense(6)(z), L.Dense(2)(z)])


def two_noises():
    inputs = [keras.Input((2,)), keras.Input((3,))]
    return keras.Model(inputs, L.Dense(6, "tanh")(L.Concatenate()(inputs)))


class Subclassed(keras.Model):
    """A model that does not tell in what it ends."""

    def __init__(self, end):
        super().__init__()
        self.dense = L.Dense(1)
        self.end = end

    def call(self, x):
        return self.end(self.dense(x))


class Hinge:
    """A loss that nothing can write."""

    def discriminator_loss(self, real, fake):
        return tf.reduce_mean(tf.nn.relu(1.0 - real) + tf.nn.relu(1.0 + fake))

    def generator_loss(self, real, fake):
        return -tf.reduce_mean(fake)


def ten_times(x):
    return 10.0 * x


def train_twice():
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = keras_gan.callbacks.Checkpoint(folder)
        for _ in range(2):
            make_gan().fit(IMAGES, verbose=0, callbacks=[checkpoint])


def train_with_autolog():
    """Trains while `keras.Model.fit` is replaced, as that function does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.Model, "fit", keras.Model.fit)
        fit(make_gan(), IMAGES)


def fit(gan, *data):
    return gan.fit(*data, verbose=0)


def frozen():
    discriminator = make_discriminator()
    discriminator.trainable = False
    return discriminator


def of_dataset(*data):
    return tf.data.Dataset.from_tensor_slices(*data).batch(8)


CLASSES = np.arange(16) % 4


def with_tf_noise(x):
    return x + tf.random.normal(tf.shape(x))


def frozen_after(gan):
    gan.generator.trainable = False
    return gan


# What docs/bring_your_own.md names, and does.
MISTAKES = {
    "a discriminator that ends in a sigmoid": lambda: fit(
        make_gan(discriminator=functional_sigmoid()), IMAGES
    ),
    "a subclassed discriminator that ends in a sigmoid": lambda: fit(
        make_gan(discriminator=Subclassed(tf.sigmoid)), IMAGES
    ),
    "a Lambda with a sigmoid at the end": lambda: fit(
        make_gan(discriminator=make_discriminator(L.Dense(1), L.Lambda(tf.sigmoid))),
        IMAGES,
    ),
    "a discriminator of ten units": lambda: fit(
        make_gan(discriminator=make_discriminator(L.Dense(10))), IMAGES
    ),
    "a generator that ends in a sigmoid, for (−1, 1)": lambda: fit(
        make_gan(make_generator("sigmoid")), IMAGES
    ),
    "a generator without bounds that leaves (−1, 1)": lambda: fit(
        make_gan(make_generator(ten_times)), IMAGES
    ),
    "a frozen discriminator": lambda: make_gan(discriminator=frozen()),
    "two different optimizers by position": lambda: keras_gan.GAN(
        make_generator(), make_discriminator()
    ).compile("sgd", "adam"),
    "`compile(d_optimizer=...)`": lambda: make_gan(settings={"d_optimizer": "sgd"}),
    "`GAN(latent_dim=...)`": lambda: make_gan(latent_dim=2),
    "a loss without `get_config`": lambda: make_gan(settings={"loss": Hinge()}),
    "a lambda as penalty": lambda: make_gan(
        settings={"penalties": lambda discriminator, real, fake: 0.0}
    ),
    "a generator with two noises": lambda: make_gan(two_noises()),
    "a generator with two outputs": lambda: make_gan(two_outputs()),
    "latents of shape (6, 4)": lambda: make_gan(
        keras.Sequential([keras.Input((6, 4)), L.Flatten(), L.Dense(6)])
    ),
    "networks that take one-hot labels": lambda: make_gan(
        one_hot_networks(), num_classes=4
    ),
    "one-hot labels": lambda: fit(conditional_gan(), IMAGES, np.eye(4)[CLASSES]),
    "labels from 1": lambda: fit(conditional_gan(), IMAGES, CLASSES + 1),
    "a list of whole arrays": lambda: fit(make_gan(), [np.zeros((5000, 6))] * 2),
    "a wrong value in a later batch": lambda: fit(
        make_gan(), [IMAGES, IMAGES, np.full_like(IMAGES, np.nan)]
    ),
    "sample weights in a dataset": lambda: fit(
        make_gan(), of_dataset((IMAGES, CLASSES, np.ones(16)))
    ),
    "a dict without `image`": lambda: fit(make_gan(), of_dataset({"x": IMAGES})),
    "NaN in a table": lambda: fit(make_gan(value_range=None), with_nan(5)),
    "`tf.random.normal` in a layer of the generator": lambda: make_gan(
        keras.Sequential([keras.Input((2,)), L.Dense(6), L.Lambda(with_tf_noise)])
    ).sample(1),
    "another generator, by `gan.generator = ...`": lambda: setattr(
        make_gan(), "generator", make_generator()
    ),
    "a layer frozen after `compile`": lambda: fit(frozen_after(make_gan()), IMAGES),
    "a column of text": lambda: fit(make_gan(), IMAGES.astype(object)),
    "a notebook cell whose training is finished": train_twice,
    "`mlflow.keras.autolog()`": train_with_autolog,
    '`gan.save("gan.h5")`': lambda: make_gan().save("gan.h5"),
    "`gan.export(...)`": lambda: make_gan().export("folder"),
}


def test_the_page_shows_the_sentence_that_each_mistake_gets():
    page = Path(__file__).parents[2] / "docs" / "bring_your_own.md"
    rows = re.findall(r"^\| (.+) \| (.+) \|$", page.read_text("utf-8"), re.MULTILINE)
    assert {brought for brought, _ in rows[1:]} == set(MISTAKES)
    for brought, sentence in rows[1:]:
        # What trains can often not be saved; the rows that are about that say so.
        about_saving = "get_config" in brought or "lambda" in brought
        with warnings.catch_warnings():
            if not about_saving:
                warnings.filterwarnings("ignore", "This GAN cannot be saved")
            # The suite turns other warnings into errors.
            with pytest.raises((ValueError, TypeError, UserWarning)) as caught:
                MISTAKES[brought]()
        assert sentence in str(caught.value), brought


def test_networks_in_each_others_place_are_told_so():
    generator = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(64), keras.layers.Reshape((8, 8, 1))]
    )
    discriminator = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(1)]
    )
    with pytest.raises(ValueError, match="they are in each other's place"):
        keras_gan.GAN(discriminator, generator)
