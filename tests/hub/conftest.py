"""A hub on this machine, a cache of its own, and a run with its exports."""

import contextlib
import copy
import shutil
from pathlib import Path

import pytest
from harness.hub_server import TOKEN, HubServer
from harness.run_folders import write_run

from keras_gan.hub import push
from keras_gan.trained_generators import hub_download

# One GAN of three classes, and its exports.
WRITTEN = Path(__file__).parents[1] / "compatibility" / "0.1.0"


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A hub that the library asks, with a token that may write."""
    with serving(tmp_path, monkeypatch) as hub:
        yield hub


@contextlib.contextmanager
def serving(tmp_path, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    # The server takes large files by the LFS protocol alone.
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    hub_download._resolve.cache_clear()
    with HubServer() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


def write(tmp_path):
    """Writes a run with two ONNX files and a SavedModel of its GAN."""
    folder = write_run(tmp_path / "taste", name="taste", labels=True)
    shutil.copy(WRITTEN / "gans" / "dcgan.keras", folder.gan)
    for name in ("float32", "int8"):
        for end in ("onnx", "onnx.json"):
            shutil.copy(WRITTEN / "onnx" / f"{name}.{end}", folder.path)
    shutil.copytree(WRITTEN / "saved_model", folder.path / "served")
    return folder


@pytest.fixture
def run(tmp_path):
    return write(tmp_path)


@pytest.fixture(scope="session")
def repository(tmp_path_factory):
    """What a push of the run has made of the repository user/taste."""
    folder = tmp_path_factory.mktemp("pushed")
    with pytest.MonkeyPatch.context() as patch, serving(folder, patch) as hub:
        push(write(folder).path, "user/taste", licence="CC-BY-4.0")
        return hub.repositories["user/taste"]


@pytest.fixture
def pushed(server, repository):
    """The repository on a hub; returns its address with the commit."""
    server.repositories["user/taste"] = copy.deepcopy(repository)
    return f"hf://user/taste@{repository.refs['main']}"


@pytest.fixture
def keras_file():
    return WRITTEN / "gans" / "dcgan.keras"
