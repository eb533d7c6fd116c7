"""Means over runs, and how they are written."""

import math
import statistics

import pytest

from keras_gan.runs import Spread


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
