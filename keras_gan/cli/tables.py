"""Prints tables that lose no figure where the terminal is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table


def print_table(table: Table) -> None:
    """Prints a table, wider than the terminal rather than with cut figures."""
    from rich.console import Console
    from rich.measure import Measurement

    console = Console()
    wide = Console(width=10_000)
    needed = Measurement.get(wide, wide.options, table).minimum
    Console(width=max(console.width, needed)).print(table)
