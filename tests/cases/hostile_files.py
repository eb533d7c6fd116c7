"""Writes files that would run code, read or write others, or fill the memory.

Each has right checksums, as an attacker would give it who has read our code.
Run `PYTHONPATH=tests python -m cases.hostile_files FOLDER` to have them.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import sys
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import onnx
import tensorflow as tf
from harness.gans import convolutional_gan
from onnx import TensorProto, helper

from keras_gan import export
from keras_gan.safety.seal import seal_json, seal_onnx

CONFIG, WEIGHTS = "config.json", "model.weights.h5"


def write_good(folder: Path) -> dict[str, Path]:
    """The files of one GAN, by kind: what is made hostile, or damaged."""
    gan = convolutional_gan()
    gan.save(folder / "good.keras")
    return {
        "keras": folder / "good.keras",
        "onnx": export.save_onnx(gan, folder / "good.onnx"),
        "saved_model": export.save_saved_model(gan, folder / "good"),
    }


def write_hostile(folder: Path, good: dict[str, Path], outside: Path) -> list[Path]:
    """Writes all hostile files; `outside` holds what they reach for."""
    (outside / "secret.txt").write_text("a secret\n")
    with h5py.File(outside / "secret.h5", "w") as file:
        file["values"] = np.ones(64, np.float32)
    (outside / "secret.bin").write_bytes(bytes(4096))
    makers = [*KERAS.items(), *ONNX.items(), *SAVED_MODEL.items()]
    return [maker(folder / name, good, outside) for name, maker in makers]


# --- .keras ---------------------------------------------------------------------------


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
    members[CONFIG] = b'{"class_name": "GAN", "config": ' + nested + b"}"
    return pack(path, members)


def too_large(path, good, outside):
    dense = {"units": 10**12, "name": "evil"}
    return with_layer(object_of("keras.layers", "Dense", dense))(path, good, outside)


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


# --- ONNX -----------------------------------------------------------------------------


def changed_onnx(change):
    def make(path, good, outside):
        path = path.with_suffix(".onnx")
        model = onnx.load(good["onnx"])
        del model.metadata_props[1:]
        change(model, path, outside)
        path.write_bytes(model.SerializeToString())
        seal_onnx(path)
        record = json.loads(good["onnx"].with_name("good.onnx.json").read_text())
        record["files"] = {path.name: checksum(path)}
        path.with_name(f"{path.name}.json").write_text(json.dumps(seal_json(record)))
        return path

    return make


def checksum(path):
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return {"sha256": digest, "bytes": len(content)}


def point(tensor, location):
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", "0")):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value


def weights_at(location):
    def change(model, path, outside):
        point(largest(model), location(path, outside))

    return change


def largest(model):
    return max(model.graph.initializer, key=lambda tensor: len(tensor.raw_data))


def up_and_over(path, outside):
    return f"../{outside.name}/secret.bin"


def by_link(path, outside):
    link = path.with_name("weights_link.bin")
    link.symlink_to(outside / "secret.bin")
    return link.name


def in_a_constant(model, path, outside):
    tensor = helper.make_tensor("c", TensorProto.FLOAT, [4], np.zeros(4))
    tensor.ClearField("float_data")
    point(tensor, up_and_over(path, outside))
    node = helper.make_node("Constant", [], ["unused"])
    attribute = node.attribute.add()
    attribute.name, attribute.type = "value", onnx.AttributeProto.TENSOR
    attribute.t.CopyFrom(tensor)
    model.graph.node.append(node)


def in_a_branch(model, path, outside):
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [4], np.zeros(4))
    tensor.ClearField("float_data")
    point(tensor, str(outside / "secret.bin"))
    output = helper.make_tensor_value_info("w", TensorProto.FLOAT, [4])
    branch = helper.make_graph([], "branch", [], [output], [tensor])
    condition = helper.make_tensor("k", TensorProto.BOOL, [], [True])
    model.graph.initializer.append(condition)
    node = helper.make_node(
        "If", ["k"], ["unused"], then_branch=branch, else_branch=branch
    )
    model.graph.node.append(node)


def python_operator(model, path, outside):
    model.opset_import.append(helper.make_opsetid("ai.onnx.contrib", 1))
    model.graph.node.append(
        helper.make_node("PyOp", ["z"], ["unused"], domain="ai.onnx.contrib")
    )


def compiled_program(model, path, outside):
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    model.graph.node.append(
        helper.make_node(
            "EPContext",
            ["z"],
            ["unused"],
            domain="com.microsoft",
            ep_cache_context=up_and_over(path, outside),
        )
    )


ONNX = {
    "absolute_weights": changed_onnx(weights_at(lambda p, o: str(o / "secret.bin"))),
    "weights_above": changed_onnx(weights_at(up_and_over)),
    "weights_by_link": changed_onnx(weights_at(by_link)),
    "weights_in_memory": changed_onnx(weights_at(lambda p, o: "*/_ORT_MEM_ADDR_/*")),
    "weights_of_a_constant": changed_onnx(in_a_constant),
    "weights_of_a_branch": changed_onnx(in_a_branch),
    "python_operator": changed_onnx(python_operator),
    "compiled_program": changed_onnx(compiled_program),
}


# --- SavedModel -----------------------------------------------------------------------


def saved_model(effect, prepare=None):
    """A SavedModel that does something beside what it should, with a right manifest."""

    def make(path, good, outside):
        module = tf.Module()
        module.scale = tf.Variable(1.0)
        if prepare is not None:
            module.kept = prepare(outside)

        @tf.function(input_signature=[tf.TensorSpec((None, 4), tf.float32, "z")])
        def serve(z):
            done = effect(outside, module)
            with tf.control_dependencies([d for d in [done] if d is not None]):
                images = tf.reshape(tf.tile(z, [1, 16]), (-1, 8, 8, 1))
                return {"image": images * module.scale}

        tf.saved_model.save(module, str(path), {"serving_default": serve})
        forge_manifest(path, good)
        return path

    return make


def forge_manifest(folder, good):
    record = json.loads((good["saved_model"] / "manifest.json").read_text())
    record["files"] = {
        path.relative_to(folder).as_posix(): checksum(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    (folder / "manifest.json").write_text(json.dumps(seal_json(record)))


def writes(outside, module):
    return tf.raw_ops.WriteFile(filename=str(outside / "canary"), contents="x")


def saves(outside, module):
    return tf.raw_ops.SaveV2(
        prefix=str(outside / "canary"),
        tensor_names=["a"],
        shape_and_slices=[""],
        tensors=[tf.constant(1.0)],
    )


def restores(outside, module):
    return tf.raw_ops.RestoreV2(
        prefix=str(outside / "secret"),
        tensor_names=["a"],
        shape_and_slices=[""],
        dtypes=[tf.float32],
    )[0]


def calls_python(outside, module):
    target = outside / "canary"
    return tf.py_function(lambda: target.touch() or 1.0, [], tf.float32)


def calls_numpy(outside, module):
    target = outside / "canary"
    return tf.numpy_function(lambda: target.touch() or 1.0, [], tf.float64)


def reads_lines(outside, module):
    lines = tf.data.TextLineDataset(str(outside / "secret.txt"))
    return lines.reduce(np.int64(0), lambda count, _: count + 1)


def prints(outside, module):
    return tf.raw_ops.PrintV2(
        input="x", output_stream=f"file://{outside / 'canary'}", end="\n"
    )


def samples_words(outside, module):
    return tf.raw_ops.FixedUnigramCandidateSampler(
        true_classes=tf.constant([[0]], tf.int64),
        num_true=1,
        num_sampled=1,
        unique=True,
        range_max=1,
        vocab_file=str(outside / "secret.txt"),
        unigrams=[],
    ).sampled_candidates


def looks_up(outside):
    source = tf.lookup.TextFileInitializer(
        str(outside / "secret.txt"),
        tf.string,
        tf.lookup.TextFileIndex.WHOLE_LINE,
        tf.int64,
        tf.lookup.TextFileIndex.LINE_NUMBER,
    )
    return tf.lookup.StaticHashTable(source, -1)


def link_of_variables(path, good, outside):
    shutil.copytree(good["saved_model"], path)
    data = path / "variables" / "variables.data-00000-of-00001"
    shutil.move(data, outside / "variables.data")
    data.symlink_to(outside / "variables.data")
    forge_manifest(path, good)
    return path


def manifest_above(path, good, outside):
    shutil.copytree(good["saved_model"], path)
    record = json.loads((path / "manifest.json").read_text())
    secret = outside / "secret.txt"
    record["files"][f"../../{outside.name}/secret.txt"] = checksum(secret)
    (path / "manifest.json").write_text(json.dumps(seal_json(record)))
    return path


SAVED_MODEL = {
    "reads_a_file": saved_model(
        lambda o, m: tf.raw_ops.ReadFile(filename=str(o / "secret.txt"))
    ),
    "writes_a_file": saved_model(writes),
    "lists_files": saved_model(
        lambda o, m: tf.raw_ops.MatchingFiles(pattern=str(o / "*"))
    ),
    "saves": saved_model(saves),
    "restores": saved_model(restores),
    "calls_python": saved_model(calls_python),
    "calls_numpy": saved_model(calls_numpy),
    "reads_lines": saved_model(reads_lines),
    "prints_to_a_file": saved_model(prints),
    "samples_from_a_file": saved_model(samples_words),
    "looks_up_in_a_file": saved_model(
        lambda o, m: m.kept.lookup(tf.constant(["a"])), looks_up
    ),
    "ends_the_process": saved_model(
        lambda o, m: tf.group(tf.raw_ops.Abort(error_msg="x", exit_without_error=True))
    ),
    "variables_by_link": link_of_variables,
    "manifest_above": manifest_above,
}


if __name__ == "__main__":
    base = Path(sys.argv[1])
    for name in ("good", "hostile", "outside"):
        (base / name).mkdir(parents=True)
    written = write_hostile(
        base / "hostile", write_good(base / "good"), base / "outside"
    )
    print(*written, sep="\n")
