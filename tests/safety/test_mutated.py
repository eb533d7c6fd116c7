"""Model files with mutated content and right checksums end in a line, in time."""

from __future__ import annotations

import pytest
from cases.mutated_files import KINDS, open_mutated
from harness.processes import Started


def count_of(kind, folder, numbers, timeout):
    """The outcomes of mutated files, in a process of its own that may crash."""
    process = Started(open_mutated, kind, folder, numbers)
    try:
        return process.result(timeout=timeout)
    finally:
        at = folder / f"{kind}.txt"
        print("the last number:", at.read_text() if at.is_file() else None)


def check(counts, number):
    assert counts["refused"] + counts["safe"] == number
    assert counts["refused"] > number / 3
    # Some mutations harm nothing, or only what a framework itself looks at.
    assert counts.get("loaded", 0) + counts.get("refused in loading", 0) > 0


@pytest.mark.parametrize("kind", KINDS)
def test_100_mutated_files(kind, tmp_path):
    check(count_of(kind, tmp_path, range(100), 120), 100)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", KINDS)
def test_10000_mutated_files(kind, tmp_path):
    check(count_of(kind, tmp_path, range(10_000), 800), 10_000)
