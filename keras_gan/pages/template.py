"""Pages made of templates, in one file that needs nothing beside it."""

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
    """The template of that name; what is filled into HTML is escaped."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=name.endswith(".html"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def plain(value: Any) -> str:
    """A value as a reader wants to see it."""
    if isinstance(value, Mapping) and "name" in value:
        rest = ", ".join(f"{k}={plain(v)}" for k, v in value.items() if k != "name")
        return f"{value['name']}({rest})"
    return value if isinstance(value, str) else json.dumps(value)


def data_uri(path: Path) -> str | None:
    """The picture as text inside the page; None if it is not there."""
    if not path.is_file():
        return None
    kind = path.suffix.removeprefix(".")
    return f"data:image/{kind};base64," + base64.b64encode(path.read_bytes()).decode()
