"""Speaks TF Serving's REST protocol for an exported .onnx file, without TensorFlow.

A server gives it requests; ray_serve.py and kserve_model.py beside it do. Those of
`keras_gan.export.ServingClient` are answered as TF Serving answers for a SavedModel.

Source: https://www.tensorflow.org/tfx/serving/api_rest
"""

import base64
import json
import re

import numpy as np

from keras_gan import plotting
from keras_gan.export import runtime

PATH = re.compile(r"/v1/models/([^/:]+)(?:/versions/1)?(/metadata|:predict)?")
TYPES = {"float32": "DT_FLOAT", "int32": "DT_INT32", "int64": "DT_INT64"}


class RestModel:
    """A generator with the signatures `serving_default` and `generate`.

    Args:
        name: The name that clients ask for.
        file: The .onnx file, with the inputs `z`, of pictures.
    """

    def __init__(self, name, file):
        self.name = name
        self.generator = runtime.load(file)
        label = {"label": "int32"} if self.generator.num_classes is not None else {}
        self.inputs = {
            "serving_default": {"z": "float32", **label},
            "generate": {"seed": "int64", **label, "truncation": "float32"},
        }

    def answer(self, method, path, body=b""):
        """Returns the HTTP status and the JSON text of an answer."""
        found = PATH.fullmatch(path)
        if not found or found[1] != self.name:
            return 404, json.dumps({"error": f"Servable not found for request: {path}"})
        try:
            if found[2] == ":predict" and method == "POST":
                content = self.predict(json.loads(body))
            elif found[2] == "/metadata" and method == "GET":
                content = self.metadata()
            elif method == "GET":
                state = {"version": "1", "state": "AVAILABLE"}
                content = {"model_version_status": [state]}
            else:
                raise ValueError(f"{method} {path} is not answered")
        except ValueError as error:
            return 400, json.dumps({"error": str(error)})
        return 200, json.dumps(content)

    def metadata(self):
        """Returns the model's signatures."""
        z, image = [self.generator.latent_dim], [*self.generator.image_shape]
        outputs = {
            "serving_default": {"image": tensor("DT_FLOAT", image)},
            "generate": {"image_bytes": tensor("DT_STRING", [])},
        }
        signatures = {
            name: {
                "inputs": {
                    key: tensor(TYPES[kind], z if key == "z" else [])
                    for key, kind in inputs.items()
                },
                "outputs": outputs[name],
            }
            for name, inputs in self.inputs.items()
        }
        about = {"signature_def": {"signature_def": signatures}}
        spec = {"name": self.name, "signature_name": "", "version": "1"}
        return {"model_spec": spec, "metadata": about}

    def predict(self, request):
        """Returns the answer to a request of columns (`inputs`) or rows (`instances`).

        Raises:
            ValueError: If it cannot be answered; those of keras_gan are one clear line.
        """
        try:
            signature = request.get("signature_name", "serving_default")
            kinds, by_row = self.inputs[signature], "instances" in request
            columns = request["instances" if by_row else "inputs"]
            if by_row:
                columns = {name: [row[name] for row in columns] for name in kinds}
            arrays = {key: np.array(columns[key], kind) for key, kind in kinds.items()}
        except (AttributeError, KeyError, OverflowError, TypeError) as error:
            known = [f"{name} ({', '.join(of)})" for name, of in self.inputs.items()]
            wanted = " or ".join(known)
            raise ValueError(f"the request must be one for {wanted}") from error
        return {"predictions" if by_row else "outputs": self.draw(arrays)}

    def draw(self, arrays):
        """Returns nested lists of an image, or PNG files in base64, for each row."""
        labels = arrays.get("label")
        if "z" in arrays:
            return self.generator.generate(arrays["z"], labels).tolist()
        images = self.generator.sample(
            seeds=arrays["seed"], labels=labels, truncation=arrays["truncation"]
        )
        files = [self.png(image) for image in images]
        return [{"b64": base64.b64encode(file).decode()} for file in files]

    def png(self, image):
        """Returns the PNG file of an image, whose text says that it is synthetic."""
        picture = plotting.image_grid(
            image[np.newaxis],
            value_range=self.generator.value_range,
            padding=0,
            scale=1,
        )
        return plotting.png_bytes(picture, metadata={"Source": plotting.SYNTHETIC})


def tensor(dtype, shape):
    """Returns the description of an input or output, for any batch."""
    sizes = [{"size": str(size), "name": ""} for size in (-1, *shape)]
    return {"dtype": dtype, "tensor_shape": {"dim": sizes, "unknown_rank": False}}
