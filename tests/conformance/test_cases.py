"""What every public loss, penalty, architecture, prior and callback promises alike."""

import json
import shutil
import types

import keras
import numpy as np
import pytest
from cases.trainings import (
    ARCHITECTURES,
    AUGMENTATIONS,
    CALLBACKS,
    LOSSES,
    OBJECTIVES,
    PACKED,
    PENALTIES,
    PRIORS,
    TRAININGS,
    fit,
    make_gan,
)
from harness.kills import BreakOff
from harness.marks import slow_but_for
from harness.replicas import largest_difference, one_device, two_replicas

from keras_gan import (
    architectures,
    augmentation,
    callbacks,
    layers,
    losses,
    priors,
    training,
)

Model = keras.Model


# One of each kind of state; the others add no more than time.
QUICK = {
    "R1",
    "dcgan with labels",
    "AdaptiveAugment",
    "simultaneous with real logits, penalties and noise",
    "Adam",
}


def public_classes(module):
    return {
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__.startswith(module.__name__)
    }


def assert_equal_states(gan, other):
    states = training.read_state(gan), training.read_state(other)
    for name, value in states[0].items():
        np.testing.assert_array_equal(value, states[1][name], err_msg=name)


def test_no_public_class_is_missing_from_the_list():
    assert set(LOSSES) == set(losses.names())
    objects = {type(losses.get(name)).__name__ for name in LOSSES}
    assert objects | set(OBJECTIVES) == public_classes(losses) - {"AdversarialLoss"}
    assert set(AUGMENTATIONS) == public_classes(augmentation) - {"Augmentation"}
    # The others are parts of architectures.
    models = {n for n in public_classes(layers) if issubclass(vars(layers)[n], Model)}
    assert set(PACKED) == models
    assert set(PENALTIES) == public_classes(losses.penalties) - {"Penalty"}
    assert set(ARCHITECTURES) == set(architectures.names())
    assert set(PRIORS) == set(priors.names())
    # The trackers' packages are asked in tests/callbacks/test_trackers.py.
    assert set(CALLBACKS) | {"MLflow", "Wandb"} == public_classes(callbacks)


@pytest.mark.parametrize("case", slow_but_for(QUICK, TRAININGS))
def test_a_training_goes_on_to_the_bit_from_a_saved_gan_and_from_a_checkpoint(
    case, tmp_path
):
    unbroken, samples = make_gan(**case), []

    def keep(epoch, logs):
        """Keeps what a kill in the second epoch would leave, and the GAN itself."""
        if epoch == 0:
            shutil.copytree(tmp_path / "checkpoints", tmp_path / "left")
            unbroken.save(tmp_path / "gan.keras")
            samples.append(unbroken.sample(3, seed=1))

    keeping = keras.callbacks.LambdaCallback(on_epoch_end=keep)
    checkpoint = callbacks.Checkpoint(tmp_path / "checkpoints", every_steps=2)
    fit(unbroken, checkpoint, keeping, epochs=2)

    resumed = make_gan(**case)
    fit(resumed, callbacks.Checkpoint(tmp_path / "left"), epochs=2)
    assert_equal_states(resumed, unbroken)

    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    np.testing.assert_array_equal(loaded.sample(3, seed=1), samples[0])
    assert loaded.get_compile_config() == unbroken.get_compile_config()
    fit(loaded, initial_epoch=1, epochs=2)
    weights = zip(loaded.get_weights(), unbroken.get_weights(), strict=True)
    for weight, expected in weights:
        np.testing.assert_array_equal(weight, expected)


def files(folder):
    """The content of the files that do not depend on the clock."""
    paths = [p for p in folder.rglob("*") if p.suffix in (".png", ".jsonl")]
    paths = [path for path in paths if path.name != "times.jsonl"]
    return {path.relative_to(folder): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def heard(tmp_path_factory):
    """Two trainings that every callback hears, one of them broken off and resumed."""
    folder = tmp_path_factory.mktemp("heard")
    whole, broken = (
        {name: folder / kind / name for name in CALLBACKS} for kind in "wb"
    )

    def listening(folders):
        return {name: make(folders[name]) for name, make in CALLBACKS.items()}

    unbroken = make_gan()
    history = fit(unbroken, *listening(whole).values(), epochs=3).history
    with pytest.raises(MemoryError):
        fit(
            make_gan(),
            *listening(broken).values(),
            callbacks.Checkpoint(folder / "checkpoints", every_steps=2),
            BreakOff(5),
            epochs=3,
        )
    resumed, again = make_gan(), listening(broken)
    others = [callback for name, callback in again.items() if name != "Checkpoint"]
    # The checkpoints of the callback in the list would be another training's.
    checkpoint = callbacks.Checkpoint(folder / "checkpoints")
    found = fit(resumed, *others, checkpoint, epochs=3).history
    return types.SimpleNamespace(**locals())


def test_a_training_that_every_callback_hears_goes_on_to_the_bit(heard):
    assert_equal_states(heard.resumed, heard.unbroken)
    assert int(heard.unbroken.step) == 6
    for log, values in heard.found.items():
        assert values == heard.history[log][-len(values) :]


@pytest.mark.parametrize("name", CALLBACKS)
def test_a_callback_goes_on_after_a_resume_as_if_nothing_had_been(name, heard):
    state = heard.again[name].get_state()
    assert json.loads(json.dumps(state)) == state
    assert files(heard.broken[name]) == files(heard.whole[name])


def trained_without_dropout(strategy, case):
    """Trains ten steps; dropout alone may differ between topologies.

    Returns:
        The state, and how far the network that moved less has moved.
    """
    with strategy.scope():
        gan = make_gan(run_eagerly=False, jit_compile=False, **case)
    for layer in gan.discriminator.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0
        if isinstance(layer, keras.layers.BatchNormalization):
            assert layer.synchronized
    networks = gan.generator, gan.discriminator
    if case.get("architecture", "").startswith("goodfellow"):
        # The authors' initial weights are so small that ten steps move nothing.
        for variable in gan.discriminator.trainable_variables:
            if variable.name == "kernel":
                variable.assign(100 * variable)
    before = [weights_of(network) for network in networks]
    fit(gan, epochs=5)
    after = [weights_of(network) for network in networks]
    return training.read_state(gan), min(map(largest_difference, before, after))


def weights_of(network):
    return [variable.numpy() for variable in network.trainable_variables]


# test_replicas.py has the losses and penalties.
@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [n for n in TRAININGS if n not in LOSSES and n not in PENALTIES]
)
def test_two_replicas_train_every_architecture_and_prior_like_one(name):
    case = TRAININGS[name]
    one, moved = trained_without_dropout(one_device(), case)
    two, _ = trained_without_dropout(two_replicas(), case)
    assert one.keys() == two.keys()
    # Batch statistics are sums over replicas, in another order.
    normalized = name.startswith(("dcgan", "lean_dcgan", "sagan", "sngan_resnet"))
    tolerance = 1e-4 if normalized else 1e-5
    assert largest_difference(one.values(), two.values()) <= tolerance
    assert moved > max(1e-3, 10 * tolerance)
