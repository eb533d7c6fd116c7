"""Fills templates of HTML and Markdown pages, and embeds pictures in them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jinja2

_TEMPLATES = Path(__file__).with_name("templates")


def page_template(name: str) -> jinja2.Template:
    """Returns the template of that name; values that fill HTML are escaped."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=name.endswith(".html"),
        undefined=jinja2.StrictUndefined,
        finalize=_readable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _readable(value: Any) -> Any:
    """Returns text with "?" for characters that no page can hold or show.

    These are control characters but line ends, and halves of characters, as in a path
    that is not UTF-8.
    """
    if not isinstance(value, str) or value.isprintable():
        return value
    signs = [sign if sign.isprintable() or sign == "\n" else "?" for sign in value]
    return type(value)("".join(signs))


def plain(value: Any) -> str:
    """Returns a value of a recipe as text for readers."""
    if isinstance(value, Mapping) and "name" in value:
        rest = ", ".join(f"{k}={plain(v)}" for k, v in value.items() if k != "name")
        return f"{value['name']}({rest})"
    return value if isinstance(value, str) else json.dumps(value)


def data_uri(path: Path) -> str | None:
    """Returns a picture as text to embed in a page; None if there is no file."""
    if not path.is_file():
        return None
    kind = path.suffix.removeprefix(".")
    return f"data:image/{kind};base64," + base64.b64encode(path.read_bytes()).decode()
