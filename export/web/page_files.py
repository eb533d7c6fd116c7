"""The exported page as files; imports neither TensorFlow nor Keras."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from keras_gan._checks import InputError
from keras_gan.export import _onnxruntime_web

FORMAT = "keras_gan.web"
FORMAT_VERSION = 1
DESCRIPTION = "generator.json"
"""The file that says what the generator is, and along what the sliders go."""

_PAGE = Path(__file__).with_name("page")


def copy_files(folder: Path, onnxruntime_web: Mapping[str, bytes]) -> None:
    """Makes `folder` with all that is the same for every generator."""
    shutil.copytree(_PAGE, folder)
    library = folder / "onnxruntime"
    # Many servers know the type of .js files alone, without which browsers refuse one.
    named = {
        name.replace(".mjs", ".js"): data for name, data in onnxruntime_web.items()
    }
    _onnxruntime_web.write(named, library)
    import onnxruntime

    notices = Path(onnxruntime.__file__).with_name("ThirdPartyNotices.txt")
    if notices.is_file():
        shutil.copy(notices, library)


def check(folder: Path) -> None:
    """Raises `InputError` if `folder` is no exported page."""
    try:
        content = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        right = content["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError):
        right = False
    if not right:
        raise InputError(
            f"'{folder}': it is no exported page; write one with "
            "`keras-gan export web RUN DIR`."
        )
