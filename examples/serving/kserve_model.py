"""Serves an exported .onnx file by KServe's own server, in its V1 protocol.

Usage: python kserve_model.py FILE.onnx --model_name digits --http_port 8080
"""

import kserve
from rest import RestModel


class Generator(kserve.Model):
    """A generator that answers `POST /v1/models/NAME:predict`."""

    def __init__(self, name, file):
        super().__init__(name)
        self.file = file
        self.load()

    def load(self):
        """Loads the file, after an examination."""
        self.model = RestModel(self.name, self.file)
        self.ready = True
        return self.ready

    def predict(self, payload, headers=None, response_headers=None):
        """Returns an image for each of `instances`."""
        try:
            return self.model.predict(payload)
        except ValueError as error:
            raise kserve.errors.InvalidInput(str(error)) from error


if __name__ == "__main__":
    parser = kserve.model_server.parser
    parser.add_argument("file", help="what `keras-gan export onnx RUN FILE` wrote")
    given = parser.parse_args()
    kserve.ModelServer().start([Generator(given.model_name, given.file)])
