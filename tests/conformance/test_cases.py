"""What every public loss, penalty, architecture, prior and callback promises alike."""

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from cases import (
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
WORKER = Path(__file__).with_name("case_worker.py")


def training_cases(quick=()):
    """All trainings; those of networks of many layers are slow, but for some."""
    return [
        pytest.param(
            case,
            id=name,
            marks=pytest.mark.slow
            if name.startswith(("sagan", "sngan_resnet")) and name not in quick
            else (),
        )
        for name, case in TRAININGS.items()
    ]


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
    assert set(PENALTIES) == public_classes(losses.penalties)
    assert set(ARCHITECTURES) == set(architectures.names())
    assert set(PRIORS) == set(priors.names())
    assert set(CALLBACKS) == public_classes(callbacks)


@pytest.mark.parametrize("case", training_cases(quick=["sagan with labels"]))
def test_a_saved_gan_loads_and_trains_on_like_the_one_that_was_saved(case, tmp_path):
    gan = make_gan(**case)
    fit(gan)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    np.testing.assert_array_equal(loaded.sample(3, seed=1), gan.sample(3, seed=1))
    assert loaded.get_compile_config() == gan.get_compile_config()
    for model in (gan, loaded):
        fit(model)
    for weight, expected in zip(loaded.get_weights(), gan.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)


@pytest.mark.parametrize("case", training_cases())
def test_a_training_that_is_broken_off_goes_on_to_the_bit(
    case, tmp_path, break_off_after
):
    unbroken = make_gan(**case)
    fit(unbroken, epochs=2)
    with pytest.raises(MemoryError):
        fit(
            make_gan(**case),
            callbacks.Checkpoint(tmp_path, every_steps=2),
            break_off_after(3),
            epochs=2,
        )
    resumed = make_gan(**case)
    fit(resumed, callbacks.Checkpoint(tmp_path), epochs=2)
    assert_equal_states(resumed, unbroken)


def files(folder):
    """The content of the files that do not depend on the clock."""
    paths = [p for p in folder.rglob("*") if p.suffix in (".png", ".jsonl")]
    return {path.relative_to(folder): path.read_bytes() for path in paths}


@pytest.mark.parametrize("name", CALLBACKS)
def test_a_callback_goes_on_after_a_resume_as_if_nothing_had_been(
    name, tmp_path, break_off_after
):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    unbroken = make_gan()
    history = fit(unbroken, CALLBACKS[name](whole), epochs=3).history
    with pytest.raises(MemoryError):
        fit(
            make_gan(),
            CALLBACKS[name](broken),
            callbacks.Checkpoint(tmp_path / "checkpoints", every_steps=2),
            break_off_after(5),
            epochs=3,
        )
    resumed = make_gan()
    callback = CALLBACKS[name](broken)
    # Its own checkpoints would be another training's.
    listening = [] if name == "Checkpoint" else [callback]
    checkpoint = callbacks.Checkpoint(tmp_path / "checkpoints")
    found = fit(resumed, *listening, checkpoint, epochs=3).history
    assert_equal_states(resumed, unbroken)
    state = callback.get_state()
    assert json.loads(json.dumps(state)) == state
    assert files(broken) == files(whole)
    for log, values in found.items():
        assert values == history[log][-len(values) :]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_replicas_train_every_architecture_and_prior_like_one():
    result = subprocess.run(
        [sys.executable, WORKER], capture_output=True, text=True, timeout=800
    )
    assert result.returncode == 0, result.stderr[-3000:]
    found = json.loads(result.stdout.splitlines()[-1])
    assert set(found) == set(TRAININGS) - set(LOSSES) - set(PENALTIES)
    for name, case in found.items():
        # Batch statistics are sums over replicas, in another order.
        normalized = name.startswith(("dcgan", "sagan", "sngan_resnet"))
        tolerance = 1e-4 if normalized else 1e-5
        assert case["difference"] <= tolerance, name
        assert case["moved"] > max(1e-3, 10 * tolerance), name
