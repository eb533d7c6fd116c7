"""Damaged files are refused or draw the right picture: no crash, no hang, no other."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from cases import hostile_files
from cases.damaged_loads import TARGETS, load_damaged
from harness.processes import Started


def lines_of(good, folder, numbers):
    """The lines of the loads, which must come to their end, and in time."""
    process = Started(load_damaged, good, folder, numbers)
    try:
        process.result(timeout=240)
    finally:
        text = (folder / "lines.jsonl").read_text()
        print(text[-300:])
    return [json.loads(line) for line in text.splitlines()]


def check(lines, count):
    assert len(lines) == count
    for line in lines:
        assert "error" not in line, line
        # As exact as an export is: the model's own picture.
        assert line.get("difference", 0.0) <= 1e-5, line
        assert "\n" not in line.get("refused", "")
    files = Counter(line["file"] for line in lines if "refused" in line)
    assert set(files) == {name for names in TARGETS.values() for name in names}


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mutations")
    hostile_files.write_good(folder)
    return folder


def test_100_damaged_files(good, tmp_path):
    check(lines_of(good, tmp_path, range(100)), 100)


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_2000_damaged_files(good, tmp_path):
    for first in range(100, 2100, 250):
        lines = lines_of(good, tmp_path, range(first, first + 250))
    check(lines, 2000)
