"""What is good is found safe, and what is changed is found."""

from __future__ import annotations

import json
import zipfile

import keras
import pytest
from cases import hostile_files
from cases.hostile_keras import members_of, pack
from harness.marks import slow_but_for

from keras_gan import (
    GAN,
    architectures,
    augmentation,
    experiment,
    losses,
)
from keras_gan._checks import InputError
from keras_gan.safety.archive import read_members
from keras_gan.safety.examination import Refusal
from keras_gan.safety.keras_file import examine_keras
from keras_gan.safety.protocol_buffer import decode, read_schema


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return hostile_files.write_good(tmp_path_factory.mktemp("good"))


@pytest.mark.parametrize(
    "name", slow_but_for(["dcgan"], [n for n in architectures.names() if n != "mlp"])
)
def test_every_architecture_is_found_safe_with_all_that_compile_takes(name, tmp_path):
    networks = architectures.build(
        name, image_shape=(32, 32, 3), latent_dim=8, num_classes=3
    )
    gan = GAN(*networks, num_classes=3)
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(schedule),
        discriminator_optimizer=keras.optimizers.SGD(0.1, momentum=0.5),
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


def test_layers_that_claim_more_than_the_weights_of_the_file_are_not_made(
    good, tmp_path
):
    members = members_of(good["keras"])
    config = json.loads(members["config.json"])
    layers = config["config"]["generator"]["config"]["layers"]
    dense = next(layer for layer in layers if layer["class_name"] == "Dense")
    dense["config"]["units"] = 10_000
    members["config.json"] = json.dumps(config).encode()
    path = pack(tmp_path / "gan.keras", members)
    assert examine_keras(path).is_safe
    with pytest.raises(InputError, match="its layers claim more than"):
        experiment.load_gan(path)


SCHEMA = read_schema(
    "Outer: 1 count int, 2 name text, 3 sizes int*, 4 rest number,"
    " 5 inner Outer*, 6 secret refused"
)


def test_protocol_buffers_are_read_as_their_library_reads_them():
    message = (
        b"\x08\x96\x01\x12\x03abc\x1a\x02\x01\x02\x25\0\0\0\0\x2a\x02\x08\x05\x18\x03"
    )
    found = decode(message, SCHEMA, "Outer")
    assert bytes(found.pop("rest")) == bytes(4)
    inner = {"count": 5}
    assert found == {"count": 150, "name": "abc", "sizes": [1, 2, 3], "inner": [inner]}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (b"\x08", "no whole"),
        (b"\x12\x09ab", "no whole"),
        (b"\x12\x02\xff\xff", "no whole"),
        (b"\x0b", "no whole"),
        (b"\x00\x01", "no whole"),
        (b"\x08" + b"\xff" * 11, "no whole"),
        (b"\x08\x01\x08\x01", "holds `count` twice"),
        (b"\x32\x01a", "holds `secret`"),
        (b"\x3a\x01a", "unknown field 7"),
        (b"\x0a\x01a", "unknown field 1"),
        (b"\x1a\x40" + bytes(64), "too many dimensions"),
    ],
)
def test_a_protocol_buffer_with_anything_else_is_refused(wrong, message):
    with pytest.raises(Refusal, match=message):
        decode(wrong, SCHEMA, "Outer")


def test_a_protocol_buffer_is_refused_where_it_is_too_deep_or_has_too_many_fields():
    deep = b""
    for _ in range(70):
        length = (
            len(deep).to_bytes(1, "little")
            if len(deep) < 128
            else (bytes((len(deep) & 127 | 128, len(deep) >> 7)))
        )
        deep = b"\x2a" + length + deep
    with pytest.raises(Refusal, match="too deep"):
        decode(deep, SCHEMA, "Outer")
    with pytest.raises(Refusal, match="more than 400000 fields"):
        decode(b"\x18\x01" * 400_001, SCHEMA, "Outer")
