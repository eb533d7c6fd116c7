"""Keras files that would run code, read or write others, or fill the memory."""

from __future__ import annotations

import base64
import io
import json
import zipfile

import h5py
import keras
import numpy as np

CONFIG, WEIGHTS = "config.json", "model.weights.h5"


def members_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path, members):
    path = path.with_suffix(".keras")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def with_layer(layer, *, position=-1):
    """A file whose generator has one layer more."""

    def make(path, good, outside):
        members = members_of(good["keras"])
        config = json.loads(members[CONFIG])
        layers = config["config"]["generator"]["config"]["layers"]
        entry = layer(outside) if callable(layer) else layer
        layers.insert(position, {**entry, "name": "evil", "inbound_nodes": []})
        members[CONFIG] = json.dumps(config).encode()
        return pack(path, members)

    return make


def object_of(module, name, config, registered=None):
    return {
        "module": module,
        "class_name": name,
        "config": config,
        "registered_name": registered,
    }


def code_that_writes(outside):
    """Marshalled code, as Keras keeps it of a Lambda."""
    target = str(outside / "canary")
    function = eval(f"lambda x: (open({target!r}, 'w').close(), x)[1]")
    import marshal

    code = base64.b64encode(marshal.dumps(function.__code__)).decode()
    return {
        "class_name": "__lambda__",
        "config": {"code": code, "defaults": None, "closure": None},
    }


def lambda_layer(outside):
    return object_of(
        "keras.layers",
        "Lambda",
        {"name": "evil", "function": code_that_writes(outside)},
    )


def vocabulary(outside):
    path = str(outside / "secret.txt")
    return object_of("keras.layers", "StringLookup", {"vocabulary": path})


def served(outside):
    return object_of(
        "keras.layers",
        "TFSMLayer",
        {"filepath": str(outside), "call_endpoint": "serving_default"},
    )


def activation(value):
    return object_of("keras.layers", "Activation", {"activation": value})


def function(module, name):
    return activation(object_of(module, "function", name, name))


def bare_lambda(path, good, outside):
    """A model of its own with a Lambda, as an extractor might come."""
    images = keras.Input((8, 8, 1))
    target = str(outside / "canary")
    code = eval(f"lambda x: (open({target!r}, 'w').close(), x)[1]")
    model = keras.Model(
        images, keras.layers.Lambda(code, output_shape=(8, 8, 1))(images)
    )
    (outside / "canary").unlink(missing_ok=True)
    path = path.with_suffix(".keras")
    model.save(path)
    (outside / "canary").unlink(missing_ok=True)
    return path


def legacy(name):
    """An .h5 model with a Lambda, under a name."""

    def make(path, good, outside):
        keras_file = bare_lambda(path.with_name("of_legacy"), good, outside)
        model = keras.saving.load_model(keras_file, safe_mode=False)
        keras_file.unlink()
        path = path.with_suffix(".h5")
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.save(path)
        (outside / "canary").unlink(missing_ok=True)
        return path.rename(path.with_suffix(name))

    return make


def weights(change):
    """A file whose first array of weights is something else."""

    def make(path, good, outside):
        members = members_of(good["keras"])
        stream = io.BytesIO(members[WEIGHTS])
        with h5py.File(stream, "r+") as file:
            names = []
            file.visititems(
                lambda name, item: (
                    names.append(name) if isinstance(item, h5py.Dataset) else None
                )
            )
            shape = file[names[0]].shape
            del file[names[0]]
            change(file, names[0], shape, outside)
        members[WEIGHTS] = stream.getvalue()
        return pack(path, members)

    return make


def external_link(file, name, shape, outside):
    file[name] = h5py.ExternalLink(str(outside / "secret.h5"), "/values")


def soft_link(file, name, shape, outside):
    file[name] = h5py.SoftLink("/somewhere")


def virtual(file, name, shape, outside):
    layout = h5py.VirtualLayout((64,), "f4")
    layout[:] = h5py.VirtualSource(str(outside / "secret.h5"), "values", (64,))
    file.create_virtual_dataset(name, layout)


def stored_outside(file, name, shape, outside):
    place = [(str(outside / "secret.bin"), 0, 4 * int(np.prod(shape)))]
    file.create_dataset(name, shape, "f4", external=place)


def packed(file, name, shape, outside):
    zeros = np.zeros((1 << 20,), np.float32)
    file.create_dataset(name, data=zeros, compression="gzip", chunks=(1 << 20,))


def endless(file, name, shape, outside):
    file.create_dataset(name, (1 << 40,), "f4")


