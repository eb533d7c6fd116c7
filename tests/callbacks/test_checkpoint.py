"""Checkpoints: what is kept, which one is used, and what happens when it goes wrong."""

import json
import resource
import time
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import dense_gan
from harness.kills import BreakOff
from harness.marks import slow_but_for

from keras_gan import callbacks, data, training

STEPS = 4  # in an epoch
IMAGES = np.random.default_rng(0).integers(0, 256, (32, 2, 2, 1), dtype=np.uint8)


def make_gan(seed=3, units=4, augment=None, **arguments):
    keras.utils.set_random_seed(0)
    gan = dense_gan(latent_dim=2, units=[units], dropout=0.5, seed=seed)
    optimizers = {
        "generator_optimizer": keras.optimizers.Adam(0.01),
        "discriminator_optimizer": keras.optimizers.SGD(0.1, momentum=0.5),
    }
    gan.compile(
        **optimizers | arguments, augment=augment, ema_decay=0.9, run_eagerly=True
    )
    return gan


def dataset():
    return data.load(IMAGES, batch_size=8, seed=1)


def fit(gan, *listening, epochs=1, **arguments):
    return gan.fit(
        dataset(), epochs=epochs, verbose=0, callbacks=list(listening), **arguments
    )


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def assert_equal_states(gan, other):
    state, expected = training.read_state(gan), training.read_state(other)
    assert state.keys() == expected.keys()
    for name, value in state.items():
        np.testing.assert_array_equal(value, expected[name], err_msg=name)


@pytest.mark.parametrize(
    ("steps_per_epoch", "steps"),
    [
        (3, 7),
        *(
            pytest.param(*p, marks=pytest.mark.slow)
            for p in [(None, 2), (None, 5), (None, 11), (6, 8)]
        ),
    ],
)
def test_what_goes_on_from_a_checkpoint_ends_like_what_was_never_interrupted(
    tmp_path, steps_per_epoch, steps
):
    arguments = {"steps_per_epoch": steps_per_epoch}
    unbroken = make_gan()
    history = fit(unbroken, epochs=3, **arguments).history
    checkpoint = callbacks.Checkpoint(tmp_path, every_steps=2)
    with pytest.raises(MemoryError):
        fit(make_gan(), checkpoint, BreakOff(steps), epochs=3, **arguments)
    resumed = make_gan(seed=99)  # the checkpoint's seed counts
    again = callbacks.Checkpoint(tmp_path, every_steps=2)
    found = fit(resumed, again, epochs=3, **arguments).history
    assert_equal_states(resumed, unbroken)
    for name, values in found.items():
        assert values == history[name][-len(values) :]


def test_arrays_go_on_in_their_order_too(tmp_path):
    x = IMAGES / np.float32(127.5) - 1

    def train(gan, *listening):
        gan.fit(x, batch_size=8, epochs=2, verbose=0, callbacks=list(listening))
        return gan

    unbroken = train(make_gan())
    with pytest.raises(MemoryError):
        train(
            make_gan(),
            callbacks.Checkpoint(tmp_path, every_steps=1),
            BreakOff(6),
        )
    resumed = train(make_gan(seed=5), callbacks.Checkpoint(tmp_path))
    assert_equal_states(resumed, unbroken)


