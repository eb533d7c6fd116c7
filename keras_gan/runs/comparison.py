"""Compares runs by figures, lengths and recipes, with a row for all seeds of one."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from keras_gan._checks import InputError, check_choice, one_line, printable
from keras_gan.evaluation.evaluation import Evaluation, conditions_of
from keras_gan.notebooks.tables import html_table
from keras_gan.pages.template import plain
from keras_gan.runs.folder import RunFolder
from keras_gan.runs.spread import Spread
from keras_gan.runs.summary import RunSummary, summarize


@dataclass(frozen=True, eq=False)
class ComparedRuns:
    """Runs that differ in nothing but the seed: one row of a comparison.

    Attributes:
        label: The name of the runs, or of their folders.
        runs: The runs, at least one.
        figures: The figures of `keras-gan evaluate` by name, over the evaluated runs;
            empty where these were not evaluated in one way.
        logs: The figures of the last epoch by name, over the runs.
    """

    label: str
    runs: tuple[RunSummary, ...]
    figures: dict[str, Spread]
    logs: dict[str, Spread]

    @property
    def seeds(self) -> list[int]:
        """The seeds of the runs."""
        return [run.recipe.seed for run in self.runs]

    @property
    def evaluated(self) -> int:
        """The number of runs that `figures` are of."""
        return max((spread.n for spread in self.figures.values()), default=0)

    @property
    def sentences(self) -> list[tuple[str, str]]:
        """The figures in words: each sentence after the runs that it holds for."""
        folders: dict[str, list[str]] = {}
        for run in self.runs:
            for sentence in run.sentences:
                folders.setdefault(sentence, []).append(printable(run.folder))
        return [
            (self.label if len(of_one) == len(self.runs) else ", ".join(of_one), said)
            for said, of_one in folders.items()
        ]

    @property
    def minutes(self) -> Spread:
        """The minutes of training over the runs."""
        return Spread.of(run.minutes for run in self.runs)


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Runs side by side.

    Attributes:
        rows: One for each run, or for all runs that differ in nothing but the seed.
        real: The figures of real examples against others, which a perfect generator
            would have; empty where the runs were not evaluated in one way.
        conditions: How the runs were evaluated, a line for each way.
        objection: Why the figures cannot be ranked; None if they can.
        differences: By each field of a recipe, of the data, the versions and the length
            that differs, its text for every row.
    """

    rows: tuple[ComparedRuns, ...]
    real: dict[str, Spread]
    conditions: tuple[str, ...]
    objection: str | None
    differences: dict[str, list[str]]

    def __repr__(self) -> str:
        labels = ", ".join(row.label for row in self.rows)
        return one_line(f"Comparison({labels})", None)

    def _repr_html_(self) -> str:
        """Returns the figures and the differences as tables for notebooks."""
        labels = ("", *(row.label for row in self.rows))
        figures = [
            (name, *(str(row.figures.get(name, "–")) for row in self.rows))
            for name in self.metrics()
        ]
        differing = [(name, *texts) for name, texts in self.differences.items()]
        notes = [*self.conditions, *([self.objection] if self.objection else [])]
        return html_table(
            figures, header=labels, title="Figures", notes=notes
        ) + html_table(differing, header=labels, title="Differences")

    def metrics(self, names: Sequence[str] = ()) -> list[str]:
        """Returns the names of the figures, in their order.

        Args:
            names: Those to choose; none for all.

        Raises:
            ValueError: If one of them is no figure of these runs.
        """
        known = list(dict.fromkeys(name for row in self.rows for name in row.figures))
        if names and not known:
            raise InputError(
                "There are no figures to choose `metrics` from; first run `keras-gan "
                "evaluate RUN` for each of the runs."
            )
        return [check_choice("metrics", name, known) for name in names] or known

    def best(self, metric: str) -> list[ComparedRuns]:
        """Returns the row with the best mean, or rows; none if they cannot be ranked.

        The mark says nothing about significance: the standard deviations do.

        Args:
            metric: The name of a figure.
        """
        having = [row for row in self.rows if metric in row.figures]
        means = [row.figures[metric].mean for row in having]
        finite = [mean for mean in means if math.isfinite(mean)]
        if self.objection is not None or len(having) < 2 or not finite:
            return []
        best = min(finite) if Evaluation.better(metric) == "less" else max(finite)
        return [row for row in having if row.figures[metric].mean == best]


