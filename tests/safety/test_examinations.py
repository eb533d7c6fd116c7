"""What is good is found safe, and `keras-gan inspect` says what a file holds."""

from __future__ import annotations

import json
import zipfile

import keras
import pytest
from cases import hostile_files
from harness.gans import convolutional_networks

from keras_gan import (
    GAN,
    architectures,
    augmentation,
    cli,
    experiment,
    export,
    losses,
)
from keras_gan._checks import InputError
from keras_gan.safety.archive import read_members
from keras_gan.safety.examination import Refusal
from keras_gan.safety.keras_file import examine_keras
from keras_gan.safety.wire import fields, integers


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return hostile_files.write_good(tmp_path_factory.mktemp("good"))


def inspect(capsys, *arguments):
    """The exit code and what was printed."""
    with pytest.raises(SystemExit) as caught:
        cli.app(["inspect", *map(str, arguments)])
    return caught.value.code, capsys.readouterr().out


@pytest.mark.parametrize(
    "name",
    [
        name if name == "dcgan" else pytest.param(name, marks=pytest.mark.slow)
        for name in architectures.names()
        if name != "mlp"
    ],
)
def test_every_architecture_is_found_safe_with_all_that_compile_takes(name, tmp_path):
    networks = architectures.build(
        name, image_shape=(32, 32, 3), latent_dim=8, num_classes=3
    )
    gan = GAN(*networks, num_classes=3)
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    gan.compile(
        keras.optimizers.Adam(schedule),
        keras.optimizers.SGD(0.1, momentum=0.5),
        loss="hinge",
        penalties=[losses.penalties.R1(1.0)],
        augment=augmentation.DiffAugment(),
        ema_decay=0.9,
    )
    gan.save(tmp_path / "gan.keras")
    found = examine_keras(tmp_path / "gan.keras")
    assert found.reasons == []
    assert found.facts["weights"]["parameters"] > 0


def test_class_of_the_running_program_is_its_own(tmp_path):
    @keras.saving.register_keras_serializable("somebody")
    class Twice(keras.layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    z = keras.Input((4,))
    image = keras.layers.Reshape((4, 4, 1))(Twice()(keras.layers.Dense(16)(z)))
    images = keras.Input((4, 4, 1))
    logits = keras.layers.Dense(1)(keras.layers.Flatten()(images))
    path = tmp_path / "gan.keras"
    GAN(keras.Model(z, image), keras.Model(images, logits)).save(path)
    assert experiment.load_gan(path).latent_dim == 4
    custom = keras.saving.get_custom_objects()
    del custom["somebody>Twice"]
    with pytest.raises(InputError, match="Twice, which is neither"):
        experiment.load_gan(path)


def test_one_changed_byte_anywhere_in_the_weights_is_found(good, tmp_path):
    content = bytearray(good["keras"].read_bytes())
    with zipfile.ZipFile(good["keras"]) as archive:
        start = archive.getinfo("model.weights.h5").header_offset
    for place in range(start + 100, len(content) - 1000, len(content) // 20):
        changed = content.copy()
        changed[place] ^= 1
        path = tmp_path / "gan.keras"
        path.write_bytes(changed)
        with pytest.raises(InputError, match="damaged"):
            experiment.load_gan(path)


def test_archive_is_never_unpacked_beyond_what_its_size_can_hold(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(1 << 26))
    with pytest.raises(Refusal, match="zip bomb"):
        read_members(path, ["a"])


def test_protocol_buffers_are_read_as_their_library_reads_them():
    message = memoryview(b"\x08\x96\x01\x12\x03abc\x1a\x02\x01\x02\x25\0\0\0\0")
    found = [(n, v if isinstance(v, int) else bytes(v)) for n, v in fields(message)]
    assert found == [(1, 150), (2, b"abc"), (3, b"\x01\x02")]
    assert integers(message, 3) == [1, 2]
    for wrong in (b"\x08", b"\x12\x09ab", b"\x0b", b"\x00\x01", b"\x08" + b"\xff" * 11):
        with pytest.raises(Refusal):
            list(fields(memoryview(wrong)))


@pytest.mark.parametrize("kind", ["keras", "onnx", "saved_model"])
def test_inspect_tells_what_a_good_file_holds(good, capsys, kind):
    code, text = inspect(capsys, good[kind])
    assert code == 0
    assert text.startswith(f"{good[kind]}: {kind}\n")
    assert text.endswith("safe to load\n")
    code, text = inspect(capsys, good[kind], "--json")
    facts = json.loads(text)
    assert (code, facts["safe"], facts["reasons"]) == (0, True, [])
    assert facts["generator"]["prior"] == "normal"
    assert len(facts["sha256"]) == 64
    counts = facts["classes" if kind == "keras" else "operators"]
    wanted = {"keras": "Dense", "onnx": "MatMul", "saved_model": "MatMul"}[kind]
    assert counts[wanted] >= 1
    if kind != "keras":
        assert facts["manifest"].endswith("unchanged")
    gan = experiment.load_gan(good["keras"])
    if kind == "saved_model":
        assert facts["parameters"] == gan.generator.count_params()


def test_inspect_tells_of_a_base_path_and_of_a_changed_file(good, capsys, tmp_path):
    assert inspect(capsys, good["saved_model"].parent)[0] == 0
    changed = tmp_path / "good.onnx"
    changed.write_bytes(good["onnx"].read_bytes()[:-1] + b"g")
    code, text = inspect(capsys, changed)
    assert code == 1
    assert "refused: its checksum is missing or another" in text


def test_inspect_shows_nothing_that_a_terminal_would_obey(good, capsys, tmp_path):
    members = hostile_files.members_of(good["keras"])
    config = json.loads(members["config.json"])
    config["class_name"] = "\x1b[2J evil"
    members["config.json"] = json.dumps(config).encode()
    path = hostile_files.pack(tmp_path / "evil", members)
    code, text = inspect(capsys, path)
    assert code == 1
    assert "\x1b" not in text


def test_inspect_of_nothing_is_a_mistake(capsys, tmp_path):
    with pytest.raises(SystemExit) as caught:
        cli.app(["inspect", str(tmp_path / "nothing")])
    assert caught.value.code == 2
    assert "there is no such file" in capsys.readouterr().err


def test_inspect_tells_of_weights_in_a_file_of_their_own(capsys, tmp_path):
    gan = GAN(*convolutional_networks(generator_filters=16))
    path = export.save_onnx(gan, tmp_path / "g.onnx", external_data_above=0)
    code, text = inspect(capsys, path)
    assert (code, text.splitlines()[-1]) == (0, "safe to load")
    assert "2 files unchanged" in text
    (weights,) = tmp_path.glob("*.data")
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    code, text = inspect(capsys, path)
    assert code == 1
    assert "refused:" in text


def test_inspect_tells_of_the_models_in_a_run(good, capsys, tmp_path):
    (tmp_path / "config.json").write_text('{"name": "mine", "recipe": {}}')
    (tmp_path / "gan.keras").write_bytes(good["keras"].read_bytes())
    code, text = inspect(capsys, tmp_path)
    assert (code, text.splitlines()[-1]) == (0, "safe to load")
    assert "gan.keras" in text
    (tmp_path / "best.keras").write_bytes(b"nothing")
    code, text = inspect(capsys, tmp_path)
    assert code == 1
    assert "refused: best.keras: " in text
