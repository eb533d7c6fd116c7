"""Marks the cases of a test that only --all runs."""

import pytest


def slow_but_for(quick, cases):
    """Returns the cases as parameters, all marked slow but for the quick ones.

    Args:
        quick: The names of the quick cases.
        cases: Names alone, or values by name.
    """
    assert set(quick) <= set(cases), set(quick) - set(cases)
    named = cases.items() if isinstance(cases, dict) else zip(cases, cases, strict=True)
    return [
        pytest.param(
            value, id=str(name), marks=[pytest.mark.slow] * (name not in quick)
        )
        for name, value in named
    ]
