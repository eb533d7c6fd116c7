"""Agreement with torch-fidelity, clean-fid, prdc and torchmetrics, to 1e-6.

`scripts/record_golden_metrics.py` recorded what they give, with the versions, and high
precision where they are wrong.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from cases import golden_metrics as cases

from keras_gan import metrics

GOLDEN = json.loads(Path(__file__).with_name("golden.json").read_text("utf-8"))


def features(name):
    arrays = cases.features(name)
    recorded = GOLDEN["features"][name]["checksum"]
    message = "NumPy draws other numbers now: record the golden values anew"
    assert cases.checksum(*arrays) == pytest.approx(recorded, rel=1e-9), message
    return arrays


def recorded(name, metric):
    return GOLDEN["features"][name][metric]["value"]


def agree(value, expected):
    assert np.isfinite(value).all()
    return value == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_every_case_is_recorded_and_the_libraries_are_named():
    assert set(GOLDEN["features"]) == set(cases.CASES)
    assert set(GOLDEN["logits"]) == set(cases.LOGITS)
    assert {"torch-fidelity", "clean-fid", "prdc", "torchmetrics"} <= set(
        GOLDEN["libraries"]
    )


@pytest.mark.parametrize("metric", ["frechet", "kernel", "precision", "density"])
def test_where_nothing_is_degenerate_every_library_gives_the_reference(metric):
    for name in ("shifted", "correlated", "rectified float32"):
        record = GOLDEN["features"][name][metric]
        assert record["off"] == {}
        for given in record["given"].values():
            assert given == pytest.approx(record["value"], rel=1e-6)


@pytest.mark.parametrize("name", cases.CASES)
def test_frechet_distances_agree(name):
    value = metrics.frechet_distance(*features(name))
    assert agree(value, recorded(name, "frechet"))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] * (case[4] > 1000))
        for name, case in cases.CASES.items()
    ],
)
def test_frechet_distances_of_streams_agree(name):
    gathered = []
    for rows in features(name):
        gathered.append(metrics.FrechetStatistics())
        for start in range(0, len(rows), 7):
            gathered[-1].update(rows[start : start + 7])
    value = gathered[0].distance(gathered[1])
    assert agree(value, recorded(name, "frechet"))


@pytest.mark.parametrize("name", cases.CASES)
def test_kernel_distances_agree(name):
    value = metrics.kernel_distance(*features(name))
    assert agree(value, recorded(name, "kernel"))


@pytest.mark.parametrize("name", cases.CASES)
def test_precision_and_recall_agree(name):
    value = metrics.precision_recall(*features(name), k=cases.CASES[name][-1])
    expected = [recorded(name, metric) for metric in ("precision", "recall")]
    assert agree(np.array(value), expected)


@pytest.mark.parametrize("name", cases.CASES)
def test_density_and_coverage_agree(name):
    value = metrics.density_coverage(*features(name), k=cases.CASES[name][-1])
    expected = [recorded(name, metric) for metric in ("density", "coverage")]
    assert agree(np.array(value), expected)


@pytest.mark.parametrize("name", cases.LOGITS)
def test_inception_scores_agree(name):
    logits = cases.logits(name)
    record = GOLDEN["logits"][name]
    assert cases.checksum(logits) == pytest.approx(record["checksum"], rel=1e-9)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    value = metrics.inception_score(
        powers / powers.sum(axis=1, keepdims=True), cases.LOGITS[name][-1]
    )
    assert agree(np.array(value), record["inception"]["value"])
