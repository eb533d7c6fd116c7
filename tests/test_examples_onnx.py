"""An ONNX file is served and verified without TensorFlow, from the smallest set."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from harness.served_file import SERVER, WRITTEN, Served, assert_drawn_by
from PIL import Image

import keras_gan
from keras_gan import export, plotting
from keras_gan.export import runtime

ROOT = Path(__file__).parent.parent
REQUIREMENTS = SERVER.with_name("requirements.txt")


def test_a_seed_is_answered_with_its_picture_with_alpha(tmp_path):
    """Here and in the next test every answer to a mistake is one line."""
    networks = keras_gan.architectures.build(
        "goodfellow_mlp", image_shape=(8, 6, 4), latent_dim=4
    )
    export.save_onnx(keras_gan.GAN(*networks), tmp_path / "g.onnx")
    generator = runtime.load(tmp_path / "g.onnx")
    with Served(sys.executable, tmp_path / "g.onnx") as served:
        for seed in (7, -3):
            kind, file = served.get(f"image?seed={seed}")
            assert kind == "image/png"
            assert_drawn_by(file, generator, seeds=[seed])
        said = served.refusal("image?seed=7&label=3")
        assert said == (400, "this generator has no classes; leave label out\n")
        kind, page = served.get("")
        assert kind == "text/html"
        assert b"/image?seed=7, and perhaps truncation=0.7, each once" in page


def test_the_server_takes_classes_and_refuses_in_one_line():
    generator = runtime.load(WRITTEN)
    with Served(sys.executable, WRITTEN) as served:
        assert served.get("health") == ("text/plain", b"ready\n")
        _, file = served.get("image?seed=7&label=2&truncation=0.5")
        assert_drawn_by(file, generator, seeds=[7], labels=2, truncation=0.5)
        for path, message in (
            ("image", "ask for /image?seed=7, and perhaps label=0 to label=2 and"),
            ("image?seed=7&seed=8", "ask for /image?seed=7"),
            ("image?seed=7&sed=8", "ask for /image?seed=7"),
            ("image?seed=abc", "seed must be a whole number from -9223372036854775808"),
            (f"image?seed={2**63}", "seed must be a whole number"),
            ("image?seed=12345678901234567890", "seed must be a whole number"),
            ("image?seed=7&label=3", "label must be a whole number from 0 to 2"),
            ("image?seed=7&truncation=nan", "truncation must be a number above 0"),
            ("image?seed=7&truncation=0", "truncation must be a number above 0"),
        ):
            code, said = served.refusal(path)
            assert (code, said.count("\n")) == (400, 1)
            assert message in said
        assert served.refusal("other")[0] == 404
        assert served.refusal("image?seed=7", b"x") == (405, "only GET is answered\n")
        port = served.base.rpartition(":")[2]
        taken = refused_start(sys.executable, WRITTEN, "--port", port)
    assert f"port {port} of 127.0.0.1 cannot be used" in taken


def refused_start(*command):
    """The one line with which the server refuses to start."""
    python, *arguments = map(str, command)
    done = subprocess.run(
        [python, str(SERVER), *arguments], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    return done.stderr


def test_the_server_refuses_to_start_in_one_line(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    for file, message in (
        (tmp_path, "it is a run; export it first: keras-gan export onnx"),
        (SERVER.parent, "it is a folder"),
        (tmp_path / "x.onnx", "there is no such file"),
        (SERVER, ""),
    ):
        assert message in refused_start(sys.executable, file)
    # A Python without the package: one that looks for none.
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n')
    bare.chmod(0o755)
    assert "has no keras_gan" in refused_start(bare, WRITTEN)


def test_the_smallest_set_has_the_bounds_of_the_whole():
    whole = set(re.findall(r'^    "([a-z]+>=[0-9.]+)",$', setup_text(), re.MULTILINE))
    lines = REQUIREMENTS.read_text().splitlines()
    listed = [line for line in lines if not line.startswith("#")]
    assert len(listed) == 4
    assert set(listed) <= whole


def setup_text():
    return (ROOT / "setup.py").read_text(encoding="utf-8")


@pytest.fixture
def clone(tmp_path):
    """The files of this checkout that an installation needs."""
    folder = tmp_path / "clone"
    names = ("keras_gan", "export", "examples")
    unwanted = shutil.ignore_patterns("__pycache__")
    for name in names:
        shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=unwanted)
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE", "MANIFEST.in"):
        shutil.copy(ROOT / name, folder)
    return folder


def in_bash(script, folder, **environment):
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        # Neither this environment's Python nor its modules.
        env={**os.environ, "PYTHONPATH": "", **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_smallest_environment_verifies_draws_inspects_and_serves(clone):
    page = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
    commands = re.search(r"^```text\n(python3 -m venv .*?)^```", page, re.M | re.S)[1]
    install = [line for line in commands.splitlines() if "serve.py" not in line]
    done = in_bash(" && ".join(install), clone)
    assert done.returncode == 0, done.stderr
    for file in (WRITTEN, WRITTEN.with_name("float32.onnx.json")):
        shutil.copy(file, clone.parent)
    bin_folder = clone / "serve" / "bin"
    for line, said in (
        ("verify float32.onnx", "8 seeds equal"),
        ("sample float32.onnx --seed 1 --n 4 --out a.png", "4 images: a.png"),
        ("inspect float32.onnx", "safe to load"),
    ):
        done = in_bash(f"{bin_folder}/keras-gan {line}", clone.parent)
        assert done.returncode == 0, done.stderr
        assert said in done.stdout
    with Image.open(clone.parent / "a.png") as picture:
        assert picture.info["Source"] == plotting.SYNTHETIC
    for line, library in (("presets digits", None), ("train digits", "tensorflow")):
        done = in_bash(f"{bin_folder}/keras-gan {line}", clone.parent)
        assert done.returncode == (0 if library is None else 2)
        if library:
            assert done.stderr.count("\n") == 1
            assert f"needs the library {library}, which is not" in done.stderr
    with Served(bin_folder / "python", WRITTEN) as served:
        _, file = served.get("image?seed=5&label=1")
    assert_drawn_by(file, runtime.load(WRITTEN), seeds=[5], labels=1)
    size = sum(f.stat().st_size for f in (clone / "serve").rglob("*") if f.is_file())
    assert size < 300e6


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_readmes_line_installs_and_a_missing_library_is_named(clone):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"`(python3 -m venv \.venv && .*?)`", readme)
    # Without the libraries, which are those of every other test.
    done = in_bash(line, clone, PIP_NO_DEPS="1")
    assert done.returncode == 0, done.stderr
    done = in_bash(".venv/bin/keras-gan --help", clone)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "which is not installed: pip install" in done.stderr
