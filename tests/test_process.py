"""`keras-gan train` takes oneDNN's operations, unless the user says otherwise."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
from keras_gan._process import import_tensorflow
import_tensorflow(onednn={onednn})
from tensorflow.python.util import _pywrap_util_port
print(_pywrap_util_port.IsMklEnabled())
"""


def onednn_is_on(onednn, **settings):
    environment = {k: v for k, v in os.environ.items() if k != "TF_ENABLE_ONEDNN_OPTS"}
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(onednn=onednn)],
        env=environment | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    return {"True": True, "False": False}[found.stdout.strip()]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, True),
        ({"TF_ENABLE_ONEDNN_OPTS": "0"}, False),
        ({"TF_ENABLE_ONEDNN_OPTS": "1"}, True),
        ({"TF_CPP_MIN_LOG_LEVEL": "0"}, True),
    ],
    ids=str,
)
def test_training_turns_it_on_where_the_user_has_not_said(settings, expected):
    assert onednn_is_on(True, **settings) is expected


def test_nothing_is_set_after_tensorflow_was_imported(monkeypatch):
    import tensorflow  # noqa: F401

    from keras_gan._process import import_tensorflow

    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    import_tensorflow(onednn=True)
    assert "TF_ENABLE_ONEDNN_OPTS" not in os.environ
