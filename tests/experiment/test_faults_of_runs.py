"""A run that was killed, cut, copied or started twice goes on right, or is refused."""

import errno
import io
import json
import os
import re
import shutil
import subprocess
import sys
import warnings

import keras
import numpy as np
import pytest
from harness.gans import dense_gan

from keras_gan import callbacks, experiment
from keras_gan._files import LOCK, FolderLock, write_bytes
from keras_gan.runs import room
from keras_gan.runs.folder import RunFolder

FAULTS = int(os.environ.get("KERAS_GAN_FAULTS", "3"))


def train(recipe, path, *more, **options):
    return experiment.train(
        recipe,
        path,
        progress=False,
        checkpoint_steps=1,
        callbacks=more,
        **options,
    )


@pytest.fixture(scope="module")
def whole(recipe, tmp_path_factory):
    """A run that nothing interrupted: six steps, of which checkpoints keep three."""
    return train(recipe, tmp_path_factory.mktemp("whole") / "run")


@pytest.fixture
def run(whole, tmp_path):
    """A copy of the run as it was before its last step, to be broken and resumed."""
    shutil.copytree(whole.folder.path, tmp_path / "run")
    (tmp_path / "run" / "checkpoints" / "step_000000006.npz").unlink()
    return RunFolder(tmp_path / "run")


def resume(recipe, folder, *more):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ended = train(recipe, folder.path, *more, resume=True)
    return ended, [str(warning.message) for warning in caught]


def assert_ends_alike(ended, whole):
    assert ended.folder.log.read_bytes() == whole.folder.log.read_bytes()
    assert len(ended.folder.read_times()) == len(whole.folder.read_times())
    weights = zip(ended.gan.get_weights(), whole.gan.get_weights(), strict=True)
    for one, other in weights:
        np.testing.assert_array_equal(one, other)
    assert ended.folder.report.is_file()


def damage(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def lose_last_line(path):
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def test_a_run_without_a_usable_checkpoint_starts_anew_and_counts_nothing_twice(
    recipe, run, whole
):
    for path in run.checkpoints.glob("*.npz"):
        damage(path)
    (run.path / "exported.onnx").write_bytes(b"a file of the user's")
    ended, said = resume(recipe, run)
    assert any("starts anew" in line for line in said)
    assert_ends_alike(ended, whole)
    assert (run.path / "exported.onnx").is_file()


def test_a_log_that_lost_records_is_repaired_from_an_older_checkpoint(
    recipe, run, whole
):
    for _ in range(3):
        lose_last_line(run.log)
    ended, said = resume(recipe, run)
    assert any("that of step 4 is" in line for line in said), said
    assert_ends_alike(ended, whole)


@pytest.mark.parametrize("change", ["lost", "altered", "removed"])
def test_a_log_that_no_checkpoint_fits_is_refused(recipe, run, change):
    content = run.log.read_bytes()
    if change == "lost":
        run.log.write_bytes(content[:100])
    elif change == "altered":
        run.log.write_bytes(content.replace(b"0", b"1", 1))
    else:
        run.log.unlink()
    before = run.log.read_bytes() if run.log.exists() else None
    wrong = re.escape(f"'{run.log}' has lost or changed records")
    with pytest.raises(ValueError, match=wrong) as raised:
        resume(recipe, run)
    assert "start another training in another folder" in str(raised.value)
    assert (run.log.read_bytes() if run.log.exists() else None) == before


@pytest.mark.parametrize("name", ["log.jsonl", "samples", "checkpoints", "gan.keras"])
def test_a_link_in_a_run_is_not_followed(recipe, run, name, tmp_path):
    inside, victim = run.path / name, tmp_path / "victim"
    inside.rename(victim)
    inside.symlink_to(victim)
    files = victim.rglob("*") if victim.is_dir() else [victim]
    before = {path: path.read_bytes() for path in files if path.is_file()}
    with pytest.raises(ValueError, match="it is a link"):
        resume(recipe, run)
    assert {path: path.read_bytes() for path in before} == before


def test_a_log_follows_no_link_in_a_script_either(images, tmp_path):
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "log.jsonl").symlink_to(tmp_path / "victim")
    gan = dense_gan((8, 8, 1))
    gan.compile("sgd", "sgd", run_eagerly=True)
    log = callbacks.JSONLog(tmp_path / "log.jsonl")
    with pytest.raises(OSError, match=r"log\.jsonl"):
        gan.fit(images, verbose=0, callbacks=[log])
    assert (tmp_path / "victim").read_text() == "precious"


