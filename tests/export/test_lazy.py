from __future__ import annotations

import json

import numpy as np
import pytest

from keras_gan import export

HEAVY = ("tensorflow", "keras", "onnx", "tf2onnx", "PIL", "matplotlib")


def test_the_public_surface_is_what_the_contract_names():
    assert set(dir(export)) == {
        "LiteRTGenerator",
        "OnnxGenerator",
        "Provenance",
        "ServingClient",
        "ServingError",
        "VerificationError",
        "VerificationReport",
        "client",
        "runtime",
        "save_litert",
        "save_model_card",
        "save_onnx",
        "save_saved_model",
        "save_web_page",
        "verify",
    }
    assert all(getattr(export, name) is not None for name in dir(export))
    with pytest.raises(AttributeError, match="save_onxn"):
        export.save_onxn  # noqa: B018


@pytest.mark.parametrize(
    "module",
    ["keras_gan.export", "keras_gan.export.client", "keras_gan.export.runtime"],
)
def test_importing_imports_neither_tensorflow_nor_keras(run_python, module):
    code = f"import {module}\nprint(*(name.split('.')[0] for name in sys.modules))"
    assert not set(run_python(code).split()) & set(HEAVY)


def test_sampling_and_verifying_onnx_needs_only_numpy_and_onnxruntime(
    run_python, plain_onnx, plain_gan, tmp_path
):
    code = """
import json, resource
import numpy as np
from keras_gan.export import runtime, verify
images = runtime.load(sys.argv[1]).sample(5, seed=3)
usage = resource.getrusage(resource.RUSAGE_SELF)
np.save("images.npy", images)
report = verify(sys.argv[1])
print(json.dumps([usage.ru_utime + usage.ru_stime, report.files, report.seeds]))
"""
    seconds, files, seeds = json.loads(run_python(code, plain_onnx, without=HEAVY))
    images = np.load(tmp_path / "images.npy")
    np.testing.assert_allclose(images, plain_gan.sample(5, seed=3), rtol=0, atol=1e-5)
    assert (files, seeds) == (1, 8)
    # Processor time: what a busy machine adds to the clock is not ours.
    assert seconds < 1.5


def test_the_command_line_draws_its_first_image_soon(run_python, plain_onnx, tmp_path):
    code = """
import resource
from keras_gan.cli import app
app(["sample", sys.argv[1], "--n", "1", "--out", "x.png"], standalone_mode=False)
usage = resource.getrusage(resource.RUSAGE_SELF)
print(usage.ru_utime + usage.ru_stime, "tensorflow" in sys.modules)
"""
    seconds, loaded = run_python(code, plain_onnx).split()[-2:]
    assert (tmp_path / "x.png").exists()
    assert (float(seconds) < 1.5, loaded) == (True, "False")
