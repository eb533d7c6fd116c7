"""Damaged files are refused or draw the right picture: no crash, no hang, no other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import mutations_worker
import pytest
from cases import hostile_files

WORKER = Path(__file__).with_name("mutations_worker.py")


def run_batch(good, folder, first, last):
    """The worker's lines; it must come to its end, and in time."""
    finished = subprocess.run(
        [sys.executable, str(WORKER), *map(str, (good, folder, first, last))],
        capture_output=True,
        text=True,
        timeout=240,
    )
    lines = [json.loads(line) for line in finished.stdout.splitlines()]
    assert finished.returncode == 0, (lines[-1:], finished.stderr[-2000:])
    return lines[1:]


def check(lines, count):
    assert len(lines) == count
    for line in lines:
        assert "error" not in line, line
        # As exact as an export is: the model's own picture.
        assert line.get("difference", 0.0) <= 1e-5, line
        assert "\n" not in line.get("refused", "")
    files = Counter(line["file"] for line in lines if "refused" in line)
    assert set(files) == {
        name for names in mutations_worker.TARGETS.values() for name in names
    }


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mutations")
    hostile_files.write_good(folder)
    return folder


def test_100_damaged_files(good, tmp_path):
    check(run_batch(good, tmp_path, 0, 100), 100)


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_2000_damaged_files(good, tmp_path):
    lines = []
    for first in range(100, 2100, 250):
        lines += run_batch(good, tmp_path, first, first + 250)
    check(lines, 2000)
