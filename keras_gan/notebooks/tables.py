"""Turns rows into an HTML table for the output of a notebook."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

from keras_gan._checks import printable, without_passwords

# Text to the left, which notebooks put to the right; colours are the notebook's.
_LEFT = ' style="text-align:left"'


def html_table(
    rows: Iterable[Sequence[Any]],
    *,
    header: Sequence[Any] = (),
    title: str = "",
    notes: Iterable[str] = (),
) -> str:
    """Returns rows of cells as HTML, in which all text is escaped.

    Args:
        rows: The cells of each row; the first names the row. Floats are given four
            digits, None is a dash.
        header: The names of the columns; none by default.
        title: A line above.
        notes: Lines below.

    Example:
        >>> html_table([("d<sub>real", 0.5)]).count("&lt;sub&gt;")
        1
    """
    parts = [f"<div><strong>{_text(title)}</strong></div>" if title else "", "<table>"]
    if header:
        parts.append(_row("th", header))
    for name, *cells in rows:
        parts.append(_row("td", cells, first=f"<th{_LEFT}>{_text(name)}</th>"))
    parts.append("</table>")
    parts += [f"<div>{_text(note)}</div>" for note in notes]
    return "".join(parts)


def _row(tag: str, cells: Sequence[Any], first: str = "") -> str:
    told = "".join(f"<{tag}{_LEFT}>{_text(cell)}</{tag}>" for cell in cells)
    return f"<tr>{first}{told}</tr>"


def _text(value: Any) -> str:
    """Returns a value as text that HTML shows as it is."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4g}"
    lines = without_passwords(value).splitlines()
    return "<br>".join(html.escape(printable(line)) for line in lines)
