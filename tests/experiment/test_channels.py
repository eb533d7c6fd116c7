"""Images of any number of channels, and of any shape, from training to every export."""

import io
import json
from contextlib import nullcontext

import numpy as np
import pytest
from harness.commands import succeed
from harness.marks import slow_but_for
from PIL import Image

from keras_gan import evaluation, experiment, export, presets, priors
from keras_gan.evaluation.reference_data import ReferenceData

SGD = {"name": "sgd", "learning_rate": 0.01}
SHAPES = {
    "grey": (8, 8, 1),
    "grey with alpha": (16, 8, 2),
    "colour": (16, 24, 3),
    "colour with alpha": (12, 8, 4),
    "five channels": (8, 12, 5),
}
MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA", 5: "RGB"}
NOTE = "channels 1 to 3 of 5"


def _levels(images):
    """The grey levels of images in [-1, 1] that a PNG file shows, `(N, H, W, C)`."""
    shown = images[..., :3] if images.shape[-1] > 4 else images
    return np.rint((np.clip(shown, -1, 1) + 1) * 127.5)


def _pixels(file):
    """The pixels of a PNG file, `(H, W, C)`, and its mode."""
    with Image.open(file) as picture:
        pixels = np.asarray(picture).astype(int)
        return pixels.reshape(*picture.size[::-1], -1), picture.mode


@pytest.fixture(
    scope="module",
    params=slow_but_for(["colour with alpha", "five channels"], SHAPES),
)
def run(request, tmp_path_factory):
    """A run of two steps on images of a shape."""
    shape = request.param
    folder = tmp_path_factory.mktemp("channels")
    random = np.random.default_rng(0)
    images, test = random.integers(0, 256, (2, 32, *shape), dtype=np.uint8)
    labels = np.arange(32) % 2
    np.savez(
        folder / "data.npz",
        x_train=images,
        y_train=labels,
        x_test=test,
        y_test=labels,
    )
    recipe = presets.Recipe(
        architecture="mlp",
        architecture_options={"generator_units": [4], "discriminator_units": [4]},
        generator_optimizer=SGD,
        discriminator_optimizer=SGD,
        data=f"npz:{folder / 'data.npz'}",
        labels=True,
        latent_dim=3,
        batch_size=16,
        epochs=1,
        jit_compile=False,
    )
    return experiment.train(recipe, folder / "run", progress=False)


@pytest.fixture(scope="module")
def channels(run):
    return run.gan.image_shape[-1]


def test_the_folder_of_a_run_has_every_picture(run, channels):
    folder = run.folder
    grid, mode = _pixels(folder.samples / "epoch_0001.png")
    assert mode == MODES[channels]
    assert _pixels(folder.interpolation)[1] == mode
    for path in (folder.classes, folder.truncation):
        assert _pixels(path)[1] == ("L" if channels == 1 else "RGB")
    assert _pixels(folder.neighbors)[1] == "RGB"
    with Image.open(folder.animation) as film:
        assert film.size == grid.shape[1::-1]
    assert "nearer" in json.loads(folder.memorization.read_text())
    assert folder.report.is_file()


def test_a_grid_holds_the_samples_with_their_transparency(run):
    height, width, _ = run.gan.image_shape
    grid, _ = _pixels(run.folder.interpolation)
    scale = 64 // max(height, width)
    first = grid[1 : 1 + height * scale : scale, 1 : 1 + width * scale : scale]
    seed = priors.spawn_seeds(0, 16)[0]
    expected = _levels(run.gan.generate(run.gan.latents([seed]), [0]))[0]
    np.testing.assert_allclose(first, expected, atol=1)


def _check_files(source, run, channels, tmp_path):
    """Draws with the command; the files must be what the GAN draws."""
    gan = run.gan
    expected = gan.sample(seeds=[3, 5])
    said = succeed("sample", source, "--seeds", "3,5", "--out", tmp_path / "files")
    assert (NOTE in said) == (channels == 5)
    for index, levels in enumerate(_levels(expected)):
        pixels, mode = _pixels(tmp_path / "files" / f"seed_{(3, 5)[index]}.png")
        assert mode == MODES[channels]
        np.testing.assert_allclose(pixels, levels, atol=1)
    said = succeed("sample", source, "--seeds", "3,5", "--out", tmp_path / "all.npz")
    assert NOTE not in said
    with np.load(tmp_path / "all.npz") as arrays:
        np.testing.assert_allclose(arrays["images"], expected, atol=1e-4)


def test_samples_of_a_run_are_drawn_with_their_transparency(run, channels, tmp_path):
    _check_files(run.folder.path, run, channels, tmp_path)


def test_a_saved_model_draws_png_files_where_png_holds_the_channels(
    run, channels, tmp_path
):
    left_out = pytest.warns(UserWarning, match="1 to 4 channels, and the images have 5")
    with left_out if channels > 4 else nullcontext():
        version = export.save_saved_model(run.gan, tmp_path / "served")
    assert export.verify(version)
    recorded = json.loads((version / "manifest.json").read_text())
    if channels > 4:
        assert list(recorded["signatures"]) == ["serving_default"]
        assert "have 5" in recorded["left_out"]["generate"]
    else:
        assert "left_out" not in recorded
        _check_signature(version, run.gan, channels)
    _check_files(version, run, channels, tmp_path)


def _check_signature(version, gan, channels):
    import tensorflow as tf

    generate = tf.saved_model.load(str(version)).signatures["generate"]
    files = generate(
        seed=tf.constant([3], tf.int64),
        label=tf.constant([1]),
        truncation=tf.constant([1.0]),
    )["image_bytes"].numpy()
    pixels, mode = _pixels(io.BytesIO(files[0]))
    assert mode == MODES[channels]
    levels = _levels(gan.sample(seeds=[3], labels=1))[0]
    np.testing.assert_allclose(pixels, levels, atol=1)


def test_an_onnx_file_and_its_card_show_every_channel_that_a_picture_holds(
    run, channels, tmp_path
):
    path = export.save_onnx(run.gan, tmp_path / "generator.onnx")
    assert export.verify(path)
    _check_files(path, run, channels, tmp_path)
    card = export.save_model_card(path, tmp_path / "card")
    assert _pixels(card / "samples.png")[1] == MODES[channels]


def test_figures_are_computed_of_pixels_of_any_shape(run):
    gan = run.gan
    reference = ReferenceData(
        run.recipe.data, "train", image_shape=gan.image_shape, value_range=(-1, 1)
    )
    evaluator = reference.evaluator(32, ["frechet", "sliced_wasserstein"])
    result = evaluator.evaluate(gan, n=32, seed=0)
    assert result.extractor == "pixels"
    assert min(result.values.values()) > 0


def test_a_network_of_other_channels_is_refused_in_one_line(run, channels):
    digits = evaluation.open_extractor("digits")
    images = run.gan.sample(2, seed=0)
    if channels > 4:
        with pytest.raises(ValueError, match=r"\(28, 28, 1\); got 5 channels. Use"):
            digits.outputs(images, (-1, 1))
    else:
        assert digits.outputs(images, (-1, 1))[0].shape == (2, 128)