def test_a_second_training_in_a_folder_is_refused_and_leaves_it(recipe, run, tmp_path):
    with run.lock():
        for options in ({}, {"resume": True}):
            with pytest.raises(ValueError, match="another process is there to train"):
                train(recipe, run.path, **options)
    new = RunFolder(tmp_path / "new")
    with FolderLock(new.path, "train"):
        with pytest.raises(ValueError, match="another process is there to train"):
            train(recipe, new.path)
        assert [path.name for path in new.path.iterdir()] == [LOCK]
    assert not new.path.exists()


def test_a_script_cannot_train_into_the_checkpoints_of_another(images, tmp_path):
    gan = dense_gan((8, 8, 1))
    gan.compile("sgd", "sgd", run_eagerly=True)
    second = callbacks.Checkpoint(tmp_path / "checkpoints")

    class StartSecond(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            second.before_fit(gan)

    first = callbacks.Checkpoint(tmp_path / "checkpoints")
    with pytest.raises(ValueError, match="another process is there to train"):
        gan.fit(images, verbose=0, callbacks=[first, StartSecond()])
    # What failed has let go of the folder.
    gan.fit(images, verbose=0, callbacks=[callbacks.Checkpoint(first.directory)])


def rewritten(path, change):
    """Changes the header of a checkpoint, and leaves its sums."""
    with np.load(path) as archive:
        values = dict(archive)
    header = json.loads(values["header"].tobytes())
    change(header)
    values["header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    stream = io.BytesIO()
    np.savez(stream, **values)
    path.write_bytes(stream.getvalue())


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header.update(seed=header["seed"] + 1),
        lambda header: header["progress"].update(batch=0),
        lambda header: header["progress"]["callbacks"].clear(),
        lambda header: header.pop("format"),
        lambda header: header.update(step="5"),
    ],
    ids=["seed", "place", "callbacks", "format", "type"],
)
def test_a_checkpoint_with_a_changed_header_is_damaged(run, change):
    newest = max(run.checkpoints.glob("*.npz"))
    rewritten(newest, change)
    checkpoint = callbacks.Checkpoint(run.checkpoints)
    with pytest.warns(UserWarning, match="the checkpoint is damaged"):
        assert checkpoint.restore(experiment.load_run(run.path).gan) == 4


