"""Weights in a file of their own, and exports that are killed half way."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from cases.generators import dense_generator, make_gan

from keras_gan import export
from keras_gan._checks import InputError
from keras_gan.export import runtime


@pytest.fixture
def gan():
    return make_gan(dense_generator((8, 8, 1), latent_dim=16))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_large_weights_have_a_file_of_their_own(gan, tmp_path, sha256):
    path = export.save_onnx(gan, tmp_path / "g.onnx", external_data_above=1000)
    model, weights, manifest = [tmp_path / name for name in names(tmp_path)]
    assert (model, manifest) == (path, tmp_path / "g.onnx.json")
    assert weights.stat().st_size >= 4 * 16 * 64
    assert path.stat().st_size < 4 * 16 * 64
    recorded = json.loads(manifest.read_text())["files"]
    assert recorded == {p.name: sha256(p) for p in (path, weights)}
    images = runtime.load(path).sample(5, seed=3)
    np.testing.assert_allclose(images, gan.sample(5, seed=3), rtol=0, atol=1e-5)
    assert export.verify(path).files == 2


def test_small_weights_stay_in_the_model(gan, tmp_path):
    export.save_onnx(gan, tmp_path / "g.onnx", external_data_above=10_000)
    assert names(tmp_path) == ["g.onnx", "g.onnx.json"]


def test_next_export_removes_the_weights_of_the_last(gan, tmp_path):
    path = export.save_onnx(gan, tmp_path / "g.onnx", external_data_above=0)
    before = names(tmp_path)
    gan.generator.weights[0].assign_add(np.ones((16, 64)))
    export.save_onnx(gan, path, external_data_above=0)
    assert len(names(tmp_path)) == 3
    assert names(tmp_path) != before
    export.verify(path)
    export.save_onnx(gan, path)
    assert names(tmp_path) == ["g.onnx", "g.onnx.json"]


def test_changed_or_missing_weights_are_found(gan, tmp_path):
    path = export.save_onnx(gan, tmp_path / "g.onnx", external_data_above=0)
    (weights,) = tmp_path.glob("*.data")
    content = bytearray(weights.read_bytes())
    content[100] ^= 1
    weights.write_bytes(content)
    with pytest.raises(export.VerificationError, match="was changed") as caught:
        export.verify(path)
    assert str(weights) in str(caught.value)
    with pytest.raises(InputError, match="its checksum is another"):
        runtime.load(path)
    weights.unlink()
    with pytest.raises(export.VerificationError, match="the file is missing"):
        export.verify(path)
    with pytest.raises(InputError, match="no file in the file's folder"):
        runtime.load(path)


KILLED = """
import os, pathlib
import numpy as np, onnx
from keras_gan.export import manifest
from keras_gan.export.graph import model_files

path, source, moment = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
replace = os.replace

def counting(*names):
    global moment
    if moment == 0:
        os._exit(0)
    moment -= 1
    replace(*names)

os.replace = counting
recorded = manifest.read(pathlib.Path(source + ".json"))

def describe(written):
    files = {p.name: manifest.checksum(p) for p in model_files.written_files(written)}
    return manifest.Manifest(**{**vars(recorded), "files": files})

model_files.write(onnx.load(source), path, describe, external_data_above=0)
print("done")
"""


def test_killed_at_any_moment_it_leaves_the_old_or_the_new(gan, tmp_path, run_python):
    old, new = tmp_path / "old" / "g.onnx", tmp_path / "new" / "g.onnx"
    export.save_onnx(gan, old, external_data_above=0)
    gan.generator.weights[0].assign_add(np.ones((16, 64)))
    export.save_onnx(gan, new, external_data_above=0)
    expected = [runtime.load(path).sample(3, seed=1) for path in (old, new)]
    found = []
    for moment in range(9):
        folder = shutil.copytree(old.parent, tmp_path / f"killed-{moment}")
        done = run_python(KILLED, folder / "g.onnx", new, moment)
        export.verify(folder / "g.onnx")  # files, manifest and values fit
        images = runtime.load(folder / "g.onnx").sample(3, seed=1)
        found.append([np.array_equal(images, each) for each in expected].index(True))
        if done:
            break
    assert done.strip() == "done"
    assert moment == 4  # weights, the waiting manifest, the model, the manifest
    assert found == [0, 0, 0, 1, 1]
    assert len(names(folder)) == 3
