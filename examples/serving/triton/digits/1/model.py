"""Draws the images of seeds in Triton's Python backend, from the model.onnx beside it.

The Python of the backend needs numpy, onnxruntime and keras_gan, and no TensorFlow.
"""

from pathlib import Path

import numpy as np
import triton_python_backend_utils as triton

from keras_gan.export import runtime

FILE = Path(__file__).with_name("model.onnx")
TYPES = {"float32": "TYPE_FP32", "uint8": "TYPE_UINT8"}


class TritonPythonModel:
    """One instance of the generator; Triton calls its methods."""

    @staticmethod
    def auto_complete_config(config):
        """Adds the inputs and outputs that the ONNX file has."""
        generator = runtime.load(FILE)

        def tensor(name, kind, *shape):
            return {"name": name, "data_type": kind, "dims": list(shape)}

        config.add_input(tensor("seed", "TYPE_INT64", 1))
        if generator.num_classes is not None:
            config.add_input(tensor("label", "TYPE_INT32", 1))
        config.add_input(tensor("truncation", "TYPE_FP32", 1))
        kind = TYPES[generator.dtype.name]
        config.add_output(tensor("image", kind, *generator.image_shape))
        return config

    def initialize(self, _):
        """Loads the file, after an examination."""
        self.generator = runtime.load(FILE)

    def execute(self, requests):
        """Answers requests, drawn as one batch."""
        try:
            images = self.draw(requests)
        except ValueError:  # of one of them, which must not fail the others
            return [self.answer(request) for request in requests]
        sizes = [seeds_of(request).shape[0] for request in requests]
        parts = np.split(images, np.cumsum(sizes)[:-1])
        return [response(part) for part in parts]

    def answer(self, request):
        """Answers one request, be it with an error."""
        try:
            return response(self.draw([request]))
        except ValueError as error:  # keras_gan's are one clear line
            return triton.InferenceResponse([], triton.TritonError(str(error)))

    def draw(self, requests):
        """Returns the images of all requests, `(B, height, width, channels)`."""
        columns = [
            np.concatenate([column(request, name) for request in requests])
            if self.generator.num_classes is not None or name != "label"
            else None
            for name in ("seed", "label", "truncation")
        ]
        seeds, labels, truncation = columns
        return self.generator.sample(seeds=seeds, labels=labels, truncation=truncation)


def column(request, name):
    """Returns an input `(B, 1)` of a request as `(B,)`."""
    tensor = triton.get_input_tensor_by_name(request, name)
    return tensor.as_numpy().reshape(-1)


def seeds_of(request):
    """Returns the seeds of a request."""
    return column(request, "seed")


def response(images):
    """Returns the answer that holds images."""
    return triton.InferenceResponse([triton.Tensor("image", images)])
