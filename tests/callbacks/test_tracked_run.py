"""One run of a tracker for one training: begun, continued, failed, with its files."""

import json

import numpy as np
import pytest

from keras_gan import callbacks
from keras_gan.callbacks._tracked_run import TrackedRun


class Server:
    """Keeps what trackers write, as the server of one does."""

    def __init__(self):
        self.records, self.settings, self.files, self.ends = {}, [], [], []
        self.fails_at = None


class Tracker(TrackedRun):
    """A tracker whose server is an object."""

    _title, _module, _remedy = "Server", "json", "Start it"

    def __init__(self, server, folder, **options):
        usual = {"every": 1, "samples": 2, "seed": 0, "samples_every": 1}
        super().__init__(folder, **usual | options)
        self.server = server

    def _open_run(self, run, name, settings):
        if self.server.fails_at == "begin":
            raise OSError("no answer.\nReally")
        run = run or f"{name}-{len(self.server.records)}"
        self.server.records.setdefault(run, [])
        self.server.settings.append(settings)
        self.at = run
        return run

    def _write(self, step, figures, grid):
        if step == self.server.fails_at:
            raise OSError("no answer")
        self.server.records[self.at].append((step, figures, grid))

    def _upload(self, files):
        self.server.files.append({path.name: path.stat().st_size for path in files})

    def _close_run(self, complete):
        self.server.ends.append((self.at, complete))


@pytest.fixture
def server():
    return Server()


def fit(gan, images, *callbacks, epochs=1):
    gan.fit(images, batch_size=2, epochs=epochs, callbacks=callbacks, verbose=0)


@pytest.mark.parametrize("killed_at", [2, 7])
def test_a_resumed_training_has_each_step_of_one_run_once(
    server, make_tiny_gan, tiny_images, tmp_path, killed_and_resumed, killed_at
):
    fit(make_tiny_gan(), tiny_images, Tracker(server, tmp_path / "whole"), epochs=2)
    killed_and_resumed(lambda: [Tracker(server, tmp_path / "killed")], killed_at)
    whole, killed = server.records["whole-0"], server.records["killed-1"]
    assert len(server.records) == 2
    assert [step for step, _, _ in whole] == [1, 2, 3, 4, 5, 6, 7, 8]
    for expected, found in zip(whole, killed, strict=True):
        assert found[:2] == expected[:2]
        assert (found[2] is None) == (expected[2] is None) == (found[0] % 4 != 0)
        if found[2] is not None:
            np.testing.assert_array_equal(found[2], expected[2])
    ends = [("whole-0", True), ("killed-1", False), ("killed-1", True)]
    assert server.ends == ends
    kept = json.loads((tmp_path / "killed" / "tracking" / "json.json").read_text())
    assert kept == {"run": "killed-1", "step": 8}


def test_a_gan_that_goes_on_keeps_its_run_and_another_gan_gets_its_own(
    server, make_tiny_gan, tiny_images, tmp_path
):
    gan = make_tiny_gan()
    for _ in range(2):
        fit(gan, tiny_images, Tracker(server, tmp_path / "a"))
    assert [step for step, _, _ in server.records["a-0"]] == [1, 2, 3, 4, 5, 6, 7, 8]
    fit(make_tiny_gan(), tiny_images, Tracker(server, tmp_path / "a"))
    assert [step for step, _, _ in server.records["a-1"]] == [1, 2, 3, 4]


def test_the_files_are_those_of_the_run_or_the_gan_alone(
    server, make_tiny_gan, tiny_images, tmp_path
):
    gan = make_tiny_gan()
    fit(gan, tiny_images, Tracker(server, tmp_path / "alone"))
    record = callbacks.RunRecord(tmp_path / "run", name="mine", settings={"width": 2})
    fit(make_tiny_gan(), tiny_images, record, Tracker(server, tmp_path / "run"))
    alone, run = server.files
    assert set(alone) == {"gan.keras"}
    names = ("config.json", "log.jsonl", "gan.keras")
    assert run == {name: (tmp_path / "run" / name).stat().st_size for name in names}
    assert list(server.records) == ["alone-0", "mine-1"]
    alone, run = server.settings
    assert "width" not in alone
    assert run["width"] == 2
    assert run["generator_optimizer"] == alone["generator_optimizer"]
    assert run["generator_optimizer"]["learning_rate"] == 0.5


def test_a_tracker_that_fails_is_asked_again_after_the_epoch(
    server, make_tiny_gan, tiny_images, tmp_path
):
    server.fails_at = 2
    with pytest.warns(UserWarning, match=r"has not recorded step 2 \(no answer\)"):
        fit(make_tiny_gan(), tiny_images, Tracker(server, tmp_path / "a"), epochs=2)
    assert [step for step, _, _ in server.records["a-0"]] == [1, 4, 5, 6, 7, 8]
    assert server.ends == [("a-0", True)]


def test_a_run_that_cannot_begin_is_one_line_with_the_remedy(
    server, make_tiny_gan, tiny_images, tmp_path
):
    server.fails_at = "begin"
    said = r"Server cannot begin a run: no answer\. Really\. Start it\.$"
    with pytest.raises(ValueError, match=said):
        fit(make_tiny_gan(), tiny_images, Tracker(server, tmp_path))
    (tmp_path / "tracking").mkdir()
    (tmp_path / "tracking" / "json.json").write_text('{"run": "gone", "step": 0}')
    with pytest.raises(ValueError, match=r"Start it, or remove '.*json\.json'\.$"):
        fit(make_tiny_gan(), tiny_images, Tracker(server, tmp_path))


def test_a_memory_that_says_nothing_begins_a_run(
    server, make_tiny_gan, tiny_images, tmp_path
):
    (tmp_path / "tracking").mkdir()
    (tmp_path / "tracking" / "json.json").write_text('["run"]')
    fit(make_tiny_gan(), tiny_images, Tracker(server, tmp_path))
    (records,) = server.records.values()
    assert len(records) == 4


def test_only_the_chief_has_a_run(
    server, make_tiny_gan, tiny_images, tmp_path, monkeypatch
):
    monkeypatch.setattr(Tracker, "writes_files", False)
    fit(make_tiny_gan(), tiny_images, Tracker(server, tmp_path / "a"))
    assert server.records == {}
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("tracker", [callbacks.Wandb, callbacks.MLflow])
def test_a_missing_library_is_named_with_its_command(tracker, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, tracker._module, None)
    with pytest.raises(ValueError, match=rf"pip install '\.\[{tracker._module}\]'"):
        tracker(tmp_path)