def zip_bomb(path, good, outside):
    members = members_of(good["keras"])
    path = path.with_suffix(".keras")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("metadata.json", CONFIG):
            archive.writestr(name, members[name])
        with archive.open(WEIGHTS, "w") as file:
            for _ in range(256):
                file.write(bytes(1 << 20))
    return path


def overlapping(path, good, outside):
    """Two members of the directory that share the bytes of one."""
    path = pack(path, members_of(good["keras"]))
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        first = archive.getinfo(CONFIG).header_offset
        second = archive.getinfo(WEIGHTS).header_offset
    place = content.rindex(b"PK\x01\x02")
    entry = bytearray(content[place:])
    assert int.from_bytes(entry[42:46], "little") == second
    entry[42:46] = first.to_bytes(4, "little")
    path.write_bytes(content[:place] + entry)
    return path


def more_members(*names):
    def make(path, good, outside):
        members = members_of(good["keras"])
        return pack(path, members | dict.fromkeys(names, b"x"))

    return make


def twice(path, good, outside):
    members = members_of(good["keras"])
    path = pack(path, members)
    import warnings

    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(CONFIG, members[CONFIG])
    return path


def too_deep(path, good, outside):
    members = members_of(good["keras"])
    nested = b'{"a": ' * 900 + b"1" + b"}" * 900
    members[CONFIG] = members[CONFIG].rstrip()[:-1] + b', "name": ' + nested + b"}"
    return pack(path, members)


def too_large(path, good, outside):
    dense = {"units": 10**12, "name": "evil"}
    return with_layer(object_of("keras.layers", "Dense", dense))(path, good, outside)


def called_on(value, layer):
    """A layer that is called on a value of the file while it is loaded."""
    make = with_layer(layer, position=1)

    def make_called(path, good, outside):
        path = make(path, good, outside)
        members = members_of(path)
        config = json.loads(members[CONFIG])
        entry = config["config"]["generator"]["config"]["layers"][1]
        entry["inbound_nodes"] = [{"args": value, "kwargs": {}}]
        members[CONFIG] = json.dumps(config).encode()
        return pack(path, members)

    return make_called


def switch(function, *arguments):
    """Calls a function of Keras by its name, as if it were a class."""
    operation = object_of("keras.src.ops.core", "Switch", {"name": "evil"})
    return called_on([0, [function], *arguments], operation)


def named_value(dtype):
    value = {"class_name": "__numpy__", "config": {"value": ["x"], "dtype": dtype}}
    return activation(value)


KERAS = {
    "lambda": with_layer(lambda_layer),
    "lambda_alone": bare_lambda,
    "lambda_by_its_place": with_layer(
        object_of("keras.src.layers.core.lambda_layer", "Lambda", {})
    ),
    "lambda_as_activation": with_layer(lambda o: activation(code_that_writes(o))),
    "foreign_class": with_layer(object_of("subprocess", "Popen", {"args": ["true"]})),
    "foreign_class_of_ours": with_layer(
        object_of("keras_gan.export.runtime", "OnnxGenerator", {})
    ),
    "foreign_function": with_layer(function("os", "system")),
    "keras_function_that_fetches": with_layer(function("keras.utils", "get_file")),
    "vocabulary_in_a_file": with_layer(vocabulary),
    "saved_model_inside": with_layer(served),
    "type_by_name": with_layer(
        activation(
            {
                **object_of("os", "__typespec__", ["x"], "system"),
                "spec_name": "system",
            }
        )
    ),
    "function_as_a_class": switch(
        object_of("keras.models", "load_model", {}), "other.keras", None, True, False
    ),
    "noise_while_loading": switch(
        object_of("keras.random", "normal", {}), [10_000, 10_000]
    ),
    "layer_called_on_numbers": called_on(
        [[[1.0]]], object_of("keras.layers", "Dense", {"units": 1})
    ),
    "endless_text": with_layer(named_value("U1000000000")),
    "legacy_h5": legacy(".h5"),
    "legacy_h5_renamed": legacy(".keras"),
    "external_link": weights(external_link),
    "soft_link": weights(soft_link),
    "virtual_dataset": weights(virtual),
    "stored_outside": weights(stored_outside),
    "packed_weights": weights(packed),
    "endless_weights": weights(endless),
    "zip_bomb": zip_bomb,
    "overlapping_members": overlapping,
    "path_traversal": more_members("../../evil.py"),
    "absolute_path": more_members("/tmp/evil.py"),
    "assets": more_members("assets/layers/vocabulary.txt"),
    "config_twice": twice,
    "too_deep": too_deep,
    "too_large": too_large,
}
