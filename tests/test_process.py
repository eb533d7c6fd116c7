"""`import keras_gan` takes oneDNN's operations, unless the user says otherwise."""

import os
import platform
import warnings

import numpy as np
import pytest
from harness.gans import dense_gan
from harness.processes import run_python

from keras_gan.training.fitting import fit

VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
IMPORT = "import keras_gan, tensorflow; "
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
def test_the_package_sets_it_where_the_user_has_not_said(settings, expected, tmp_path):
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

    from keras_gan._process import use_onednn

    monkeypatch.delenv(VARIABLE, raising=False)
    use_onednn()
    assert VARIABLE not in os.environ


def test_the_first_fit_says_so_where_it_is_too_late(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "AMD64")
    gan = dense_gan()
    gan.compile("sgd", "sgd")

    def told(used, chosen):
        monkeypatch.setattr(fit, "uses_onednn", lambda: used)
        monkeypatch.delenv(VARIABLE, raising=False)
        if chosen:
            monkeypatch.setenv(VARIABLE, "0")
        fit._warn_without_onednn.cache_clear()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for _ in range(2):
                gan.fit(np.zeros((4, 2, 2, 1), np.float32), batch_size=4, verbose=0)
        return [line for each in caught if VARIABLE in (line := str(each.message))]

    assert told(used=True, chosen=False) == told(used=False, chosen=True) == []
    (line,) = told(used=False, chosen=False)
    assert "import keras_gan first" in line
