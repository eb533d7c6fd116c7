"""`keras-gan train` takes oneDNN's operations, unless the user says otherwise."""

import os

import pytest
from harness.processes import run_python

VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
IMPORT = "from keras_gan._process import import_tensorflow as i; i(onednn=True); "
IS_ON = (
    "from tensorflow.python.util import _pywrap_util_port as port; "
    "print(port.IsMklEnabled())"
)
IS_SET = f"import os; print(os.environ[{VARIABLE!r}])"


def with_settings(code, **settings):
    """What the code prints in a new Python whose environment has these settings."""
    environment = {k: v for k, v in os.environ.items() if k != VARIABLE}
    return run_python(IMPORT + code, env=environment | settings).strip()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "1"),
        ({VARIABLE: "0"}, "0"),
        ({VARIABLE: "1"}, "1"),
        ({"TF_CPP_MIN_LOG_LEVEL": "0"}, "1"),
    ],
    ids=str,
)
def test_training_sets_it_where_the_user_has_not_said(settings, expected, tmp_path):
    # TensorFlow reads the setting when it is imported; here it is an empty module.
    (tmp_path / "tensorflow.py").write_text("")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    assert with_settings(IS_SET, PYTHONPATH=path, **settings) == expected


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "expected"), [({}, "True"), ({VARIABLE: "0"}, "False")]
)
def test_tensorflow_does_what_is_set(settings, expected):
    assert with_settings(IS_ON, **settings) == expected


def test_nothing_is_set_after_tensorflow_was_imported(monkeypatch):
    import tensorflow  # noqa: F401

    from keras_gan._process import import_tensorflow

    monkeypatch.delenv(VARIABLE, raising=False)
    import_tensorflow(onednn=True)
    assert VARIABLE not in os.environ
