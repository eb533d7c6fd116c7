"""The command line `keras-gan`."""

from __future__ import annotations

import sys

from keras_gan._process import missing_library

try:
    from keras_gan.cli.app import app as app
    from keras_gan.cli.app import main as main
except ModuleNotFoundError as error:
    if (_missing := missing_library(error)) is None:
        raise

    def main() -> None:
        """Says which library the command line lacks, and exits with code 2."""
        print(f"keras-gan: {_missing}", file=sys.stderr)
        sys.exit(2)