def compare(runs: Iterable[str | os.PathLike[str]]) -> Comparison:
    """Reads runs, and puts those that differ in nothing but the seed into one row.

    Runs are put together if their recipes, their data and the steps that they trained
    are equal and their seeds differ. The packages may have other versions, which
    `differences` shows.

    Args:
        runs: The folders of at least two runs.

    Returns:
        A row for each run, or for all seeds of one, and what differs between them.

    Raises:
        ValueError: If there are fewer than two, one is given twice, or a folder holds
            no run.

    Example:
        >>> comparison = keras_gan.runs.compare(["runs/a", "runs/b"])
        >>> keras_gan.runs.write_latex(comparison, "table.tex")
    """
    folders = [RunFolder(run) for run in runs]
    if len(folders) < 2:
        raise InputError("Give at least two runs to compare.")
    places = [folder.path.resolve() for folder in folders]
    for folder, place in zip(folders, places, strict=True):
        if places.count(place) > 1:
            raise InputError(f"'{folder}': it is given twice; give each run once.")
    groups = _groups([summarize(folder) for folder in folders])
    labels = _labels(groups)
    rows = tuple(_row(*pair) for pair in zip(labels, groups, strict=True))
    known = [run.evaluation for group in groups for run in group]
    evaluations = [each for each in known if each is not None]
    objection = _objection(evaluations)
    return Comparison(
        rows,
        _real(evaluations) if objection is None else {},
        _conditions(rows),
        objection,
        _differences(groups),
    )


def _groups(runs: list[RunSummary]) -> list[list[RunSummary]]:
    """Returns the runs in groups of one kind, each seed once in a group."""
    groups: dict[tuple[str, int], list[RunSummary]] = {}
    for run in runs:
        turn = 0
        while run.recipe.seed in {
            other.recipe.seed for other in groups.get((run.kind, turn), ())
        }:
            turn += 1
        groups.setdefault((run.kind, turn), []).append(run)
    return list(groups.values())


def _labels(groups: list[list[RunSummary]]) -> list[str]:
    """Returns names that tell groups apart: those of the runs, their folders or paths.

    The names of runs, by default of their presets, serve if each group has one of its
    own.
    """
    names = [{run.name for run in group} for group in groups]
    if all(len(of_one) == 1 for of_one in names) and len(set.union(*names)) == len(
        groups
    ):
        return [of_one.pop() for of_one in names]
    folders = [[run.folder.path.resolve().name for run in group] for group in groups]
    if len({tuple(of_one) for of_one in folders}) < len(groups):
        folders = [[str(run.folder) for run in group] for group in groups]
    return [printable(", ".join(of_one)) for of_one in folders]


def _row(label: str, group: list[RunSummary]) -> ComparedRuns:
    """Returns the row of runs of one kind, with means over them."""
    evaluations = [run.evaluation for run in group if run.evaluation is not None]
    same = len({each.truncation for each in evaluations}) == 1
    alike = same and _objection(evaluations) is None
    figures = [each.values for each in evaluations] if alike else []
    return ComparedRuns(
        label, tuple(group), _spreads(figures), _spreads([run.logs for run in group])
    )


def _spreads(figures: Sequence[Mapping[str, float]]) -> dict[str, Spread]:
    """Returns the spread of each figure that all have."""
    return {
        name: Spread.of(each[name] for each in figures)
        for name in (figures[0] if figures else ())
        if all(name in each for each in figures)
    }


def _objection(evaluations: list[Evaluation]) -> str | None:
    """Returns why evaluations cannot be compared; None if they can."""
    for other in evaluations[1:]:
        try:
            evaluations[0].check_comparable(other)
        except InputError as error:
            return str(error)
    return None


def _real(evaluations: list[Evaluation]) -> dict[str, Spread]:
    """Returns the figures of data against data, one value where all are equal."""
    found: dict[str, list[float]] = {}
    for each in evaluations:
        for name, value in (each.real or {}).items():
            found.setdefault(name, []).append(value)
    return {
        name: Spread.of(values[:1] if len(set(values)) == 1 else values)
        for name, values in found.items()
    }


def _conditions(rows: Sequence[ComparedRuns]) -> tuple[str, ...]:
    """Returns how runs were evaluated, with the rows of each way if there are more."""
    ways: dict[str, list[str]] = {}
    for row in rows:
        for run in row.runs:
            each = run.evaluation
            way = "not evaluated" if each is None else conditions_of(each)
            labels = ways.setdefault(way, [])
            if row.label not in labels:
                labels.append(row.label)
    if len(ways) == 1:
        return tuple(ways)
    return tuple(f"{'; '.join(labels)}: {way}" for way, labels in ways.items())


def _differences(groups: list[list[RunSummary]]) -> dict[str, list[str]]:
    """Returns the fields that differ between groups or within, as text for each."""
    fields = [[run.fields() for run in group] for group in groups]
    every = [each for group in fields for each in group]
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(name for each in every for name in each):
        texts = [
            [printable(plain(each.get(name))) for each in group] for group in fields
        ]
        if len({text for of_one in texts for text in of_one}) > 1:
            found[name] = [", ".join(dict.fromkeys(of_one)) for of_one in texts]
    return found
