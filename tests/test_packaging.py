"""A wheel, an editable install and a bare checkout all resolve the same names."""

import datetime
import email
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

import keras_gan

ROOT = Path(__file__).parent.parent

PROGRAM = """
import sys
import numpy as np
import keras_gan
from keras_gan import data, export, priors
from keras_gan.export import runtime
assert data.info("mnist_10k").num_examples == 10_000
assert "tensorflow" not in sys.modules
print(keras_gan.__file__)
print(export.__file__)
"""


# Nothing is fetched from there.
REPOSITORY = "https://example.org/keras_gan"


@pytest.fixture(scope="module")
def distributions(tmp_path_factory):
    """Builds the source distribution, and the wheel from it, as for a release."""
    folder = tmp_path_factory.mktemp("distributions")
    command = [sys.executable, "-m", "build", "--outdir", folder, ROOT]
    environment = {**os.environ, "KERAS_GAN_REPOSITORY": REPOSITORY}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="module")
def wheel(distributions):
    (path,) = distributions.glob("*.whl")
    return path


def run_in(folder, *, path=""):
    """Runs the program in a folder; returns where package and export came from."""
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return [Path(line) for line in result.stdout.split()]


@pytest.mark.slow
def test_the_wheel_holds_the_package_once_and_whole(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert len(names) == len(set(names))
    for expected in (
        "keras_gan/py.typed",
        "keras_gan/pages/templates/report.html",
        "keras_gan/data/bundled/NOTICE",
        "keras_gan/data/bundled/mnist_10k-train-images-idx3-ubyte.gz",
        "keras_gan/metrics/bundled/digit_classifier.onnx",
        "keras_gan/trained_generators/bundled/emoji.keras",
        "keras_gan/trained_generators/bundled/emoji.md",
        "keras_gan/export/web/page/index.html",
        "keras_gan/export/web/page/onnxruntime/LICENSE",
        "keras_gan/export/runtime.py",
    ):
        assert expected in names
    sources = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "keras_gan").rglob("*.py")
        if "export" not in path.parts
    } | {
        f"keras_gan/{path.relative_to(ROOT)}"
        for path in (ROOT / "export").rglob("*.py")
    }
    assert sources == {name for name in names if name.endswith(".py")}
    assert not [name for name in names if name.startswith(("export/", "tests/"))]


@pytest.mark.slow
def test_the_wheels_metadata_names_script_extras_and_licence(wheel):
    archive = zipfile.ZipFile(wheel)

    def read(suffix):
        (name,) = (n for n in archive.namelist() if n.endswith(suffix))
        return archive.read(name).decode()

    metadata = email.message_from_string(read(".dist-info/METADATA"))
    assert metadata["Name"] == "keras-gan"
    assert metadata["Version"] == keras_gan.__version__
    assert metadata["License"] == "Apache-2.0"
    assert f"Source, {REPOSITORY}" in metadata.get_all("Project-URL")
    page = f"{REPOSITORY}/blob/v{keras_gan.__version__}/docs/own_pictures.md"
    assert f"[Your own pictures]({page})" in metadata.get_payload()
    assert {"test", "docs", "serving", "gpu"} <= set(metadata.get_all("Provides-Extra"))
    assert "keras-gan = keras_gan.cli:main" in read("entry_points.txt")


@pytest.mark.slow
def test_an_index_takes_both_distributions(distributions):
    command = [sys.executable, "-m", "twine", "check", "--strict"]
    subprocess.run([*command, *distributions.iterdir()], check=True)
    assert {path.suffix for path in distributions.iterdir()} == {".whl", ".gz"}


def test_the_citation_and_the_changes_are_those_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == keras_gan.__version__
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert isinstance(citation["date-released"], datetime.date)
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", changes, re.MULTILINE)
    assert newest[1] == keras_gan.__version__


@pytest.mark.slow
def test_an_installed_wheel_works_from_any_folder_and_from_the_repository(
    wheel, tmp_path
):
    site = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*command, "--target", site, wheel], check=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert run_in(elsewhere, path=site) == [
        site / "keras_gan" / "__init__.py",
        site / "keras_gan" / "export" / "__init__.py",
    ]
    # In the repository the checkout comes first; the symlink makes it whole.
    assert run_in(ROOT, path=site)[0].is_relative_to(ROOT)


def test_an_editable_install_works_from_any_folder(tmp_path):
    package, export = run_in(tmp_path)
    assert package == ROOT / "keras_gan" / "__init__.py"
    assert export.resolve() == ROOT / "export" / "__init__.py"


def test_the_checkouts_symlink_is_relative():
    link = ROOT / "keras_gan" / "export"
    assert link.is_symlink()
    assert os.readlink(link) == "../export"
