"""Means over runs, and how they are written."""

import math
import statistics

import pytest

from keras_gan.runs import Spread
from keras_gan.runs.columns import columns_of


def test_the_deviation_is_that_of_a_sample_and_one_run_has_none():
    values = [20.5, 21.0, 23.75]
    spread = Spread.of(values)
    assert spread.mean == pytest.approx(statistics.mean(values))
    assert spread.deviation == pytest.approx(statistics.stdev(values))
    assert spread.n == 3
    assert Spread.of([1.5]) == (1.5, None, 1)
    assert Spread.of([0.7] * 3) == (0.7, 0.0, 3)  # whose sum is 2.0999999999999996


@pytest.mark.parametrize(
    ("spread", "text", "latex"),
    [
        (Spread(12.34567, None, 1), "12.35", "$12.35$"),
        (Spread(1.5e-7, None, 1), "1.5e-07", r"$1.5 \times 10^{-7}$"),
        (Spread(12.3456, 0.4321, 3), "12.35 ± 0.43", r"$12.35 \pm 0.43$"),
        (Spread(0.5, 0.0996, 3), "0.500 ± 0.100", r"$0.500 \pm 0.100$"),
        (Spread(1234.5, 123.4, 3), "1234 ± 123", r"$1234 \pm 123$"),
        (Spread(2.0, 0.0, 2), "2 ± 0", r"$2 \pm 0$"),
        (Spread(-3.25, 1.5, 2), "-3.2 ± 1.5", r"$-3.2 \pm 1.5$"),
        (
            Spread(1.2345e-5, 6.7e-7, 4),
            "1.234e-05 ± 6.7e-07",
            r"$1.234 \times 10^{-5} \pm 6.7 \times 10^{-7}$",
        ),
        (Spread(math.nan, None, 1), "nan", r"$\mathrm{nan}$"),
        (
            Spread(math.inf, math.nan, 2),
            "inf ± nan",
            r"$\mathrm{inf} \pm \mathrm{nan}$",
        ),
    ],
)
def test_the_mean_has_as_many_places_as_the_deviation(spread, text, latex):
    assert str(spread) == text
    assert spread.to_latex() == latex


def test_only_the_mean_is_bold():
    assert Spread(12.3, 0.4, 2).to_latex(bold=True) == r"$\mathbf{12.30} \pm 0.40$"
    assert Spread(12.3, None, 1).to_latex(bold=True) == r"$\mathbf{12.3}$"


def test_a_figure_that_was_not_finite_spoils_the_mean_visibly():
    assert str(Spread.of([1.0, math.nan])) == "nan ± nan"
    assert str(Spread.of([1.0, math.inf])) == "inf ± nan"


@pytest.mark.parametrize(
    ("spreads", "cells"),
    [
        (
            [Spread(691.2, 15.3, 3), Spread(695.4, 4.02, 3), Spread(5.507, None, 1)],
            ["691.2 ± 15.3", "695.4 ± 4.0", "5.5"],
        ),
        (
            [Spread(0.51428, 0.0059, 3), Spread(0.4996, 0.00096, 3)],
            ["0.5143 ± 0.0059", "0.4996 ± 0.0010"],
        ),
        ([Spread(694.7, None, 1), Spread(10.77, None, 1)], ["694.7", "10.8"]),
        (
            [Spread(2e-8, 1e-9, 3), Spread(3e-8, None, 1)],
            ["2.000e-08 ± 1.0e-09", "3e-08"],
        ),
        ([Spread(0.0, 0.0, 3), Spread(math.nan, math.nan, 3)], ["0 ± 0", "nan ± nan"]),
    ],
)
def test_a_column_has_one_number_of_decimals(spreads, cells):
    rows = [{"frechet": spread} for spread in spreads]
    (column,) = columns_of(["frechet"], rows)
    assert [column.text(row) for row in rows] == cells
    assert column.text({}) == "–"
