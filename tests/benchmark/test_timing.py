"""How long artifacts take to draw, side by side."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from harness.commands import assert_mistake, succeed
from harness.gans import convolutional_gan

from keras_gan import export
from keras_gan._checks import InputError
from keras_gan.benchmark import timing

# An export of an earlier version.
WRITTEN = (
    Path(__file__).parents[1] / "compatibility" / "0.1.0" / "onnx" / "float32.onnx"
)


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory):
    """One GAN as a .keras file, a SavedModel and an ONNX file, one that takes seeds."""
    folder = tmp_path_factory.mktemp("bench")
    gan = convolutional_gan()
    gan.save(folder / "g.keras")
    export.save_saved_model(gan, folder / "g")
    export.save_onnx(gan, folder / "g.onnx")
    export.save_onnx(gan, folder / "s.onnx", inputs="seed", layout="nchw")
    return [folder / name for name in ("g.keras", "g", "g.onnx", "s.onnx")]


@pytest.mark.slow
def test_artifacts_are_timed_side_by_side(artifacts, tmp_path):
    out = tmp_path / "bench.json"
    arguments = ["--batch-sizes", "1,8", "--rounds", "3", "--threads", "1"]
    output = succeed("bench", *artifacts, *arguments, "--json", out)
    assert "images/s" in output
    rows = json.loads(out.read_text())
    assert [(row["artifact"], row["batch_size"]) for row in rows] == [
        (str(artifact), size) for size in (1, 8) for artifact in artifacts
    ]
    assert [row["kind"] for row in rows[:4]] == ["keras", "saved_model", "onnx", "onnx"]
    for row in rows:
        assert 0 < row["p50_ms"] <= row["p95_ms"] <= row["p99_ms"]
        assert row["calls"] >= 3
        assert row["threads"] == 1
        rate = 1e3 * row["batch_size"] / row["p50_ms"]
        assert row["images_per_second"] == pytest.approx(rate, rel=0.01)


class FakeWorker:
    """Takes a time of its own for each call, and notes its turns."""

    turns: list[str] = []  # noqa: RUF012 - shared by the workers of a test

    def __init__(self, artifact, threads):
        self.artifact, self.threads, self.kind = artifact, threads, "onnx"
        self.closed = False

    def warm_up(self, batch_size):
        self.turns.append(f"warm {self.artifact}")

    def draw(self, batch_size):
        self.turns.append(str(self.artifact))
        return list(np.arange(1, 11) * 1e-3 * batch_size)

    def close(self):
        self.turns.append(f"close {self.artifact}")


def test_artifacts_take_turns_after_a_warm_up(monkeypatch):
    monkeypatch.setattr(timing, "Worker", FakeWorker)
    monkeypatch.setattr(FakeWorker, "turns", [])
    timings = timing.run_benchmark(
        ["a", "b"], batch_sizes=[2], threads=[1, 3], rounds=3
    )
    once = ["warm a", "warm b", "a", "b", "b", "a", "a", "b", "close a", "close b"]
    assert FakeWorker.turns == 2 * once
    assert [(t.artifact, t.threads) for t in timings] == [
        ("a", 1),
        ("b", 1),
        ("a", 3),
        ("b", 3),
    ]
    first = timings[0]
    assert (first.calls, first.p50_ms) == (30, pytest.approx(11.0))
    assert first.p95_ms == pytest.approx(20.0, abs=1)
    assert first.images_per_second == pytest.approx(2 / 11e-3, rel=1e-3)


def test_what_cannot_be_opened_is_one_clear_line(tmp_path):
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"nothing")
    with pytest.raises(
        InputError, match=r"broken\.onnx': refused: it is no whole protocol buffer"
    ):
        timing.run_benchmark([path], batch_sizes=[1], threads=[1], rounds=1)


def test_a_folder_of_the_packages_name_does_not_hide_it(tmp_path, monkeypatch):
    (tmp_path / "keras_gan").mkdir()  # such as a clone
    monkeypatch.chdir(tmp_path)
    (found,) = timing.run_benchmark([WRITTEN], batch_sizes=[1], threads=[1], rounds=1)
    assert found.kind == "onnx"


def test_the_last_words_of_a_process_are_passed_on(monkeypatch):
    monkeypatch.setattr(timing, "_PROGRAM", "keras_gan.nothing")
    with pytest.raises(
        InputError, match=r"ended \(.*No module named keras_gan\.nothing"
    ):
        timing.run_benchmark([WRITTEN], batch_sizes=[1], threads=[1], rounds=1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--batch-sizes 0", "`--batch-sizes` must be an integer >= 1"),
        ("--batch-sizes a", "`--batch-sizes` must be integers"),
        ("--threads -1", "`--threads` must be an integer >= 1"),
        ("--rounds 0", "`--rounds` must be an integer >= 1"),
        ("", "there is no such"),
    ],
)
def test_a_mistake_is_answered_with_one_line(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_mistake(f"bench missing.onnx {arguments}", message, tmp_path)
