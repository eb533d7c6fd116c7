"""The command `keras-gan compare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keras_gan._checks import InputError
from keras_gan.cli.options import check_suffix, parse_names
from keras_gan.cli.tables import print_table

if TYPE_CHECKING:
    from rich.table import Table

    from keras_gan.runs import Comparison

_FIGURES = (".png", ".pdf", ".svg")
_Runs = Annotated[
    list[Path], typer.Argument(metavar="RUN RUN ...", help="Two or more runs.")
]
_Metrics = Annotated[
    str | None,
    typer.Option(
        help="The figures to show, in the curves too, with commas, such as "
        "frechet,precision_recall; by default all that the runs have."
    ),
]
_Curves = Annotated[
    Path | None,
    typer.Option(help="Curves on shared axes: FILE.pdf, FILE.svg or FILE.png."),
]
_Width = Annotated[
    float | None,
    typer.Option(
        help="Of the curves, in inches: 3.3 for a column of a paper; by default 7.2."
    ),
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
    width: _Width = None,
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
    if width is not None and curves is None:
        raise InputError("`--width` is that of `--curves FILE`; give it, too.")
    from keras_gan import runs as folders

    comparison = folders.compare(runs)
    names = comparison.metrics(parse_names(metrics))
    chosen = names if metrics is not None else []
    if curves is not None:  # first, as it may refuse the width
        folders.write_curves(comparison, curves, metrics=chosen, width=width)
    if csv is not None:
        folders.write_csv(comparison, csv, metrics=names)
    folders.write_page(comparison, out, metrics=chosen)
    if latex is not None and names:
        folders.write_latex(comparison, latex, metrics=names)
    _print(comparison, names)
    for path in (curves, csv, latex if names else None, out):
        if path is not None:
            print(path)
    if latex is not None and not names:
        folders.write_latex(comparison, latex)  # says why it has nothing to write


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
    from keras_gan.runs.columns import columns_of
    from keras_gan.runs.comparison import REAL, arrow

    columns = columns_of(
        names, [*(row.figures for row in comparison.rows), comparison.real]
    )
    rows = [
        [row.label, str(row.evaluated), *(each.text(row.figures) for each in columns)]
        for row in comparison.rows
    ]
    for column, name in enumerate(names, start=2):
        best = comparison.best(name)
        for cells, row in zip(rows, comparison.rows, strict=True):
            cells[column] += " *" if row in best else ""
    if comparison.real:
        rows.append([REAL, "", *(each.text(comparison.real) for each in columns)])
    headings = ["run", "n", *(f"{name} {arrow(name)}" for name in names)]
    marked = any(comparison.best(name) for name in names)
    title = "Evaluation during training" if comparison.while_training else "Evaluation"
    mark = " (* best by more than a standard deviation)" if marked else ""
    return _table(title + mark, headings, rows)


def _trainings(comparison: Comparison) -> Table:
    """Returns the table of lengths, and of the last epoch's d_real and d_fake.

    The other figures of the last epoch follow if there is no evaluation.
    """
    from keras_gan.runs.columns import columns_of

    logged = dict.fromkeys(name for row in comparison.rows for name in row.logs)
    hidden = {"d_loss", "g_loss"}
    if comparison.metrics():
        hidden |= set(logged) - {"d_real", "d_fake"}
    first = ("d_real", "d_fake", *logged)
    names = [each for each in dict.fromkeys(first) if each in {*logged} - hidden]
    columns = columns_of(names, [row.logs for row in comparison.rows])
    rows = [
        [
            row.label,
            ", ".join(map(str, row.seeds)),
            str(row.runs[0].epochs),
            str(row.runs[0].steps),
            row.duration,
            row.runs[0].end,
            *(each.text(row.logs) for each in columns),
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
