"""The scripts say what they do before they install or begin anything."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.mark.parametrize(
    ("script", "option", "code"),
    [
        *((name, "--help", 0) for name in ("docs.sh", "quickstart.sh", "test.sh")),
        *((name, "--norun", 2) for name in ("docs.sh", "quickstart.sh")),
    ],
)
def test_help_and_unknown_options_begin_nothing(tmp_path, script, option, code):
    folder = tmp_path / "scripts"
    folder.mkdir()
    for path in SCRIPTS.glob("*.sh"):
        shutil.copy(path, folder)
    ran = subprocess.run(
        ["bash", folder / script, option],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "PYTHON": "false"},
    )
    assert ran.returncode == code
    assert f"bash scripts/{script}" in (ran.stderr if code else ran.stdout)
    assert sorted(tmp_path.iterdir()) == [folder]
