"""What happens when numbers are no longer numbers."""

import warnings

import keras
import numpy as np
import pytest

from keras_gan import callbacks


def break_weights(variable, value=np.nan):
    broken = np.array(variable.numpy())
    broken.flat[-1] = value
    variable.assign(broken)


class BreakAt(keras.callbacks.Callback):
    """Puts a NaN into the discriminator when so many steps are done."""

    def __init__(self, step):
        super().__init__()
        self.step = step

    def on_train_batch_begin(self, batch, logs=None):
        if int(self.model.step) == self.step:
            break_weights(self.model.discriminator.trainable_variables[0])


def fit(gan, images, *callbacks, epochs=1, batch_size=2):
    """Trains 4 steps an epoch; returns the messages of the warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", message="__array__ implementation")
        gan.fit(
            images,
            batch_size=batch_size,
            epochs=epochs,
            callbacks=callbacks,
            verbose=0,
        )
    return [str(warning.message) for warning in caught]


def weights(gan):
    return [variable.numpy() for variable in gan.variables]


def test_a_training_that_diverges_goes_back_to_the_last_checkpoint(
    make_tiny_gan, tiny_images, tmp_path
):
    gan = make_tiny_gan()
    checkpoint = callbacks.Checkpoint(tmp_path, every_steps=2)
    stop = callbacks.StopOnNaN(every=1, checkpoint=checkpoint)
    kept = {}

    def remember(batch, logs=None):
        if int(gan.step) == 2:
            kept["weights"] = weights(gan)

    spy = keras.callbacks.LambdaCallback(on_train_batch_begin=remember)
    messages = fit(gan, tiny_images, spy, checkpoint, stop, BreakAt(3), epochs=5)
    assert int(gan.step) == 2
    for found, expected in zip(weights(gan), kept["weights"], strict=True):
        np.testing.assert_array_equal(found, expected)
    (message,) = messages
    assert message.startswith("Training stopped after step 4: NaN or infinity in d_")
    assert "the generator, the discriminator, the generator's optimizer" in message
    assert "The GAN is again as in the checkpoint of step 2." in message
    assert "smaller learning rates" in message


def test_a_stopped_training_does_not_save_over_the_checkpoints_it_went_back_to(
    make_tiny_gan, tiny_images, tmp_path
):
    checkpoint = callbacks.Checkpoint(tmp_path, every_steps=2)
    stop = callbacks.StopOnNaN(every=1, checkpoint=checkpoint)
    gan = make_tiny_gan()
    fit(gan, tiny_images, checkpoint, stop, BreakAt(3))
    restored = make_tiny_gan()
    assert callbacks.Checkpoint(tmp_path).restore(restored) == 2
    for found, expected in zip(weights(restored), weights(gan), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_finite_training_is_left_alone(make_tiny_gan, tiny_images):
    gan, reference = make_tiny_gan(), make_tiny_gan()
    assert fit(gan, tiny_images, callbacks.StopOnNaN(every=1)) == []
    fit(reference, tiny_images)
    for found, expected in zip(weights(gan), weights(reference), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("every", "noticed"),
    [(1, 2), (2, 2), (3, 3), (100, 4)],
)
def test_it_looks_at_multiples_of_the_interval_and_at_the_end_of_the_epoch(
    make_tiny_gan, tiny_images, every, noticed
):
    gan = make_tiny_gan()
    messages = fit(gan, tiny_images, callbacks.StopOnNaN(every), BreakAt(1), epochs=3)
    assert int(gan.step) == noticed
    (message,) = messages
    assert f"stopped after step {noticed}:" in message
    assert "No `checkpoint` was given" in message


def test_it_does_not_look_between_multiples_of_the_interval(make_tiny_gan, tiny_images):
    gan = make_tiny_gan()
    fit(gan, tiny_images, callbacks.StopOnNaN(3), BreakAt(3), batch_size=1)
    assert int(gan.step) == 6  # of 8


def test_without_a_checkpoint_yet_the_weights_stay_as_they_are(make_tiny_gan, tmp_path):
    gan = make_tiny_gan()
    stop = callbacks.StopOnNaN(checkpoint=callbacks.Checkpoint(tmp_path))
    stop.set_model(gan)
    stop.on_train_begin()
    break_weights(gan.generator.variables[0])
    with pytest.warns(UserWarning, match="There is no checkpoint yet"):
        stop.on_epoch_end(0)
    assert np.isnan(gan.generator.variables[0].numpy()).any()


PARTS = {
    "the generator": lambda gan: gan.generator.variables[0],
    "the discriminator": lambda gan: gan.discriminator.variables[-1],
    "the generator's optimizer": lambda gan: gan.generator_optimizer.variables[-1],
    "the discriminator's optimizer": lambda gan: gan.discriminator_optimizer.variables[
        -1
    ],
}


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("part", PARTS)
def test_a_broken_variable_is_found_before_the_logs_tell(make_tiny_gan, part, value):
    gan = make_tiny_gan()
    stop = callbacks.StopOnNaN()
    stop.set_model(gan)
    stop.on_train_begin()
    break_weights(PARTS[part](gan), value)
    with pytest.warns(UserWarning, match=f"NaN or infinity in {part}\\. "):
        stop.on_epoch_end(0)
    assert gan.stop_training


@pytest.mark.parametrize("scaled", [False, True])
def test_logs_alone_stop_a_training_but_for_one_with_loss_scaling(
    make_tiny_gan, scaled
):
    sgd = keras.optimizers.SGD(0.1)
    gan = make_tiny_gan(keras.optimizers.LossScaleOptimizer(sgd) if scaled else sgd)
    stop = callbacks.StopOnNaN()
    stop.set_model(gan)
    stop.on_train_begin()
    gan.stop_training = False
    gan.train_means.sums.assign([0.0, np.inf, 1.0, 1.0])
    if scaled:
        stop.on_epoch_end(0)  # warnings are errors
    else:
        with pytest.warns(UserWarning, match=r"infinity in g_loss\. "):
            stop.on_epoch_end(0)
    assert gan.stop_training is not scaled


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="`every` must be an integer >= 1"):
        callbacks.StopOnNaN(0)
    with pytest.raises(ValueError, match=r"`checkpoint` must be a `callbacks\.Check"):
        callbacks.StopOnNaN(checkpoint="run/checkpoints")
