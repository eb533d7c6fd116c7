"""The command `keras-gan compare`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keras_gan.cli.options import check_suffix, parse_names
from keras_gan.cli.tables import print_table

if TYPE_CHECKING:
    from rich.table import Table

    from keras_gan.runs import Comparison, Spread

_FIGURES = (".png", ".pdf", ".svg")
_Runs = Annotated[
    list[Path], typer.Argument(metavar="RUN RUN ...", help="Two or more runs.")
]
_Metrics = Annotated[
    str | None,
    typer.Option(
        help="The figures of `evaluate` to show in the tables, with commas; by default "
        "all: pyramid,precision,recall."
    ),
]
_Curves = Annotated[
    Path | None,
    typer.Option(help="Curves on shared axes: FILE.pdf, FILE.svg or FILE.png."),
]
_Csv = Annotated[Path | None, typer.Option(help="A table for programs: FILE.csv.")]
_Latex = Annotated[
    Path | None, typer.Option(help="A table for a paper, with booktabs: FILE.tex.")
]
_Out = Annotated[Path, typer.Option(help="The HTML file.")]


def compare(
    runs: _Runs,
    *,
    metrics: _Metrics = None,
    curves: _Curves = None,
    csv: _Csv = None,
    latex: _Latex = None,
    out: _Out = Path("compare.html"),
) -> None:
    """Show runs side by side; seeds of one recipe become one row, mean ± deviation.

    The page has samples, figures, curves on shared axes and what differs between the
    recipes and lengths. The tables are printed too.
    """
    for option, path, suffixes in (
        ("--out", out, (".html",)),
        ("--curves", curves, _FIGURES),
        ("--csv", csv, (".csv",)),
        ("--latex", latex, (".tex",)),
    ):
        if path is not None:
            check_suffix(path, *suffixes, option=option)
    from keras_gan import runs as folders

    comparison = folders.compare(runs)
    names = comparison.metrics(parse_names(metrics))
    if latex is not None:  # first, as it may have nothing to write
        folders.write_latex(comparison, latex, metrics=names)
    if csv is not None:
        folders.write_csv(comparison, csv, metrics=names)
    if curves is not None:
        folders.write_curves(comparison, curves)
    folders.write_page(comparison, out, metrics=names)
    _print(comparison, names)
    for path in (curves, csv, latex, out):
        if path is not None:
            print(path)


def _print(comparison: Comparison, names: list[str]) -> None:
    """Prints the tables, what the figures say in words, and how they were made."""
    if names:
        print_table(_figures(comparison, names))
        notes = [*comparison.conditions]
        notes += [] if comparison.objection is None else [comparison.objection]
        print("\n".join(notes))
    else:
        print("No figures: run keras-gan evaluate RUN for each of the runs.")
    print_table(_trainings(comparison))
    if comparison.differences:
        print_table(_differences(comparison))
    for row in comparison.rows:
        for label, sentence in row.sentences:
            print(f"{label}: {sentence}")


def _table(
    title: str, headings: list[str], rows: list[list[str]], *, wrap: bool = False
) -> Table:
    """Returns a table of plain text, in which nothing is markup."""
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left")
    for heading, *cells in zip(headings, *rows, strict=True):
        width = None if wrap else max(map(cell_len, (heading, *cells)))
        table.add_column(Text(heading), min_width=width, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _figures(comparison: Comparison, names: list[str]) -> Table:
    """Returns the table of the evaluation, with the best of each figure marked."""
    from keras_gan.runs.publishing import REAL, arrow

    rows = [
        [row.label, str(row.evaluated), *_cells(row.figures, names)]
        for row in comparison.rows
    ]
    for column, name in enumerate(names, start=2):
        best = comparison.best(name)
        for cells, row in zip(rows, comparison.rows, strict=True):
            cells[column] += " *" if row in best else ""
    if comparison.real:
        rows.append([REAL, "", *_cells(comparison.real, names)])
    headings = ["run", "n", *(f"{name} {arrow(name)}" for name in names)]
    marked = any(comparison.best(name) for name in names)
    return _table(f"Evaluation{' (* best)' if marked else ''}", headings, rows)


def _trainings(comparison: Comparison) -> Table:
    """Returns the table of lengths, and of the last epoch's d_real and d_fake.

    The other figures of the last epoch follow if there is no evaluation.
    """
    logged = dict.fromkeys(name for row in comparison.rows for name in row.logs)
    hidden = {"d_loss", "g_loss"}
    if comparison.metrics():
        hidden |= set(logged) - {"d_real", "d_fake"}
    first = ("d_real", "d_fake", *logged)
    names = [each for each in dict.fromkeys(first) if each in {*logged} - hidden]
    rows = [
        [
            row.label,
            ", ".join(map(str, row.seeds)),
            str(row.runs[0].epochs),
            str(row.runs[0].steps),
            str(row.minutes),
            row.runs[0].end,
            *_cells(row.logs, names),
        ]
        for row in comparison.rows
    ]
    headings = ["run", "seeds", "epochs", "steps", "minutes", "end", *names]
    return _table("Training, with the last epoch's figures", headings, rows)


def _differences(comparison: Comparison) -> Table:
    """Returns the table of what differs, a column for each row of the comparison."""
    headings = ["", *(row.label for row in comparison.rows)]
    rows = [[name, *texts] for name, texts in comparison.differences.items()]
    return _table("Differences", headings, rows, wrap=True)


def _cells(figures: Mapping[str, Spread], names: Sequence[str]) -> list[str]:
    return [str(figures[name]) if name in figures else "–" for name in names]
