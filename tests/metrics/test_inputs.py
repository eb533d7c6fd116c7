"""Metrics refuse what they cannot measure, with one line that says why."""

import numpy as np
import pytest
from harness.processes import run_python

from keras_gan import metrics
from keras_gan._checks import InputError

POINTS = np.arange(12.0).reshape(6, 2)
PAIRS = {
    "frechet_distance": ("real", "fake"),
    "kernel_distance": ("real", "fake"),
    "kernel_distance_interval": ("real", "fake"),
    "sliced_wasserstein": ("real", "fake"),
    "precision_recall": ("real", "fake"),
    "density_coverage": ("real", "fake"),
    "nearest_neighbors": ("queries", "references"),
    "parzen_log_likelihood": ("points", "centres"),
    "select_parzen_sigma": ("points", "centres"),
    "mode_coverage": ("points", "centres"),
}
EXTRA = {
    "parzen_log_likelihood": (1.0,),
    "mode_coverage": (1.0,),
    "kernel_distance_interval": (3, 2),
}


def call(name, first, second):
    return getattr(metrics, name)(first, second, *EXTRA.get(name, ()))


def one_line(error):
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (POINTS.ravel(), r"must have shape \(N, D\).* got shape \(12,\)"),
        (POINTS.reshape(3, 2, 2), r"must have shape .* Flatten images"),
        (np.where(POINTS == 5, np.nan, POINTS), "must be finite"),
        (np.where(POINTS == 5, np.inf, POINTS), "must be finite"),
        (POINTS.astype(complex), "must be an array of real numbers"),
        ([[1.0, 2.0], [3.0]], "must be an array of real numbers"),
        (POINTS[:0], "must hold at least"),
    ],
)
def test_wrong_arrays_are_named(name, which, wrong, message):
    pair = [POINTS, POINTS]
    pair[which] = wrong
    with pytest.raises(InputError, match=f"^`{PAIRS[name][which]}` {message}") as error:
        call(name, *pair)
    one_line(error)


@pytest.mark.parametrize("name", PAIRS)
def test_dimensions_must_agree(name):
    with pytest.raises(InputError, match="same number of features; got 2 and 3") as e:
        call(name, POINTS, POINTS.reshape(4, 3)[:, :3].repeat(2, axis=0))
    one_line(e)


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        ("frechet_distance", (POINTS[:1], POINTS), "`real` .* at least 2 samples"),
        ("kernel_distance", (POINTS, POINTS[:1]), "`fake` .* at least 2 samples"),
        ("precision_recall", (POINTS, POINTS[:3]), "`fake` .* at least 4 samples"),
        ("density_coverage", (POINTS[:5], POINTS), "`real` .* at least 6 samples"),
        ("density_coverage", (POINTS, POINTS, 0), "`k` must be an integer >= 1"),
        ("precision_recall", (POINTS, POINTS, 1.5), "`k` must be an integer"),
        ("nearest_neighbors", (POINTS, POINTS, 7), "`k` .* at most .* 6; got 7"),
        ("inception_score", (np.eye(3),), "`probabilities` .* at least 10 samples"),
        ("parzen_log_likelihood", (POINTS, POINTS, 0.0), "`sigma` .* positive"),
        ("parzen_log_likelihood", (POINTS, POINTS, np.nan), "`sigma` .* positive"),
        ("select_parzen_sigma", (POINTS, POINTS, []), "`sigmas` .* at least one"),
        ("select_parzen_sigma", (POINTS, POINTS, [1.0, -1.0]), "`sigmas` .* positive"),
        ("sliced_wasserstein", (POINTS, POINTS, 0), "`projections` .* integer >= 1"),
        ("sliced_wasserstein", (POINTS, POINTS, 9, -1), "`seed` .* integer >= 0"),
        ("mode_coverage", (POINTS, POINTS, -1.0), "`std` must be a positive number"),
        ("mode_coverage", (POINTS, POINTS, "wide"), "`std` must be a positive number"),
    ],
)
def test_wrong_numbers_are_named(function, arguments, message):
    with pytest.raises(InputError, match=message) as error:
        getattr(metrics, function)(*arguments)
    one_line(error)


@pytest.mark.parametrize("name", PAIRS)
def test_integers_and_lists_do(name):
    whole = POINTS.astype(np.uint8)
    expected = call(name, POINTS, POINTS[::-1])
    assert str(call(name, whole, whole[::-1].tolist())) == str(expected)


@pytest.mark.parametrize("name", PAIRS)
def test_inputs_are_left_as_they_were(name):
    first, second = POINTS.copy(), POINTS[::-1].copy()
    call(name, first, second)
    np.testing.assert_array_equal(first, POINTS)
    np.testing.assert_array_equal(second, POINTS[::-1])


def test_importing_the_metrics_imports_numpy_alone():
    program = (
        "import sys, keras_gan.metrics; "
        "loaded = {'tensorflow', 'keras', 'scipy'} & set(sys.modules); "
        "sys.exit(f'loaded {loaded}' if loaded else 0)"
    )
    run_python(program)
