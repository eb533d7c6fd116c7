"""Serves an exported .onnx file by Ray Serve, in TF Serving's REST protocol.

Usage: FILE=digits.onnx serve run ray_serve:app

`keras_gan.export.ServingClient("http://localhost:8000", "digits")` asks it for images.
The model is called as the file. Ray starts two processes, each with one core, and
another one where requests wait.
"""

import os
from pathlib import Path

from ray import serve
from rest import RestModel
from starlette.responses import Response


@serve.deployment(
    ray_actor_options={"num_cpus": 1},
    autoscaling_config={"min_replicas": 1, "max_replicas": 2},
)
class Generator:
    """One process with the generator."""

    def __init__(self, file):
        self.model = RestModel(Path(file).stem, file)

    async def __call__(self, request):
        """Answers a request."""
        body = await request.body()
        status, text = self.model.answer(request.method, request.url.path, body)
        return Response(text, status, media_type="application/json")


app = Generator.bind(str(Path(os.environ["FILE"]).resolve()))
