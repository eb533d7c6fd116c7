from __future__ import annotations

import json
import shutil

import numpy as np
import onnx
import pytest
from cases.generators import dense_generator, make_gan

from keras_gan import export
from keras_gan._checks import InputError
from keras_gan.export import runtime
from keras_gan.safety.seal import seal_onnx


def close(images, expected, atol=1e-5):
    np.testing.assert_allclose(images, expected, rtol=0, atol=atol)
    assert images.dtype == expected.dtype


@pytest.fixture(scope="module")
def plain(plain_onnx):
    return runtime.load(plain_onnx)


@pytest.fixture(scope="module")
def conditional(conditional_onnx):
    return runtime.load(conditional_onnx, threads=1)


@pytest.mark.parametrize(
    "arguments",
    [
        {"n": 5, "seed": 3},
        {"seed": 3},
        {"seeds": [3, 5, 2**62, -1]},
        {"n": 4, "seed": 3, "truncation": 0.5},
        {"seeds": [3, 5], "truncation": np.array([0.5, 1.0])},
        {"n": 9, "seed": 3, "batch_size": 4},
    ],
)
def test_sample_draws_what_the_model_draws(plain, plain_gan, arguments):
    close(plain.sample(**arguments), plain_gan.sample(**arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        {"n": 20, "seed": 3},
        {"n": 3, "seed": 3, "labels": 7},
        {"labels": [1, 2, 9], "seed": 3},
        {"seeds": [8, 9], "labels": [9, 0]},
    ],
)
def test_conditional_sample_draws_what_the_model_draws(
    conditional, conditional_gan, arguments
):
    close(conditional.sample(**arguments), conditional_gan.sample(**arguments), 5e-6)


def test_generate_maps_given_latents(plain, plain_gan, conditional, conditional_gan):
    z = plain_gan.latents([1, 2, 3])
    close(plain.generate(z), plain_gan.generate(z))
    close(plain.generate(z.astype(np.float64), batch_size=2), plain_gan.generate(z))
    z = conditional_gan.latents([1, 2, 3])
    expected = conditional_gan.generate(z, [4, 4, 4])
    close(conditional.generate(z, 4), expected, 5e-6)


def test_without_a_seed_every_call_draws_fresh_images(plain):
    assert np.max(np.abs(plain.sample(2) - plain.sample(2))) > 1e-3


def test_attributes_tell_what_the_generator_is(plain, conditional):
    assert (plain.latent_dim, plain.image_shape) == (8, (12, 8, 1))
    assert (plain.num_classes, plain.value_range) == (None, (-1.0, 1.0))
    assert (plain.prior.name, plain.dtype) == ("normal", np.float32)
    assert (conditional.latent_dim, conditional.image_shape) == (5, (8, 8, 3))
    assert (conditional.num_classes, conditional.value_range) == (10, (0.0, 1.0))
    assert conditional.prior.name == "uniform"


def test_uint8_files_give_uint8_images(tmp_path):
    gan = make_gan(dense_generator())
    path = export.save_onnx(gan, tmp_path / "grey.onnx", output="uint8")
    generator = runtime.load(path)
    images = generator.sample(6, seed=1)
    assert images.dtype == generator.dtype == np.uint8
    levels = (gan.sample(6, seed=1).astype(np.float64) + 1.0) * 127.5
    assert np.max(np.abs(images - levels)) <= 0.5 + 127.5 * 1e-5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g: g.sample(3, seeds=[1, 2]), "`n` is 3"),
        (lambda g: g.sample(0, seed=1), "`n`"),
        (lambda g: g.sample(2, labels=1), "`labels` were given"),
        (lambda g: g.sample(2, truncation=2.0), "`truncation`"),
        (lambda g: g.sample(2, batch_size=0), "`batch_size`"),
        (
            lambda g: g.generate(np.zeros((2, 9))),
            r"`z` must be at least one latent, \(batch, 8\)",
        ),
        (lambda g: g.generate(np.zeros((0, 8))), "`z` must be at least one latent"),
        (lambda g: g.generate(np.zeros((2, 8)), 1), "`labels` were given"),
    ],
)
def test_arguments_that_cannot_be_used_are_refused(plain, call, message):
    with pytest.raises(InputError, match=message):
        call(plain)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g: g.sample(2, labels=10), r"`labels` must be in 0\.\.9"),
        (lambda g: g.sample(2, labels=[1, 2, 3]), "`labels` must be 2 integers"),
        (lambda g: g.generate(np.zeros((2, 5))), "`labels` are missing"),
    ],
)
def test_labels_that_cannot_be_used_are_refused(conditional, call, message):
    with pytest.raises(InputError, match=message):
        call(conditional)


