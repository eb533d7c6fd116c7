"""A GAN that no file can hold says so in `compile`, and `save` names what it is."""

import functools
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import dense_gan, dense_networks

import keras_gan
from keras_gan import losses

L = keras.layers
IMAGES = np.zeros((4, 2, 2, 1), np.float32)


class Bare:
    """A loss of two methods and nothing else."""

    def discriminator_loss(self, real, fake):
        return tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(fake)

    def generator_loss(self, real, fake):
        return -tf.reduce_mean(fake)


class Forgetful(losses.NonSaturating):
    """A loss that would be loaded with another weight."""

    def __init__(self, weight=1.0):
        self.weight = weight


class Zero:
    def __call__(self, discriminator, real, fake):
        return 0.0 * tf.reduce_mean(real)


class Holding(L.Layer):
    """A layer that Keras cannot make again from its arguments."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def call(self, x):
        return x


class Rate(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return 1e-3


def zero(discriminator, real, fake):
    return 0.0 * tf.reduce_mean(real)


registered = keras.saving.register_keras_serializable("tests")(zero)


def judge(layer):
    return keras.Sequential([keras.Input((2, 2, 1)), L.Flatten(), layer, L.Dense(1)])


def compiled(discriminator=None, optimizer="sgd", **settings):
    networks = dense_networks()
    gan = keras_gan.GAN(networks[0], discriminator or networks[1], seed=1)
    gan.compile(
        generator_optimizer=optimizer,
        discriminator_optimizer="sgd",
        run_eagerly=True,
        **settings,
    )
    return gan


UNSAVABLE = {
    "`loss` holds Bare": {"loss": Bare()},
    "`loss` holds Forgetful": {"loss": Forgetful(3.0)},
    r"`penalties\[1\]` \(Zero\)": {"penalties": [registered, Zero()]},
    r"`penalties\[0\]` \(partial\)": {"penalties": [functools.partial(zero)]},
    r"`penalties\[0\]` \(method\)": {"penalties": [Zero().__call__]},
    "`augment` holds Holding": {"augment": Holding(zero)},
    "`discriminator` holds Holding": {"discriminator": judge(Holding(object()))},
    "`generator_optimizer` holds Rate": {"optimizer": keras.optimizers.SGD(Rate())},
}


@pytest.mark.parametrize("named", UNSAVABLE)
def test_what_no_file_can_hold_is_said_at_compile_and_by_save(named, tmp_path):
    with pytest.warns(UserWarning, match=f"cannot be saved as a .keras.*{named}") as w:
        gan = compiled(**UNSAVABLE[named])
    assert w[0].filename == __file__
    assert len(w) == 1
    (tmp_path / "gan.keras").write_text("an older file")
    with pytest.raises(ValueError, match=f"{named}.*save_weights"):
        gan.save(tmp_path / "gan.keras")
    assert (tmp_path / "gan.keras").read_text() == "an older file"


@pytest.mark.filterwarnings("ignore:This GAN cannot be saved")
def test_a_loss_in_a_loss_is_named_and_the_remedies_work(tmp_path):
    aims = losses.AuxiliaryClassifier(Bare())
    z, y = keras.Input((3,)), keras.Input((), dtype="int32")
    x = L.Concatenate()([z, L.Embedding(2, 2)(y)])
    generator = keras.Model([z, y], L.Reshape((2, 2, 1))(L.Dense(4, "tanh")(x)))
    x = keras.Input((2, 2, 1))
    flat = L.Flatten()(x)
    discriminator = keras.Model(x, [L.Dense(1)(flat), L.Dense(2)(flat)])
    gan = keras_gan.GAN(generator, discriminator, num_classes=2, seed=1)
    gan.compile("sgd", "sgd", aims, run_eagerly=True)
    with pytest.raises(ValueError, match="`loss` holds Bare"):
        gan.save(tmp_path / "gan.keras")
    checkpoint = keras_gan.callbacks.Checkpoint(tmp_path)
    gan.fit(IMAGES, np.array([0, 1, 1, 0]), verbose=0, callbacks=[checkpoint])
    gan.generator.save_weights(tmp_path / "generator.weights.h5")
    assert checkpoint.restore(gan) == 1


@pytest.mark.parametrize(
    "settings",
    [
        {"augment": lambda x: x},
        {"penalties": [lambda discriminator, real, fake: 0.0]},
        {"discriminator": judge(L.Lambda(lambda x: x))},
        {"discriminator": judge(L.Dense(2, lambda x: x))},
    ],
)
def test_a_lambda_is_said_at_compile(settings):
    with pytest.warns(UserWarning, match="holds a lambda, code that loading refuses"):
        compiled(**settings)


@pytest.mark.filterwarnings("ignore:This GAN cannot be saved")
def test_a_callback_that_saves_the_gan_is_refused_before_the_first_step(tmp_path):
    gan = compiled(loss=Bare())
    path = tmp_path / "gan.keras"
    images = np.random.default_rng(0).uniform(-1, 1, (8, 2, 2, 1))
    keeping = keras_gan.callbacks.Evaluate(
        keras_gan.evaluation.Evaluator(images, metrics=["frechet"]), best=path
    )
    for callback in (keras.callbacks.ModelCheckpoint(path), keeping):
        with pytest.raises(ValueError, match=r"cannot be saved.*`loss` holds Bare"):
            gan.fit(IMAGES, verbose=0, callbacks=[callback])
    assert int(gan.step) == 0


def test_a_gan_that_can_be_saved_gets_no_warning(tmp_path):
    """The suite turns warnings into errors."""
    gan = compiled(judge(L.Dense(2, "gelu")), penalties=[registered])
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    assert loaded.penalties == (registered,)
    dense_gan().save(tmp_path / "uncompiled.keras")
    with warnings.catch_warnings(record=True) as found:
        compiled(penalties=[zero])  # registered later, it can be loaded
    assert found == []


class Configured:
    """A class of the user's own that tells its arguments, and takes them nowhere."""

    def __init__(self, weight=1.0):
        self.weight = weight

    def get_config(self):
        return {"weight": self.weight}


