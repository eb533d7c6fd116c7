"""Fills templates of HTML and Markdown pages, and embeds pictures in them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_gan._checks import printable, without_passwords

if TYPE_CHECKING:
    import jinja2

_TEMPLATES = Path(__file__).with_name("templates")
# Signs that begin HTML, links, tables, code or headings, and the one that escapes them.
_MARKDOWN = re.compile(r"[\\`<>\[\]|#~]")


def page_template(name: str) -> jinja2.Template:
    """Returns the template of that name.

    The values that fill it may come from strangers: what HTML or Markdown would take
    for its own signs is escaped, and control characters become "?".
    """
    import jinja2

    is_html = name.endswith(".html")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=is_html,
        finalize=_for_html if is_html else _for_markdown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = _Code
    return environment.get_template(name)


def plain(value: Any) -> str:
    """Returns a value of a recipe as text for readers."""
    if isinstance(value, Mapping) and "name" in value:
        rest = ", ".join(f"{k}={plain(v)}" for k, v in value.items() if k != "name")
        return f"{value['name']}({rest})"
    return value if isinstance(value, str) else json.dumps(value)


class _Code(str):
    """A value inside of Markdown's code, where a backslash stands for itself."""

    __slots__ = ()


def _for_html(value: Any) -> Any:
    """Returns text without control characters; jinja escapes the rest."""
    if type(value) is not str or value.isprintable():
        return value
    return "\n".join(printable(line) for line in value.split("\n"))


def _for_markdown(value: Any) -> str:
    """Returns text in one line that Markdown shows as it is."""
    text = printable(without_passwords(" ".join(str(value).splitlines())))
    if isinstance(value, _Code):
        return text.replace("`", "'")
    return _MARKDOWN.sub(r"\\\g<0>", text)


def data_uri(path: Path) -> str | None:
    """Returns a picture as text to embed in a page; None if there is no file."""
    if not path.is_file():
        return None
    kind = path.suffix.removeprefix(".")
    return f"data:image/{kind};base64," + base64.b64encode(path.read_bytes()).decode()
