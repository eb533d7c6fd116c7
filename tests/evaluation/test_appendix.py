"""The table "For an appendix" of docs/evaluation.md says what the code does."""

import inspect
import re
from pathlib import Path

import numpy as np
import onnx
import pytest

from keras_gan import data, evaluation, metrics
from keras_gan.evaluation import reference_data
from keras_gan.experiment import run_folder_callbacks
from keras_gan.metrics import digit_classifier

DOCS = Path(__file__).parents[2] / "docs" / "evaluation.md"


@pytest.fixture(scope="module")
def table():
    """The rows of the table: the second cell by the first."""
    text = DOCS.read_text(encoding="utf-8").split("## For an appendix")[1]
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", text.split("\n## ")[0], re.MULTILINE)
    return {name.replace("`", ""): value for name, value in rows}


def _default(function, name):
    return inspect.signature(function).parameters[name].default


def test_neighbours_splits_and_directions_are_the_defaults(table):
    for row, function in (
        ("precision, recall", metrics.precision_recall),
        ("density, coverage", metrics.density_coverage),
    ):
        assert table[row].startswith(f"k = {_default(function, 'k')} ")
    splits = _default(metrics.inception_score, "splits")
    assert table["inception_score"].startswith(f"{splits} splits")
    directions = _default(metrics.sliced_wasserstein, "projections")
    assert table["sliced_wasserstein"].startswith(f"{directions} directions")


def test_the_frechet_distance_is_squared_with_covariances_by_n_minus_1(table):
    assert "squared distance" in table["frechet"]
    assert "N − 1" in table["frechet"]
    real, fake = np.array([[0.0], [2.0]]), np.array([[3.0], [9.0]])
    # Means 1 and 6, variances 2 and 18: (6 − 1)² + 2 + 18 − 2·√(2·18).
    assert metrics.frechet_distance(real, fake) == pytest.approx(25 + 20 - 12)


def test_the_kernel_distance_can_be_negative_and_is_not_multiplied(table):
    assert "not multiplied by 1,000; can be negative" in table["kernel"]
    points = np.array([[0.0], [1.0]])
    # Within: (0·1 + 1)³ = 1, twice; between: the mean of 1, 1, 1 and 2³, twice.
    assert metrics.kernel_distance(points, points) == pytest.approx(2 - 2 * 11 / 4)


def test_the_classifier_has_these_layers_and_features(table):
    graph = onnx.load(digit_classifier.PATH).graph
    kernels = [w for w in graph.initializer if len(w.dims) == 4 and w.dims[-1] == 3]
    assert sorted(w.dims[0] for w in kernels) == [24, 48, 64]
    assert all(f"3×3, {n}" in table["digits, the network"] for n in (24, 64))
    found = evaluation.open_extractor("digits")
    features, probabilities = found.outputs(np.zeros((2, 28, 28, 1)), (0.0, 1.0))
    assert f"the {features.shape[1]} outputs" in table["digits, the features"]
    assert features.min() >= 0  # after a ReLU
    assert probabilities is not None
    assert f"Dense {probabilities.shape[1]}, softmax" in table["digits, the network"]
    assert found.value_range == (0.0, 1.0)
    assert found.sha256 == digit_classifier.SHA256
    assert digit_classifier.SHA256 in table["digits, the file"]
    accuracy = f"{100 * digit_classifier.TEST_ACCURACY:.2f} %"
    assert accuracy in table["digits, its training"]


def test_the_counts_are_those_of_the_data_and_the_commands(table):
    for split, words in (("train", "10,000 training"), ("test", "2,000 test")):
        count = data.info("mnist_10k", split=split).num_examples
        assert f"the first {words}" in table["mnist_10k"]
        assert words.startswith(f"{count:,}")
    during = f"{run_folder_callbacks._EVALUATED:,} samples"
    assert table["during training"].startswith(during)
    assert f"at most {reference_data._USUAL:,}" in table["keras-gan evaluate"]
