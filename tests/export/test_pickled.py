"""The exported ONNX generator can be pickled, copied and sent to other processes."""

from __future__ import annotations

import copy
import io
import multiprocessing
import pickle
import shutil

import numpy as np
import pytest
from cases.generators import build_points_gan

from keras_gan import export
from keras_gan.export import runtime


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("pickled") / "points.onnx"
    return export.save_onnx(build_points_gan(), path)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickled_generator_draws_the_same(path, protocol):
    generator = runtime.load(path, threads=1)
    again = pickle.loads(pickle.dumps(generator, protocol))
    np.testing.assert_array_equal(again.sample(3, seed=5), generator.sample(3, seed=5))
    assert again.spec == generator.spec


def test_a_pickled_generator_keeps_its_threads_and_providers(path):
    generator = runtime.load(path, threads=1, providers=["CPUExecutionProvider"])
    again = pickle.loads(pickle.dumps(generator))
    assert again.__reduce__()[1] == generator.__reduce__()[1]
    options = again._session.get_session_options()
    assert options.intra_op_num_threads == 1


def test_it_is_found_from_another_working_directory(path, tmp_path, monkeypatch):
    monkeypatch.chdir(path.parent)
    pickled = pickle.dumps([runtime.load(path.name, threads=1)])
    monkeypatch.chdir(tmp_path)
    assert pickle.loads(pickled)[0].sample(1, seed=0).shape == (1, 2)


def test_a_spawned_process_draws_the_same(path):
    generator = runtime.load(path, threads=1)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        images = pool.apply(generator.sample, (2,), {"seed": 7})
    np.testing.assert_array_equal(images, generator.sample(2, seed=7))


def test_a_pickler_of_a_library_can_write_it_inside_other_objects(path):
    class Pickler(pickle.Pickler):
        dispatch_table = {}  # noqa: RUF012

    file = io.BytesIO()
    Pickler(file).dump({"model": (runtime.load(path, threads=1), np.ones(2))})
    again = pickle.loads(file.getvalue())["model"][0]
    assert again.sample(1, seed=0).shape == (1, 2)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_needs_no_file(path, tmp_path, copied):
    moved = shutil.copy(path, tmp_path / "moved.onnx")
    generator = runtime.load(moved, threads=1)
    moved.unlink()
    again = copied(generator)
    assert again is not generator
    np.testing.assert_array_equal(again.sample(2, seed=1), generator.sample(2, seed=1))


def test_a_file_that_was_replaced_or_removed_is_said(path, tmp_path):
    moved = shutil.copy(path, tmp_path / "moved.onnx")
    pickled = pickle.dumps(runtime.load(moved, threads=1))
    export.save_onnx(build_points_gan(), moved)
    with pytest.raises(ValueError, match=r"moved.onnx': the file was replaced"):
        pickle.loads(pickled)
    moved.unlink()
    with pytest.raises(ValueError, match="which is not here; put the file there"):
        pickle.loads(pickled)
