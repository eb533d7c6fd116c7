"""A model server by TF Serving's published rules, for tests: gRPC and REST.

Usage: model_server.py ROOT [DELAY]

Serves the models whose base paths are the folders in ROOT, by the folders' names, and
looks for new versions at every request. Requests that wait together are run as one
batch, as TF Serving does with --enable_batching. Prints a JSON line with its ports once
it serves; ends when its standard input does. DELAY are seconds before each prediction.

Sources: prediction_service.proto, https://www.tensorflow.org/tfx/serving/api_rest
"""

from __future__ import annotations

import base64
import json
import queue
import re
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import grpc
import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    predict_pb2,
    prediction_service_pb2_grpc,
)

MAX_BATCH_SIZE, BATCH_TIMEOUT = 64, 0.005
HTTP_STATUS = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.INTERNAL: 500,
}
PATH = re.compile(r"/v1/models/([^/:]+)(?:/versions/(\d+))?(/metadata|:predict)?")


class Failure(Exception):  # noqa: N818 - it is an answer, too
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Batcher(threading.Thread):
    """Concatenates what waits along dimension 0, runs it, and splits the outputs."""

    def __init__(self, run):
        super().__init__(daemon=True)
        self.run_batch, self.waiting = run, queue.SimpleQueue()
        self.requests = self.batches = 0
        self.start()

    def __call__(self, inputs):
        future = Future()
        self.waiting.put((inputs, future))
        return future.result()

    def gather(self):
        tasks = [self.waiting.get()]
        deadline = time.monotonic() + BATCH_TIMEOUT
        rows = len(next(iter(tasks[0][0].values())))
        while rows < MAX_BATCH_SIZE:
            try:
                task = self.waiting.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                break
            tasks.append(task)
            rows += len(next(iter(task[0].values())))
        return tasks

    def run(self):
        while True:
            tasks = self.gather()
            self.requests += len(tasks)
            self.batches += 1
            try:
                names = tasks[0][0]
                outputs = self.run_batch(
                    {n: np.concatenate([task[0][n] for task in tasks]) for n in names}
                )
                start = 0
                for inputs, future in tasks:
                    stop = start + len(next(iter(inputs.values())))
                    future.set_result({n: v[start:stop] for n, v in outputs.items()})
                    start = stop
            except Exception as error:
                for _, future in tasks:
                    if not future.done():
                        future.set_exception(error)


class Servable:
    def __init__(self, folder):
        content = (folder / "saved_model.pb").read_bytes()
        saved = saved_model_pb2.SavedModel.FromString(content)
        self.signature_def = saved.meta_graphs[0].signature_def
        self.loaded = tf.saved_model.load(str(folder))
        self.batchers = {
            name: Batcher(lambda inputs, name=name: self.run(name, inputs))
            for name in self.loaded.signatures
        }

    def run(self, signature, inputs):
        tensors = {name: tf.constant(values) for name, values in inputs.items()}
        outputs = self.loaded.signatures[signature](**tensors)
        return {name: values.numpy() for name, values in outputs.items()}


class Models:
    def __init__(self, root, delay):
        self.root, self.delay = root, delay
        self.servables, self.loading = {}, threading.Lock()

    def find(self, name, version):
        base = self.root / name
        numbers = [int(p.name) for p in base.glob("*") if p.name.isdecimal()]
        if not numbers or (version is not None and version not in numbers):
            wanted = f"Latest({name})" if version is None else f"Specific({name}, …)"
            raise Failure(
                grpc.StatusCode.NOT_FOUND, f"Servable not found for request: {wanted}"
            )
        version = max(numbers) if version is None else version
        with self.loading:
            if (name, version) not in self.servables:
                self.servables[name, version] = Servable(base / str(version))
        return self.servables[name, version], version

    def predict(self, servable, signature, inputs):
        time.sleep(self.delay)
        try:
            return servable.batchers[signature](inputs)
        except tf.errors.InvalidArgumentError as error:
            raise Failure(grpc.StatusCode.INVALID_ARGUMENT, error.message) from error

    def check(self, servable, signature, names):
        if signature not in servable.batchers:
            message = f'Serving signature name: "{signature}" not found'
            raise Failure(grpc.StatusCode.INVALID_ARGUMENT, message)
        expected = servable.signature_def[signature].inputs
        if set(expected) != set(names):
            message = f"input size does not match signature: {len(names)}"
            raise Failure(grpc.StatusCode.INVALID_ARGUMENT, message)
        return expected