@pytest.mark.parametrize(
    "content",
    [b"", b"not a model", bytes(range(256)) * 40, "half"],
    ids=["empty", "text", "binary", "truncated"],
)
def test_corrupt_file_is_one_clear_line(plain_onnx, tmp_path, capfd, content):
    path = tmp_path / "corrupt.onnx"
    whole = plain_onnx.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if content == "half" else content)
    with pytest.raises(InputError) as caught:
        runtime.load(path)
    assert str(caught.value).startswith(f"'{path}': ")
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("path", "message"),
    [("missing.onnx", "there is no such file"), (".", "it is a folder; give an exp")],
)
def test_missing_file_is_one_clear_line(tmp_path, path, message):
    with pytest.raises(InputError, match=message):
        runtime.load(tmp_path / path)


def changed(plain_onnx, path, change):
    """Changes the metadata as somebody would who knows of the checksum."""
    model = onnx.load(plain_onnx)
    del model.metadata_props[1:]
    (entry,) = model.metadata_props
    metadata = json.loads(entry.value)
    change(metadata)
    entry.value = json.dumps(metadata)
    onnx.save(model, path)
    seal_onnx(path)
    return path


def test_file_of_another_program_is_refused(plain_onnx, tmp_path):
    model = onnx.load(plain_onnx)
    del model.metadata_props[:]
    onnx.save(model, tmp_path / "other.onnx")
    with pytest.raises(InputError, match="another program wrote it"):
        runtime.load(tmp_path / "other.onnx")
    seal_onnx(tmp_path / "other.onnx")
    with pytest.raises(InputError, match="not a generator of keras_gan"):
        runtime.load(tmp_path / "other.onnx")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("latent_dim", "8"),
        ("latent_dim", True),
        ("image_shape", 12),
        ("image_shape", [12, 0, 1]),
        ("num_classes", 0),
        ("prior", 3),
        ("prior", "cauchy"),
        ("value_range", [1.0, -1.0]),
        ("value_range", [0.0, float("nan")]),
        ("training_step", -1),
        ("output", "float64"),
    ],
)
def test_malformed_metadata_are_refused(plain_onnx, tmp_path, key, value):
    path = changed(plain_onnx, tmp_path / "m.onnx", lambda m: m.update({key: value}))
    with pytest.raises(InputError, match="metadata are malformed"):
        runtime.load(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [("latent_dim", 9), ("image_shape", [8, 12, 1]), ("num_classes", 2)],
)
def test_metadata_that_do_not_fit_the_graph_are_refused(
    plain_onnx, tmp_path, key, value
):
    path = changed(plain_onnx, tmp_path / "m.onnx", lambda m: m.update({key: value}))
    with pytest.raises(InputError, match="inputs and outputs are not those"):
        runtime.load(path)


def test_unknown_provider_is_refused_with_those_there_are(plain_onnx):
    with pytest.raises(InputError, match=r"`providers` .*'CPUExecutionProvider'"):
        runtime.load(plain_onnx, providers=["WarpDrive"])


@pytest.mark.parametrize("threads", [0, -1, 1.5])
def test_threads_must_be_a_positive_integer(plain_onnx, threads):
    with pytest.raises(InputError, match="`threads`"):
        runtime.load(plain_onnx, threads=threads)


def test_the_file_alone_is_enough(plain_onnx, plain_gan, tmp_path):
    path = shutil.copy(plain_onnx, tmp_path / "alone.onnx")
    close(runtime.load(path).sample(2, seed=1), plain_gan.sample(2, seed=1))
