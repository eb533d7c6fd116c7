"""Fetches onnxruntime-web once from npm for `keras-gan export web`.

    python scripts/build_web.py [--out FOLDER]

Runs `npm pack`, checks the SHA-512 sum of the package, and puts the two files that a
page needs (14 MB) into the folder that `keras-gan export web` reads.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from keras_gan._checks import InputError
from keras_gan.export.web import onnxruntime_web


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=onnxruntime_web.cache_folder())
    folder = parser.parse_args().out
    is_there = folder.exists()
    try:
        build(folder)
    except InputError as error:
        sys.exit(f"build_web: {error}")
    print(f"already there: {folder}" if is_there else folder)


def build(folder):
    """Puts the files into `folder`, unless the right files are already there."""
    if folder.exists():
        onnxruntime_web.find(folder)
        return
    npm = shutil.which("npm")
    if npm is None:
        raise InputError("npm is missing; on Debian: apt-get install npm.")
    with tempfile.TemporaryDirectory() as temporary:
        command = [
            npm,
            "pack",
            "--silent",
            f"onnxruntime-web@{onnxruntime_web.VERSION}",
        ]
        subprocess.run(command, cwd=temporary, check=True, stdout=subprocess.DEVNULL)
        onnxruntime_web.unpack(Path(temporary, onnxruntime_web.ARCHIVE), folder)


if __name__ == "__main__":
    main()
