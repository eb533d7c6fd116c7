from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from cases.generators import build_points_gan, dense_generator, make_gan

from keras_gan import export, priors
from keras_gan._checks import InputError


def test_versions_are_numbered_on_and_never_overwritten(tmp_path):
    gan = build_points_gan()
    for name in ("2", "10", "notes"):
        (tmp_path / name).mkdir()
    assert export.save_saved_model(gan, tmp_path) == tmp_path / "11"
    assert export.save_saved_model(gan, tmp_path, version=7) == tmp_path / "7"
    before = (tmp_path / "7" / "manifest.json").stat()
    with pytest.raises(InputError, match=r"`version=7` exists .* next free one, 12"):
        export.save_saved_model(gan, tmp_path, version=7)
    assert (tmp_path / "7" / "manifest.json").stat() == before
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"2", "7", "10", "11", "notes"}


@pytest.mark.parametrize("version", [0, -1, 1.5, "next"])
def test_version_must_be_a_positive_integer(tmp_path, version):
    gan = make_gan(dense_generator())
    with pytest.raises(InputError, match="`version`"):
        export.save_saved_model(gan, tmp_path, version=version)


def test_directory_must_be_a_folder(tmp_path):
    (tmp_path / "file").write_text("here")
    with pytest.raises(InputError, match=r"`directory` .*file"):
        export.save_saved_model(make_gan(dense_generator()), tmp_path / "file")


def test_only_a_gan_can_be_exported(tmp_path):
    with pytest.raises(InputError, match=r"`gan` must be a keras_gan\.GAN"):
        export.save_saved_model(dense_generator(), tmp_path)


def test_export_that_differs_from_the_model_leaves_nothing(tmp_path, monkeypatch):
    gan = build_points_gan()
    kernel = gan.generator.weights[0]
    save = tf.saved_model.save

    def save_with_one_weight_wrong(*arguments):
        kernel.assign_add(tf.one_hot(0, 3)[:, tf.newaxis] * 1e-3)
        save(*arguments)

    monkeypatch.setattr(tf.saved_model, "save", save_with_one_weight_wrong)
    with pytest.raises(export.VerificationError, match="`image` differs") as caught:
        export.save_saved_model(gan, tmp_path / "model")
    assert str(caught.value).startswith(f"'{tmp_path / 'model' / '1'}' was not written")
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "model").iterdir()) == []


def test_png_rounded_down_instead_of_to_the_nearest_level_is_refused(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(tf, "round", tf.floor)
    gan = make_gan(dense_generator())
    with pytest.raises(export.VerificationError, match="`image_bytes` differs"):
        export.save_saved_model(gan, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_prior_that_no_reader_knows_is_refused(tmp_path):
    class Doubled(priors.Normal):
        def latents(self, *arguments, **options):
            return 2 * super().latents(*arguments, **options)

    gan = make_gan(dense_generator(), prior=Doubled())
    with pytest.raises(InputError, match="`prior` is a Doubled of your own"):
        export.save_saved_model(gan, tmp_path)


def test_generator_that_makes_nan_is_refused(tmp_path):
    gan = make_gan(dense_generator())
    gan.generator.weights[0].assign(np.full((3, 12), np.nan))
    with pytest.raises(InputError, match="not finite"):
        export.save_saved_model(gan, tmp_path)
    assert list(tmp_path.iterdir()) == []


class PythonLayer(keras.layers.Layer):
    """A layer that runs in the process that defines it, and nowhere else."""

    def call(self, inputs):
        outputs = tf.numpy_function(np.tanh, [inputs], tf.float32)
        return tf.ensure_shape(outputs, inputs.shape)

    def compute_output_spec(self, inputs):
        return keras.KerasTensor(inputs.shape, inputs.dtype)


def test_generator_that_calls_python_is_refused(tmp_path):
    z = keras.Input((3,))
    image = PythonLayer()(keras.layers.Reshape((4, 3, 1))(keras.layers.Dense(12)(z)))
    gan = make_gan(keras.Model(z, image))
    with pytest.raises(InputError, match="calls Python code"):
        export.save_saved_model(gan, tmp_path)