@keras.saving.register_keras_serializable("tests")
class PlainLoss(Configured, Bare):
    pass


@keras.saving.register_keras_serializable("tests")
class PlainPenalty(Configured, Zero):
    pass


@keras.saving.register_keras_serializable("tests")
class PlainAugment(Configured):
    def __call__(self, images):
        return images * self.weight


@keras.saving.register_keras_serializable("tests")
class Rescale(L.Layer):
    def __init__(self, function, **kwargs):
        super().__init__(**kwargs)
        self.function = function

    def call(self, x):
        return self.function(x)

    def get_config(self):
        return {**super().get_config(), "function": self.function}


@keras.saving.register_keras_serializable("tests")
class OwnLoss(Configured, Bare, losses.AdversarialLoss):
    pass


@keras.saving.register_keras_serializable("tests")
class OwnPenalty(Configured, Zero, losses.penalties.Penalty):
    pass


@keras.saving.register_keras_serializable("tests")
class OwnAugment(keras_gan.augmentation.Augmentation):
    def __init__(self, weight=1.0, **kwargs):
        super().__init__(**kwargs)
        self.weight = weight

    def uniform_count(self, image_shape):
        return 0

    def transform(self, images, uniforms, step):
        return images * self.weight

    def get_config(self):
        return {**super().get_config(), "weight": self.weight}


def test_a_class_without_from_config_is_named_where_a_file_could_not_be_loaded():
    for settings, named in (
        ({"loss": PlainLoss()}, "`loss` holds PlainLoss"),
        ({"penalties": [PlainPenalty()]}, r"`penalties\[0\]` holds PlainPenalty"),
        ({"augment": PlainAugment()}, "`augment` holds PlainAugment"),
        ({"discriminator": judge(Rescale(PlainAugment()))}, "holds PlainAugment"),
    ):
        with pytest.warns(UserWarning, match=f"{named}, which has no `from_config`"):
            gan = compiled(**settings)
        with pytest.raises(ValueError, match="and a `from_config`, which `losses"):
            gan.save("never.keras")


def test_subclasses_of_the_package_need_a_get_config_only(tmp_path):
    parts = {
        "loss": OwnLoss(2.0),
        "penalties": [OwnPenalty(3.0)],
        "augment": OwnAugment(0.5),
    }
    gan = compiled(**parts)
    gan.fit(IMAGES, verbose=0)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    assert type(loaded.adversarial_loss) is OwnLoss
    assert loaded.adversarial_loss.weight == 2.0
    assert type(loaded.penalties[0]) is OwnPenalty
    assert loaded.penalties[0].weight == 3.0
    assert type(loaded.augment) is OwnAugment
    assert loaded.augment.weight == 0.5
