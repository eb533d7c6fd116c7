"""Writes the figures of a comparison as a LaTeX table."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from keras_gan._checks import InputError
from keras_gan._files import write_text
from keras_gan.plotting.picture import SOFTWARE
from keras_gan.runs.columns import columns_of
from keras_gan.runs.comparison import REAL, Comparison, arrow

# Signs of LaTeX. After the end of a row "[" and "*" would be arguments, and two hyphens
# would become a dash.
_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "{''}",
    "-": "{-}",
    "[": "{[}",
    "*": "{*}",
} | {sign: f"\\{sign}" for sign in "#$%&_{}"}
# The heads of columns, in two lines where one would be wide.
_HEADS = {
    "frechet": r"Fr\'echet\\distance",
    "kernel": r"Kernel\\distance",
    "precision": "Precision",
    "recall": "Recall",
    "density": "Density",
    "coverage": "Coverage",
    "inception_score": r"Inception\\score",
    "sliced_wasserstein": r"Sliced\\Wasserstein",
    "parzen": r"Parzen\\(nats)",
    "modes": "Modes",
    "mode_kl": r"KL of\\modes",
    "high_quality": r"High\\quality",
    "pyramid": r"Patches,\\pyramid",
    "patch_frechet": r"Patches,\\Fr\'echet",
}
# Figures of the features that an extractor makes.
_OF_FEATURES = ("frechet", "kernel", "sliced_wasserstein")
_SIGNS = {"↓": r"$\downarrow$", "↑": r"$\uparrow$"}


def write_latex(
    comparison: Comparison,
    path: str | os.PathLike[str],
    *,
    metrics: Sequence[str] = (),
) -> None:
    r"""Writes a LaTeX table, which needs `\usepackage{booktabs}`.

    A mean is bold where `Comparison.best` finds it clearly the best. How the runs were
    evaluated stands below the table, and what differs between them above it, in
    comments.

    Args:
        comparison: The result of `compare`.
        path: The file, in UTF-8; replaced whole or not at all.
        metrics: The figures of the evaluation to write; none for all.

    Raises:
        ValueError: If no run is evaluated, or one of `metrics` is no figure of these
            runs.

    Example:
        >>> comparison = keras_gan.runs.compare(["runs/a", "runs/b"])
        >>> keras_gan.runs.write_latex(comparison, "table.tex")
    """
    names = comparison.metrics(metrics)
    if not names:
        raise InputError(
            "There are no figures for a LaTeX table: no run is evaluated, or the seeds "
            "of one recipe are in different ways; run `keras-gan evaluate RUN` first."
        )
    write_text(path, _latex(comparison, names))


def _latex(comparison: Comparison, names: Sequence[str]) -> str:
    """Returns the table, with its notes below it and comments above."""
    every = [*(row.figures for row in comparison.rows), comparison.real]
    columns = columns_of(names, every)
    best = {name: comparison.best(name) for name in names}
    body = [
        [
            escape_latex(row.label),
            str(row.evaluated),
            *(each.latex(row.figures, bold=row in best[each.name]) for each in columns),
        ]
        for row in comparison.rows
    ]
    last = [[REAL, "", *(each.latex(comparison.real) for each in columns)]]
    return "\n".join(
        [
            *(f"% {' '.join(line.split())}" for line in _comments(comparison)),
            r"\begingroup\small\setlength{\tabcolsep}{3pt}",
            rf"\begin{{tabular}}{{@{{}}l{'r' * (1 + len(names))}@{{}}}}",
            r"\toprule",
            _latex_row(["", "$n$", *(_head(comparison, name) for name in names)]),
            r"\midrule",
            *map(_latex_row, body),
            *([r"\midrule", *map(_latex_row, last)] if comparison.real else []),
            r"\bottomrule",
            r"\end{tabular}\endgroup",
            r"\par\smallskip\begin{minipage}{\linewidth}\footnotesize",
            *(f"{escape_latex(note)}. " for note in _notes(comparison)),
            r"\end{minipage}",
            "",
        ]
    )


def _head(comparison: Comparison, name: str) -> str:
    """Returns the head of a column: the name, the extractor, where a figure is better.

    Names that are not known are those of the logs.
    """
    text = _HEADS.get(name, escape_latex(name))
    if name in _OF_FEATURES:
        names = [each.extractor for each in comparison.evaluations]
        short = {_short(each) for each in names}
        text += rf"\\({escape_latex(short.pop())})" if len(short) == 1 else ""
    sign = _SIGNS[arrow(name)]
    return rf"\shortstack[r]{{{text} {sign}}}"


def _short(extractor: str) -> str:
    """Returns the name by which a user calls an extractor, without its SHA-256."""
    return "digits" if extractor.startswith("digit_classifier-") else extractor


def _notes(comparison: Comparison) -> list[str]:
    """Returns the sentences below the table, without full stops."""
    return [
        "n runs that differ in the seed alone: their mean and standard deviation (with "
        "n - 1)",
        *comparison.conditions,
        *([] if comparison.objection is None else [comparison.objection.rstrip(".")]),
    ]


def _comments(comparison: Comparison) -> list[str]:
    """Returns what the file says to its reader, and what differs between the rows."""
    differing = [
        f"  {name}: "
        + "; ".join(
            f"{row.label}: {text}"
            for row, text in zip(comparison.rows, texts, strict=True)
        )
        for name, texts in comparison.differences.items()
    ]
    return [
        f"Written by {SOFTWARE}; needs \\usepackage{{booktabs}}.",
        "Bold: better than each other row by more than a standard deviation, of at "
        "least three seeds each.",
        "If the table is too wide, choose figures: keras-gan compare RUN RUN --metrics "
        "frechet,recall --latex FILE.tex",
        *(["Differences between the rows:"] if differing else []),
        *differing,
    ]


def _latex_row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def escape_latex(text: str) -> str:
    """Returns text that LaTeX prints as it is."""
    return re.sub("|".join(map(re.escape, _LATEX)), lambda sign: _LATEX[sign[0]], text)