def test_the_end_of_a_run_is_tried_at_its_start(recipe, tmp_path, monkeypatch):
    from PIL import Image

    data = os.fsdecode(os.fsencode(tmp_path) + b"/im\xff")
    os.mkdir(data)
    for level in range(16):
        picture = Image.fromarray(np.full((8, 8), level * 16, np.uint8))
        picture.save(os.path.join(data, f"{level}.png"))
    small = recipe.replace(data=f"folder:{data}", epochs=1, batch_size=8)
    folder = train(small, tmp_path / "run").folder
    assert "/im?" in folder.report.read_text("utf-8")
    usage = shutil.disk_usage(tmp_path)._replace(free=2**20)
    monkeypatch.setattr(room.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(ValueError, match=r"needs about \d+ MB .* has 1 MB free"):
        train(recipe, tmp_path / "full")
    assert not (tmp_path / "full").exists()


@pytest.mark.parametrize("seed", [-1, 2**32, 10**30])
def test_a_seed_out_of_bounds_is_refused(recipe, seed):
    with pytest.raises(ValueError, match="`seed` must be"):
        recipe.replace(seed=seed)
    with pytest.raises(ValueError, match="`seed` must be"):
        dense_gan(seed=seed)


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        '{"event": "epoch"}',
        '{"event": "x", "epoch": 1, "step": 1}',
        '{"event": "epoch", "epoch": "1", "step": 1}',
        '{"event": "epoch", "epoch": 1, "step": -1}',
        '{"event": "epoch", "epoch": 1, "step": 1, "d_loss": "<script>"}',
        "{" * 100_000,
    ],
)
def test_a_line_that_is_no_record_is_named(tmp_path, line):
    folder = RunFolder(tmp_path)
    good = '{"event": "epoch", "epoch": 1, "step": 3, "d_loss": null}\n'
    folder.log.write_text(good + line + "\n")
    with pytest.raises(ValueError, match=r"log\.jsonl': line 2 is no record"):
        folder.read_log()
    folder.log.write_text(good + line)  # cut off by a crash
    assert len(folder.read_log()) == 1


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace

    def synced(descriptor):
        done.append(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    def named(source, target):
        done.append(os.fspath(target))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", named)
    write_bytes(tmp_path / "a", b"content")
    file, folder = (path.stat().st_ino for path in (tmp_path / "a", tmp_path))
    assert done == [file, str(tmp_path / "a"), folder]


class Fail(keras.callbacks.Callback):
    """Ends the process, as it were, after a step."""

    def __init__(self, step):
        super().__init__()
        self.after = step

    def on_train_batch_end(self, batch, logs=None):
        if int(self.model.step) == self.after:
            raise MemoryError


class Disk:
    """Knows what has reached the disk, and can become full.

    Replaced files are whole on the disk, as `_files.atomic_path` sees to; the files
    that grow lose what was written after their last `fsync`.
    """

    def __init__(self, monkeypatch):
        self.synced = {}
        self.left = None
        fsync, write = os.fsync, callbacks.json_log.append

        def noted(descriptor):
            fsync(descriptor)
            state = os.fstat(descriptor)
            self.synced[state.st_ino] = state.st_size

        def limited(path, content):
            if self.left is not None:
                self.left -= len(content)
                if self.left < 0:
                    raise OSError(errno.ENOSPC, "No space left on device")
            write(path, content)

        monkeypatch.setattr(os, "fsync", noted)
        monkeypatch.setattr(callbacks.json_log, "append", limited)

    def cut_power(self, folder):
        for path in (folder.log, folder.times):
            if path.exists():
                os.truncate(path, self.synced.get(path.stat().st_ino, 0))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["kill", "power cut", "full disk"])
def test_faults_at_random_moments_end_like_the_whole_run(
    recipe, whole, tmp_path, monkeypatch, kind
):
    """KERAS_GAN_FAULTS sets how many moments are tried."""
    random = np.random.default_rng(len(kind))
    disk = Disk(monkeypatch)
    size = whole.folder.log.stat().st_size + whole.folder.times.stat().st_size
    for number in range(FAULTS):
        folder = RunFolder(tmp_path / str(number))
        faults = [Fail(int(random.integers(1, 7)))]
        if kind == "full disk":
            disk.left, faults = int(random.integers(1, size)), []
        with pytest.raises((MemoryError, OSError)):
            train(recipe, folder.path, *faults)
        disk.left = None
        if kind == "power cut":
            disk.cut_power(folder)
        ended, _ = resume(recipe, folder)
        assert_ends_alike(ended, whole)


@pytest.mark.slow
def test_of_two_processes_that_start_at_once_one_is_refused(recipe, tmp_path):
    config = tmp_path / "recipe.json"
    config.write_text(json.dumps(recipe.to_dict()))
    command = [sys.executable, "-m", "keras_gan", "train", "--config", str(config)]
    for number in range(FAULTS):
        folder = RunFolder(tmp_path / str(number))
        both = [
            subprocess.Popen(
                [*command, "--out", str(folder)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        errors = [process.communicate(timeout=300)[1] for process in both]
        assert sorted(process.returncode for process in both) == [0, 2], errors
        assert any("another process is there to train" in error for error in errors)
        assert [record["epoch"] for record in folder.read_log("epoch")] == [1, 2]
