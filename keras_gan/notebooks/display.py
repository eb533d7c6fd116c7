"""Shows something in the output of a cell, and changes it there."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any


class Display:
    """One place in the output of a cell, whose content can be replaced.

    It needs no widgets: every frontend of Jupyter can replace what has an identity.
    Make it in the cell that shows it, where `kernel.in_notebook` is true.
    """

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, content: Mapping[str, Any]) -> None:
        """Shows content by its MIME types, in place of what was shown before.

        Args:
            content: Text by "text/plain" and "text/html", bytes by "image/png".
        """
        from IPython.display import display

        data = {
            kind: base64.b64encode(x).decode() if isinstance(x, bytes) else x
            for kind, x in content.items()
        }
        if self._handle is None:
            self._handle = display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)