def test_there_is_one_at_the_beginning_after_each_epoch_and_at_the_end(tmp_path):
    seen = []

    class Spy(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(names(tmp_path)[-1])

    fit(make_gan(), callbacks.Checkpoint(tmp_path), Spy(), epochs=2)
    assert seen == ["step_000000000.npz"] * STEPS + ["step_000000004.npz"] * STEPS
    assert names(tmp_path)[-1] == "step_000000008.npz"


@pytest.mark.parametrize("keep", [1, 2])
def test_the_newest_are_kept(tmp_path, keep):
    fit(make_gan(), callbacks.Checkpoint(tmp_path, every_steps=1, keep=keep))
    assert names(tmp_path) == ["step_000000003.npz", "step_000000004.npz"][-keep:]


def test_seconds_decide_when_they_are_asked_for(tmp_path, monkeypatch):
    clock = iter(np.arange(0.0, 1000.0, 4.0))
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    # The clock is read when fit starts, before each step and at each checkpoint.
    fit(
        make_gan(), callbacks.Checkpoint(tmp_path, every_seconds=10.0, keep=9), epochs=3
    )
    steps = [int(name[5:14]) for name in names(tmp_path)]
    assert steps == [0, 3, 6, 9, 12]


@pytest.mark.parametrize("damage", slow_but_for(["flip"], ["cut", "flip", "empty"]))
def test_a_damaged_checkpoint_is_reported_and_the_one_before_it_used(tmp_path, damage):
    fit(make_gan(), callbacks.Checkpoint(tmp_path, every_steps=1))
    newest = tmp_path / "step_000000004.npz"
    content = bytearray(newest.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 1
    newest.write_bytes(content[: {"cut": -20, "flip": None, "empty": 0}[damage]])
    gan = make_gan()
    with pytest.warns(UserWarning, match=r"step_000000004.npz': .* is damaged"):
        assert callbacks.Checkpoint(tmp_path).restore(gan) == 3
    unbroken = make_gan()
    with pytest.warns(UserWarning, match="is damaged"):
        fit(gan, callbacks.Checkpoint(tmp_path))
    fit(unbroken)
    assert_equal_states(gan, unbroken)
    assert callbacks.Checkpoint(tmp_path).restore(gan) == 4  # written anew


def test_a_value_that_was_changed_together_with_its_archive_is_found(tmp_path):
    fit(make_gan(), callbacks.Checkpoint(tmp_path, keep=1))
    (path,) = tmp_path.iterdir()
    with np.load(path) as archive:
        arrays = dict(archive)
    arrays["generator/0"] = arrays["generator/0"] + 1
    np.savez(path, **arrays)
    with pytest.warns(UserWarning, match="its checksum is another"):
        assert callbacks.Checkpoint(tmp_path).restore(make_gan()) is None


def test_when_the_disk_is_full_training_goes_on_and_the_last_checkpoint_stays(tmp_path):
    with pytest.raises(MemoryError):
        fit(
            make_gan(),
            callbacks.Checkpoint(tmp_path, every_steps=1),
            BreakOff(2),
        )
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    gan = make_gan()
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.warns(UserWarning, match="could not be written .*Make room there"):
            fit(gan, callbacks.Checkpoint(tmp_path, every_steps=1), epochs=2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert int(gan.step) == 2 * STEPS
    assert names(tmp_path) == ["step_000000000.npz", "step_000000001.npz"]
    assert callbacks.Checkpoint(tmp_path).restore(make_gan()) == 1


def test_what_could_not_be_written_is_tried_again_when_the_next_is_due(
    tmp_path, monkeypatch
):
    tried = []

    def full(self, snapshot):
        tried.append(snapshot.step)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(
        "keras_gan.callbacks._checkpoint_files.CheckpointFiles.write", full
    )
    with pytest.warns(UserWarning, match="No space left on device"):
        fit(make_gan(), callbacks.Checkpoint(tmp_path, every_steps=3), epochs=2)
    assert tried == [0, 3, 6, 8]


def test_weights_that_are_not_finite_are_never_saved(tmp_path):
    class Break(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                self.model.generator.weights[0].assign(np.full((2, 4), np.nan))

    with pytest.warns(UserWarning, match="weights that are not finite"):
        fit(make_gan(), callbacks.Checkpoint(tmp_path, every_steps=1), Break())
    assert names(tmp_path) == ["step_000000000.npz", "step_000000001.npz"]


def test_half_written_files_of_a_killed_process_are_removed(tmp_path):
    left = tmp_path / ".step_000000007.npz.abc.tmp"
    left.mkdir(parents=True)
    (left / "step_000000007.npz").write_bytes(b"PK")
    fit(make_gan(), callbacks.Checkpoint(tmp_path, keep=1))
    assert names(tmp_path) == ["step_000000004.npz"]


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"units": 5}, r"float32 \(2, 4\) for `generator/0`, where .* \(2, 5\)"),
        (
            {"generator_optimizer": keras.optimizers.SGD(0.1)},
            "for `generator_optimizer/2`, where this GAN has nothing",
        ),
        (
            {"augment": keras.layers.BatchNormalization()},
            "it has nothing for `augment/0`",
        ),
    ],
)
def test_a_checkpoint_of_another_gan_is_refused(tmp_path, other, message):
    fit(make_gan(), callbacks.Checkpoint(tmp_path))
    augment = other.get("augment")
    if augment is not None:
        augment.build((None, 2, 2, 1))
    gan = make_gan(**other)
    before = training.read_state(gan)
    with pytest.raises(ValueError, match=message):
        fit(gan, callbacks.Checkpoint(tmp_path))
    for name, value in training.read_state(gan).items():
        np.testing.assert_array_equal(value, before[name])


def test_a_gan_that_is_not_compiled_is_restored_to_draw(tmp_path):
    trained = make_gan()
    fit(trained, callbacks.Checkpoint(tmp_path))
    drawing = dense_gan(latent_dim=2, units=[4], dropout=0.5, seed=99)
    assert callbacks.Checkpoint(tmp_path).restore(drawing) == STEPS
    for ema in (True, False):
        expected = trained.sample(3, seed=7, ema=ema)
        np.testing.assert_array_equal(drawing.sample(3, seed=7, ema=ema), expected)
    drawing.compile("sgd", "sgd", run_eagerly=True)  # without the average
    np.testing.assert_array_equal(drawing.sample(3, seed=7), expected)
    fit(drawing)
    with pytest.raises(ValueError, match="another GAN"):
        callbacks.Checkpoint(tmp_path).restore(dense_gan((3, 3, 1)))


def test_a_fit_after_the_end_says_that_it_trains_nothing(tmp_path):
    gan = make_gan()
    checkpoint = callbacks.Checkpoint(tmp_path)
    fit(gan, checkpoint, epochs=2)
    with pytest.warns(UserWarning, match="trains nothing: .*2 epochs.*`epochs`") as w:
        fit(gan, checkpoint, epochs=2)
    (said,) = [one for one in w if "trains nothing" in str(one.message)]
    assert said.filename == __file__
    with pytest.warns(UserWarning, match="trains nothing: .*`initial_epoch=2`"):
        fit(gan, epochs=2, initial_epoch=2)
    fit(gan, checkpoint, epochs=3)
    assert int(gan.step) == 3 * STEPS


