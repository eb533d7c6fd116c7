"""What a generator of sharp edges rounds away is no fault of its export."""

import json

import numpy as np
import pytest

from keras_gan import experiment, export
from keras_gan._checks import InputError
from keras_gan.export.parity.comparison import tolerances
from keras_gan.export.parity.keras_generator import (
    array_function,
    reference_of,
    spec_of,
)
from keras_gan.export.parity.requests import default_requests
from keras_gan.trained_generators.file_kinds import find_generator


@pytest.fixture(scope="module")
def emoji():
    return experiment.load_gan(find_generator("emoji").path)


def test_a_sharp_generator_is_exported_within_its_own_rounding(emoji, tmp_path):
    images_of = array_function(emoji)
    z = default_requests(None).inputs(spec_of(emoji))["z"]
    rounding = max(
        np.abs(images_of({"z": np.nextafter(z, end)}) - images_of({"z": z})).max()
        for end in (np.float32(-np.inf), np.float32(np.inf))
    )
    assert rounding > 1e-5
    path = export.save_onnx(emoji, tmp_path / "emoji.onnx")
    parity = json.loads((tmp_path / "emoji.onnx.json").read_text())["parity"]
    allowed = parity["tolerance"]["image"]
    assert allowed == pytest.approx(rounding, rel=1e-6)
    assert export.verify(path).tolerances == {"image": allowed}
    found = export.runtime.load(path).sample(64, seed=5)
    gap = np.abs(found - emoji.sample(64, seed=5))
    # Only single pixels, on edges, differ as much as that.
    assert np.sqrt(np.mean(gap**2)) < 1e-6


def test_a_generator_without_sharp_edges_keeps_the_usual_bound(plain_gan):
    reference = reference_of(plain_gan, spec_of(plain_gan))
    assert 0 < reference.rounding < 1e-5
    assert reference.tolerances["image"] == pytest.approx(1e-5)


def test_rounding_is_allowed_up_to_an_eighth_of_a_grey_level(plain_gan):
    spec = spec_of(plain_gan)
    images = reference_of(plain_gan, spec).largest_batch
    for rounding, allowed in ((1e-7, 1e-5), (4e-5, 4e-5), (1e-3, 1e-3), (2e-3, 1e-5)):
        found = tolerances(spec, images, rounding)
        assert found["image"] == pytest.approx(allowed)
        assert found["image_bytes"] == pytest.approx(0.5 + 127.5 * allowed)


def test_a_refusal_of_few_bits_says_what_to_do(emoji, tmp_path):
    with pytest.raises(InputError, match="export with `precision='float32'`"):
        export.save_onnx(emoji, tmp_path / "emoji.onnx", precision="int8")
