"""An exporter that is killed at any moment leaves whole versions, or none."""

from __future__ import annotations

import random
import time

import pytest
from cases.exporter import export_a_version
from harness.processes import Started

from keras_gan import export


def workspaces(base):
    """The hidden folders in which versions are made, those of the killed included."""
    return set(base.glob(".*.tmp"))


def wait_until(happened, process):
    while not happened():
        assert process.runs, process.errors
        time.sleep(0.002)


def version_numbers(base):
    return {int(path.name) for path in base.iterdir() if path.name.isdecimal()}


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_exporter_killed_at_20_moments_leaves_whole_versions(tmp_path):
    base, ready = tmp_path / "digits", tmp_path / "ready"
    whole, writing = Started(export_a_version, base, ready).result()
    first = export.verify(base / "1")
    assert first.files >= 4
    broken = 0
    kept, moments = {1}, random.Random(2014)
    for trial in range(20):
        ready.unlink()
        known = workspaces(base)
        exporter = Started(export_a_version, base, ready)
        wait_until(ready.exists, exporter)
        if trial % 5:
            # While the version is written, checked and renamed, or just after.
            wait_until(lambda known=known: workspaces(base) - known, exporter)
            time.sleep(moments.uniform(0.0, 1.3 * writing))
        else:
            time.sleep(moments.uniform(0.0, whole))
        exporter.kill()
        broken += len(workspaces(base) - known)
        assert len(workspaces(base)) <= 1
        found = version_numbers(base)
        assert kept <= found <= kept | {max(kept) + 1}
        for version in found - kept:
            assert export.verify(base / str(version)).files == first.files
        kept = found
    print(f"{broken} killed while writing, {len(kept) - 1} whole")
    assert broken >= 3
    assert export.verify(base / "1").differences == first.differences
    # What a killed exporter leaves is hidden from TF Serving; the next one removes it.
    others = {path.name for path in base.iterdir() if not path.name.isdecimal()}
    assert all(name.startswith(".") for name in others)
    Started(export_a_version, base, ready).result()
    assert export.verify(base).path == base / str(max(kept) + 1)
    assert all(path.name.isdecimal() for path in base.iterdir())