def test_checkpoints_that_are_not_to_be_used_are_left_alone(tmp_path):
    fit(make_gan(), callbacks.Checkpoint(tmp_path, keep=1))
    with pytest.raises(ValueError, match="holds checkpoints of another training"):
        fit(make_gan(), callbacks.Checkpoint(tmp_path, resume=False))
    assert names(tmp_path) == ["step_000000004.npz"]
    fit(make_gan(), callbacks.Checkpoint(tmp_path / "new", resume=False, keep=1))
    assert names(tmp_path / "new") == ["step_000000004.npz"]


def test_another_version_of_what_computes_is_reported(tmp_path, monkeypatch):
    fit(make_gan(), callbacks.Checkpoint(tmp_path))
    monkeypatch.setattr("keras_gan.callbacks._checkpoint_files.__version__", "0.0")
    with pytest.warns(UserWarning, match="not to the bit"):
        fit(make_gan(), callbacks.Checkpoint(tmp_path), epochs=2)


@pytest.mark.slow
def test_the_log_is_cut_back_to_the_checkpoint(tmp_path, monkeypatch):
    def listening(folder):
        return [
            callbacks.JSONLog(folder / "log.jsonl", every=1, times=folder / "times"),
            callbacks.Checkpoint(folder / "checkpoints", every_steps=3),
        ]

    whole, cut = tmp_path / "whole", tmp_path / "cut"
    fit(make_gan(), *listening(whole), epochs=3)
    fast = SimpleNamespace(perf_counter=lambda: 1e6 * time.perf_counter())
    with monkeypatch.context() as patch:
        patch.setattr("keras_gan.callbacks.json_log.time", fast)
        with pytest.raises(MemoryError):
            fit(make_gan(), *listening(cut), BreakOff(8), epochs=3)
    fit(make_gan(), *listening(cut), epochs=3)
    expected = (whole / "log.jsonl").read_bytes()
    assert (cut / "log.jsonl").read_bytes() == expected
    times = [json.loads(line) for line in (cut / "times").read_text().splitlines()]
    records = [json.loads(line) for line in expected.decode().splitlines()]
    assert [t["step"] for t in times] == [r["step"] for r in records]
    # The clock of the epoch goes on from where the checkpoint left it.
    seconds = [t["seconds"] for t in times if t["epoch"] == 2]
    assert seconds == sorted(seconds)
    assert seconds[-1] > 1000


def test_a_value_in_bfloat16_comes_back_as_it_was(tmp_path):
    from keras_gan.callbacks._checkpoint_files import Snapshot

    values = {"a": np.array([1.5, -2.0]).astype("bfloat16"), "step": np.int64(3)}
    snapshot = Snapshot(3, 1, training.Progress(epoch=2, batch=1), values)
    found = Snapshot.from_bytes(snapshot.to_bytes())
    assert found.progress == snapshot.progress
    assert found.values["a"].dtype == values["a"].dtype
    assert found.values["a"].tobytes() == values["a"].tobytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"every_steps": 0}, "`every_steps` must be an integer >= 1"),
        ({"every_seconds": -1.0}, "`every_seconds` must be a positive number"),
        ({"keep": 0}, "`keep` must be an integer >= 1"),
    ],
)
def test_arguments_are_checked(tmp_path, arguments, message):
    with pytest.raises(ValueError, match=message):
        callbacks.Checkpoint(tmp_path, **arguments)


def test_a_dataset_that_shuffles_by_itself_is_said_to_resume_inexactly(
    make_tiny_gan, tiny_images, tmp_path
):
    plain = tf.data.Dataset.from_tensor_slices(tiny_images)
    anew = plain.shuffle(8).batch(4).prefetch(1)
    seeded = plain.shuffle(8, seed=1).batch(4)
    tf.random.set_seed(None)  # as in a script without a seed
    by_chance = plain.shuffle(8, reshuffle_each_iteration=False).batch(4)
    fixed = plain.shuffle(8, seed=1, reshuffle_each_iteration=False).batch(4)
    for number, dataset in enumerate([anew, seeded, by_chance]):
        kept = callbacks.Checkpoint(tmp_path / str(number))
        with pytest.warns(UserWarning, match="whose order no other process") as warned:
            make_tiny_gan().fit(dataset, callbacks=[kept], verbose=0)
        said = [each for each in warned if "shuffle()" in str(each.message)]
        assert [each.filename for each in said] == [__file__]
    # The suite turns warnings into errors.
    make_tiny_gan().fit(anew, verbose=0)
    ours = data.load(IMAGES, batch_size=4)
    for number, dataset in enumerate([fixed, plain.batch(4), ours], start=3):
        kept = callbacks.Checkpoint(tmp_path / str(number))
        make_tiny_gan().fit(dataset, callbacks=[kept], verbose=0)