class PredictionService(prediction_service_pb2_grpc.PredictionServiceServicer):
    def __init__(self, models):
        self.models = models

    def find(self, spec):
        version = spec.version.value if spec.HasField("version") else None
        return self.models.find(spec.name, version)

    def Predict(self, request, context):  # noqa: N802 - the name in the .proto
        try:
            servable, version = self.find(request.model_spec)
            signature = request.model_spec.signature_name or "serving_default"
            self.models.check(servable, signature, request.inputs)
            inputs = {n: tf.make_ndarray(t) for n, t in request.inputs.items()}
            outputs = self.models.predict(servable, signature, inputs)
        except Failure as failure:
            context.abort(failure.code, str(failure))
        response = predict_pb2.PredictResponse(model_spec=request.model_spec)
        response.model_spec.version.value = version
        for name, values in outputs.items():
            response.outputs[name].CopyFrom(tf.make_tensor_proto(values))
        return response

    def GetModelMetadata(self, request, context):  # noqa: N802
        try:
            servable, version = self.find(request.model_spec)
        except Failure as failure:
            context.abort(failure.code, str(failure))
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        response.model_spec.name = request.model_spec.name
        response.model_spec.version.value = version
        found = get_model_metadata_pb2.SignatureDefMap(
            signature_def=servable.signature_def
        )
        response.metadata["signature_def"].Pack(found)
        return response


def as_json(name, values):
    """The JSON value of an output: base64 for bytes, digits that bring floats back."""
    if name.endswith("_bytes"):
        return [{"b64": base64.b64encode(value).decode()} for value in values]
    if values.ndim > 1:
        return [as_json(name, row) for row in values]
    return [float(f"{value:.9g}") for value in values]


class Rest(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def serve(self, respond):
        models = self.server.models
        try:
            path = PATH.fullmatch(self.path)
            if path is None:
                message = f"Malformed request: {self.command} {self.path}"
                raise Failure(grpc.StatusCode.INVALID_ARGUMENT, message)
            name, version, action = path.groups()
            servable, version = models.find(
                name, None if version is None else int(version)
            )
            self.answer(200, respond(servable, action))
        except Failure as failure:
            self.answer(HTTP_STATUS[failure.code], {"error": str(failure)})

    def do_GET(self):
        if self.path == "/batches":  # not TF Serving's: how the tests see batching
            batchers = [
                batcher
                for servable in self.server.models.servables.values()
                for batcher in servable.batchers.values()
            ]
            counts = [(0, 0), *((b.requests, b.batches) for b in batchers)]
            self.answer(200, [sum(column) for column in zip(*counts, strict=True)])
            return
        self.serve(self.metadata)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.serve(lambda servable, _: self.predict(servable, json.loads(body)))

    def metadata(self, servable, _):
        found = get_model_metadata_pb2.SignatureDefMap(
            signature_def=servable.signature_def
        )
        signatures = json_format.MessageToDict(
            found,
            preserving_proto_field_name=True,
            always_print_fields_with_no_presence=True,
        )
        return {"model_spec": {}, "metadata": {"signature_def": signatures}}

    def predict(self, servable, request):
        signature = request.get("signature_name", "serving_default")
        by_row = "instances" in request
        columns = request["instances"] if by_row else request["inputs"]
        if by_row:
            columns = {name: [row[name] for row in columns] for name in columns[0]}
        models = self.server.models
        expected = models.check(servable, signature, columns)
        inputs = {
            name: np.array(
                values, tf.dtypes.as_dtype(expected[name].dtype).as_numpy_dtype
            )
            for name, values in columns.items()
        }
        outputs = models.predict(servable, signature, inputs)
        found = {name: as_json(name, values) for name, values in outputs.items()}
        # The name of an only output is left out; our signatures have one each.
        (only,) = found.values()
        return {"predictions" if by_row else "outputs": only}


class RestServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def main():
    root, delay = Path(sys.argv[1]), float((sys.argv[2:] or [0])[0])
    models = Models(root, delay)
    server = grpc.server(ThreadPoolExecutor(64))
    service = PredictionService(models)
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(service, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    rest = RestServer(("127.0.0.1", 0), Rest)
    rest.models = models
    threading.Thread(target=rest.serve_forever, daemon=True).start()
    ports = {
        "grpc": f"127.0.0.1:{port}",
        "rest": f"http://127.0.0.1:{rest.server_port}",
    }
    print(json.dumps(ports), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
