"""Copies the files of the page, and recognises an exported page."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from keras_gan._checks import InputError
from keras_gan._files import read_text
from keras_gan._limits import LIMITS
from keras_gan.export.web import onnxruntime_web

FORMAT = "keras_gan.web"
FORMAT_VERSION = 1
DESCRIPTION = "generator.json"
"""The file that describes the generator and the directions of the sliders."""
GENERATOR = "generator.onnx"
"""The exported generator."""

_PAGE = Path(__file__).with_name("page")


def copy_files(folder: Path, libraries: Mapping[str, bytes]) -> None:
    """Makes `folder` with the files that are the same for every generator.

    Args:
        folder: The folder, which must not exist yet.
        libraries: The files of onnxruntime-web, by name.
    """
    shutil.copytree(_PAGE, folder)
    library = folder / "onnxruntime"
    # Many servers send the right type, which browsers insist on, for .js but not .mjs.
    named = {name.replace(".mjs", ".js"): data for name, data in libraries.items()}
    onnxruntime_web.write(named, library)
    import onnxruntime

    notices = Path(onnxruntime.__file__).with_name("ThirdPartyNotices.txt")
    if notices.is_file():
        shutil.copy(notices, library)


def check_replaceable(folder: Path) -> None:
    """Raises `InputError` if an export to `folder` would lose more than a page.

    An export replaces an earlier page, as that of an ONNX file replaces the file.
    """
    if not folder.exists():
        return
    if not _is_page(folder):
        raise InputError(
            f"'{folder}' exists already and is no exported page; give a new folder."
        )
    own = {path.name for path in _PAGE.iterdir()} | {DESCRIPTION}
    for path in sorted(folder.iterdir()):
        if path.name not in own and not path.name.startswith(GENERATOR):
            raise InputError(
                f"'{path}' is no part of a page, which would be replaced; move it, or "
                "give a new folder."
            )


def check(folder: Path) -> None:
    """Raises `InputError` if `folder` holds no exported page."""
    if not _is_page(folder):
        raise InputError(
            f"'{folder}': it is no exported page; write one with "
            "`keras-gan export web RUN DIR`."
        )


def _is_page(folder: Path) -> bool:
    try:
        content = json.loads(read_text(folder / DESCRIPTION, LIMITS.answer_bytes))
        return content["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False
