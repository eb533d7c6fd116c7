"""Every code block of README and docs runs, in the order of its page."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# They need a docker engine; the page says that they are not run.
NOT_RUN = ("docker run", "curl http://localhost:8501")


def blocks(page):
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def run(command, folder):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"


def run_line(line, folder):
    """Runs one line of a bash block with this interpreter's keras-gan."""
    if line.startswith("bash scripts/"):
        # Running them is what quickstart and CI are; here, that they are there.
        run(["bash", "-n", str(ROOT / line.split()[1])], folder)
    else:
        assert line.startswith("keras-gan "), line
        program = Path(sys.executable).parent / "keras-gan"
        run(["bash", "-c", line.replace("keras-gan", str(program), 1)], folder)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_code_block_runs(page, tmp_path):
    for language, code in blocks(page):
        if language == "python":
            run([sys.executable, "-c", code], tmp_path)
        elif code.startswith(NOT_RUN):
            assert "need a docker engine" in page.read_text(encoding="utf-8")
        else:
            assert language == "bash", language
            for line in code.strip().splitlines():
                run_line(line, tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page):
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (page.parent / target).exists(), target
