"""The documentation site is built without a warning, and knows every public name."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMES = json.loads((ROOT / "tests/public_names.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, without the outputs of the notebooks, which test_course.py runs."""
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-W", "--keep-going"]
    options = ["-D", "nb_execution_mode=off", "-d", out / "trees"]
    built = subprocess.run(
        [*command, *options, ROOT / "docs", out / "html"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    return out / "html"


@pytest.mark.slow
def test_every_public_name_is_in_the_reference(site):
    from sphinx.util.inventory import InventoryFile

    with (site / "objects.inv").open("rb") as file:
        known = InventoryFile.load(file, "", lambda base, uri: uri)
    described = {name for kind in known for name in known[kind]}
    modules = {name for name, kind in NAMES["names"].items() if kind == "module"}
    modules |= {"keras_gan", "keras_gan.convergence"}
    wanted = {
        name
        for name in NAMES["names"]
        if name.rpartition(".")[0] in modules and not name.endswith("__version__")
    }
    assert len(wanted) > 150
    # It is the same class as `keras_gan.GAN`, to which its entry leads.
    assert wanted - described - modules == {"keras_gan.training.GAN"}


@pytest.mark.slow
def test_every_command_is_in_its_reference_with_its_options(site):
    assert (site / "reference/commands.html").is_file()
    # What that page was made of.
    page = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    for command, options in NAMES["commands"].items():
        title = "# Command line" if command == "keras-gan" else f"# `{command}`\n"
        section = page.partition(title)[2]
        assert section, command
        for option in options:
            assert not option.startswith("--") or option in section, (command, option)
