"""SavedModels that would read or write files, or call Python."""

from __future__ import annotations

import json
import shutil

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from cases.hostile_onnx import checksum
from keras_gan.safety.seal import seal_json


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


def changed_graph(change):
    """A good SavedModel with a changed graph, or with files beside it."""

    def make(path, good, outside):
        shutil.copytree(good["saved_model"], path)
        file = path / "saved_model.pb"
        model = saved_model_pb2.SavedModel.FromString(file.read_bytes())
        change(model.meta_graphs[0], path)
        file.write_bytes(model.SerializeToString())
        forge_manifest(path, good)
        return path

    return make


def constant_of(model):
    node = model.graph_def.node.add()
    node.name, node.op = "evil", "Const"
    node.attr["dtype"].type = 1
    return node.attr["value"].tensor


def endless_constant(model, path):
    tensor = constant_of(model)
    tensor.dtype = 1
    tensor.float_val.append(0.0)
    tensor.tensor_shape.dim.add().size = 10**11


def handle(model, path):
    tensor = constant_of(model)
    tensor.dtype = 20
    tensor.resource_handle_val.add().hash_code = 0xDEADBEEF


def endless_variable(model, path):
    node = model.object_graph_def.nodes.add()
    node.variable.dtype = 1
    node.variable.shape.dim.add().size = 10**11


def asset(model, path):
    model.asset_file_def.add().filename = "vocabulary.txt"


def second_graph(model, path):
    (path / "saved_model.cpb").write_bytes(b"x")


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
    "endless_constant": changed_graph(endless_constant),
    "endless_variable": changed_graph(endless_variable),
    "handle_in_a_constant": changed_graph(handle),
    "asset": changed_graph(asset),
    "second_graph": changed_graph(second_graph),
    "variables_by_link": link_of_variables,
    "manifest_above": manifest_above,
}
