"""Every code block of README and docs runs, in the order of its page."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from harness.hub_server import TOKEN, HubServer
from harness.processes import run_code, run_command

from keras_gan.export.web import onnxruntime_web

ROOT = Path(__file__).parent.parent
# Those of the course are notebooks, which test_course.py runs, and notebooks.md is one,
# which notebooks/test_kernel.py runs.
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINKING = [*PAGES, ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"]
# What these pages run needs programs that pip does not install.
FOREIGN = ("web.md",)
# Directives of the site, such as {toctree}, are blocks too.
BLOCK = re.compile(r"^```([^`\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# A Python block that begins so is a file that later blocks run.
FILE = re.compile(r"# (\w+\.py)\n")
# It leaves a run that later blocks use; here, one of fewer steps.
QUICKSTART = "scripts/quickstart.sh"
# Pages whose blocks ask a hub or trackers, and what tells them which.
ASKS_A_HUB, ASKS_TRACKERS = "hub.md", "trackers.md"
OF_SERVICES = {}
# A page whose blocks read a file of the reader's, and one of that kind.
READ = {"migration.md": ROOT / "tests" / "migration" / "netG.npz"}
# They need a docker engine; the page says that they are not run.
NOT_RUN = ("docker run", "curl http://localhost:8501")
# Commands are this interpreter's.
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def blocks(page):
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def environment(folder):
    return {"PATH": PATH, "XDG_CACHE_HOME": str(folder / "cache"), **OF_SERVICES}


@pytest.fixture
def hub(request, monkeypatch):
    """Serves a hub on this machine to the page that asks one."""
    page = request.getfixturevalue("page")
    if page.name != ASKS_A_HUB:
        yield
        return
    pytest.importorskip("huggingface_hub")
    with HubServer() as served:
        known = {"HF_ENDPOINT": served.url, "HF_TOKEN": TOKEN}
        for name, value in (known | {"HF_HUB_DISABLE_XET": "1"}).items():
            monkeypatch.setitem(OF_SERVICES, name, value)
        yield


@pytest.fixture
def trackers(request, tmp_path, monkeypatch):
    """Lets the page that asks trackers write files alone."""
    if request.getfixturevalue("page").name == ASKS_TRACKERS:
        pytest.importorskip("wandb")
        pytest.importorskip("mlflow")
        files = {
            "WANDB_MODE": "offline",
            "WANDB_DATA_DIR": str(tmp_path / "staged"),
            "MLFLOW_ALLOW_FILE_STORE": "true",  # a database is slow to begin
            "MLFLOW_TRACKING_URI": f"file:{tmp_path / 'mlruns'}",
        }
        for name, value in files.items():
            monkeypatch.setitem(OF_SERVICES, name, value)


def run(command, folder):
    result = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment(folder)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"


def run_block(code, folder):
    """Runs a Python block as a program of its own, or writes the file that it is."""
    if file := FILE.match(code):
        (folder / file[1]).write_text(code, encoding="utf-8")
    else:
        run_code(code, folder, environment(folder))


def run_line(line, folder):
    """Runs one line of a bash block, with the scripts of this checkout."""
    if line.startswith("bash scripts/"):
        # Running them is what quickstart and CI are; here, that they are there.
        script = line.split()[1]
        run(["bash", "-n", str(ROOT / script)], folder)
        if script == QUICKSTART:
            left = ["train", "digits", "--steps", "50", "--out", "runs/quickstart"]
            run_command(left, folder, environment(folder))
    elif re.fullmatch(r"keras-gan [^|&;<>$]*", line):
        run_command(shlex.split(line)[1:], folder, environment(folder))
    else:
        assert line.startswith(("keras-gan ", "python ")), line
        run(["bash", "-c", line.replace(" scripts/", f" {ROOT}/scripts/")], folder)


def test_blocks_import_the_package_before_keras():
    """So that TensorFlow uses oneDNN, and a notebook stays quiet."""
    for page in [*PAGES, *(ROOT / "docs/course").rglob("*.md")]:
        for _, code in blocks(page):
            imported = re.findall(
                r"^(?:import|from) (keras_gan|keras|tensorflow)\b", code, re.MULTILINE
            )
            if "keras_gan" in imported:
                assert imported[0] == "keras_gan", (page.name, code)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=pytest.mark.foreign) if page.name in FOREIGN else page
        for page in PAGES
    ],
    ids=lambda page: page.name,
)
def test_every_code_block_runs(page, hub, trackers, tmp_path):
    if page.name in FOREIGN:  # scripts/test.sh has fetched it
        fetched = onnxruntime_web.cache_folder()
        shutil.copytree(fetched, tmp_path / "cache" / "keras_gan" / fetched.name)
    if page.name in READ:
        shutil.copy(READ[page.name], tmp_path)
    for language, code in blocks(page):
        if language == "python":
            run_block(code, tmp_path)
        elif code.startswith(NOT_RUN):
            assert "need a docker engine" in page.read_text(encoding="utf-8")
        elif language != "text" and not language.startswith("{"):
            assert language == "bash", language
            for line in code.replace("\\\n", " ").strip().splitlines():
                run_line(line, tmp_path)


def anchors(page):
    """Returns the anchors that GitHub makes of the headings of a page."""
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings
    }


@pytest.mark.parametrize("page", LINKING, ids=lambda page: page.name)
def test_every_relative_link_leads_to_a_file_and_a_heading(page):
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", text):
        path = page.parent / target if target else page
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), f"{target}#{anchor}"
