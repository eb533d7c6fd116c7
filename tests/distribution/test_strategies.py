"""Strategies by name."""

import pytest

from keras_gan._checks import InputError
from keras_gan.distribution.strategies import open_strategy


@pytest.mark.parametrize(
    "text", ["", "{", "{}", '{"cluster": {}, "task": {"type": "worker"}}']
)
def test_a_missing_or_broken_tf_config_is_named(text, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(InputError, match="environment variable TF_CONFIG"):
        open_strategy("multi-worker")
