"""Compares runs by figures, lengths and recipes, with a row for all seeds of one."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from keras_gan._checks import InputError, check_choice, one_line, printable
from keras_gan.evaluation.evaluation import FIGURES, Evaluation, conditions_of
from keras_gan.notebooks.tables import html_table
from keras_gan.pages.template import plain
from keras_gan.runs.columns import columns_of
from keras_gan.runs.folder import RunFolder
from keras_gan.runs.spread import Spread
from keras_gan.runs.summary import RunSummary, summarize

REAL = "real against real"
# The seeds of a row below which its deviation says too little to rank it.
_FEWEST_SEEDS = 3


@dataclass(frozen=True, eq=False)
class ComparedRuns:
    """Runs that differ in nothing but the seed: one row of a comparison.

    Attributes:
        label: The name of the runs, or of their folders.
        runs: The runs, at least one.
        figures: The figures of `keras-gan evaluate` by name, over the evaluated runs;
            empty where these were not evaluated in one way. Where no run of the
            comparison is evaluated, those of the best epoch during training.
        logs: The figures of the last epoch by name, over the runs.
    """

    label: str
    runs: tuple[RunSummary, ...]
    figures: dict[str, Spread]
    logs: dict[str, Spread]

    @property
    def seeds(self) -> list[int]:
        """The seeds of the runs."""
        return [run.seed for run in self.runs]

    @property
    def evaluated(self) -> int:
        """The number of runs that `figures` are of."""
        return max((spread.n for spread in self.figures.values()), default=0)

    @property
    def sentences(self) -> list[tuple[str, str]]:
        """The figures in words: each sentence after the runs that it holds for."""
        found: dict[str, list[RunSummary]] = {}
        for run in self.runs:
            for sentence in run.sentences:
                found.setdefault(sentence, []).append(run)
        return [(self.name_of(of_one), said) for said, of_one in found.items()]

    def name_of(self, runs: Sequence[RunSummary]) -> str:
        """Returns the label, with the seeds where `runs` are not all of the row.

        Args:
            runs: Some runs of the row, each once.
        """
        if len(runs) == len(self.runs):
            return self.label
        seeds = "seed" if len(runs) == 1 else "seeds"
        return f"{self.label}, {seeds} {', '.join(str(run.seed) for run in runs)}"

    @property
    def minutes(self) -> Spread:
        """The minutes of training over the runs; NaN where they are not known."""
        return Spread.of(run.minutes for run in self.runs)

    @property
    def duration(self) -> str:
        """The minutes of training in words."""
        minutes = self.minutes
        return "unknown" if math.isnan(minutes.mean) else str(minutes)


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Runs side by side.

    Attributes:
        rows: One for each run, or for all runs that differ in nothing but the seed.
        real: The figures of real examples against others, which a perfect generator
            would have; empty where the runs were not evaluated in one way.
        conditions: How the runs were evaluated, a line for each way.
        objection: Why the figures cannot be ranked; None if they can.
        differences: By each field of a recipe, of the data, the versions, the machine
            and the length that differs between the rows, its text for every row.
        while_training: Whether the figures are those of the best epochs, because no run
            is evaluated.
    """

    rows: tuple[ComparedRuns, ...]
    real: dict[str, Spread]
    conditions: tuple[str, ...]
    objection: str | None
    differences: dict[str, list[str]]
    while_training: bool = False

    def __repr__(self) -> str:
        labels = ", ".join(row.label for row in self.rows)
        return one_line(f"Comparison({labels})", None)

    def _repr_html_(self) -> str:
        """Returns the figures and the differences as tables for notebooks."""
        labels = ("", *(row.label for row in self.rows))
        every = [row.figures for row in self.rows]
        figures = [
            (column.name, *(column.text(each) for each in every))
            for column in columns_of(self.metrics(), every)
        ]
        differing = [(name, *texts) for name, texts in self.differences.items()]
        notes = [*self.conditions, *([self.objection] if self.objection else [])]
        return html_table(
            figures, header=labels, title="Figures", notes=notes
        ) + html_table(differing, header=labels, title="Differences")

    @property
    def evaluations(self) -> list[Evaluation]:
        """The evaluations that the figures are from."""
        found = [
            _evaluation(run, self.while_training)
            for row in self.rows
            for run in row.runs
        ]
        return [each for each in found if each is not None]

    def metrics(self, names: Sequence[str] = ()) -> list[str]:
        """Returns the names of the figures, in their order.

        Args:
            names: Those to choose, of figures or of metrics, such as
                "precision_recall"; none for all.

        Raises:
            ValueError: If one of them is no figure of these runs.
        """
        known = list(dict.fromkeys(name for row in self.rows for name in row.figures))
        if names and not known:
            raise InputError(
                "There are no figures to choose `metrics` from; first run `keras-gan "
                "evaluate RUN` for each of the runs."
            )
        chosen = [
            figure
            for name in names
            for figure in ((name,) if name in known else FIGURES.get(name, (name,)))
        ]
        chosen = list(dict.fromkeys(chosen))
        return [check_choice("metrics", name, known) for name in chosen] or known

    def best(self, metric: str) -> list[ComparedRuns]:
        """Returns the row whose mean is clearly the best, in a list; else none.

        It is clear if every row has at least three seeds, and the mean is better than
        each other one by more than the larger of both standard deviations. That is no
        test of significance.

        Args:
            metric: The name of a figure.
        """
        having = [row for row in self.rows if metric in row.figures]
        if self.objection is not None or len(having) < 2:
            return []
        sign = -1 if Evaluation.better(metric) == "less" else 1
        found = [(sign * row.figures[metric].mean, row) for row in having]
        # NaN is the worst, as it comes of weights or samples that are not finite.
        found = [(x if math.isfinite(x) else -math.inf, row) for x, row in found]
        best, first = max(found, key=lambda pair: pair[0])
        clear = math.isfinite(best) and all(
            best - mean > _deviation(first, row, metric)
            for mean, row in found
            if row is not first
        )
        return [first] if clear else []


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
    every = [run for group in groups for run in group]
    while_training = all(run.evaluation is None for run in every)
    rows = tuple(
        _row(*pair, while_training) for pair in zip(labels, groups, strict=True)
    )
    known = [_evaluation(run, while_training) for run in every]
    evaluations = [each for each in known if each is not None]
    objection = _objection(evaluations)
    return Comparison(
        rows,
        _real(evaluations) if objection is None else {},
        _conditions(rows, while_training),
        objection,
        _differences(groups),
        while_training and bool(evaluations),
    )


def _evaluation(run: RunSummary, while_training: bool) -> Evaluation | None:
    return run.best if while_training else run.evaluation


def _deviation(first: ComparedRuns, second: ComparedRuns, metric: str) -> float:
    """Returns the larger deviation of two rows; infinity where seeds are too few."""
    spreads = [row.figures[metric] for row in (first, second)]
    if any(each.n < _FEWEST_SEEDS for each in spreads):
        return math.inf
    deviations = [each.deviation or 0.0 for each in spreads]
    return max([x for x in deviations if math.isfinite(x)], default=0.0)


def _groups(runs: list[RunSummary]) -> list[list[RunSummary]]:
    """Returns the runs in groups of one kind, each seed once in a group."""
    groups: dict[tuple[str, int], list[RunSummary]] = {}
    for run in runs:
        turn = 0
        while run.seed in {other.seed for other in groups.get((run.kind, turn), ())}:
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


def _row(label: str, group: list[RunSummary], while_training: bool) -> ComparedRuns:
    """Returns the row of runs of one kind, with means over them."""
    known = [_evaluation(run, while_training) for run in group]
    evaluations = [each for each in known if each is not None]
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


def _conditions(rows: Sequence[ComparedRuns], while_training: bool) -> tuple[str, ...]:
    """Returns how runs were evaluated, with the rows of each way if there are more."""
    ways: dict[str, list[str]] = {}
    for row in rows:
        for run in row.runs:
            each = _evaluation(run, while_training)
            way = "not evaluated" if each is None else conditions_of(each)
            if while_training and each is not None:
                way = f"during training, at the best epoch of each run: {way}"
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
        if name.startswith("machine: ") and any(name not in each for each in every):
            continue  # runs of earlier versions do not tell
        texts = [
            [printable(_in_words(each.get(name))) for each in group] for group in fields
        ]
        joined = [", ".join(dict.fromkeys(of_one)) for of_one in texts]
        differing = len({text for of_one in texts for text in of_one}) > 1
        alone = len(groups) == 1 and name != "seed"
        if differing and (alone or len(set(joined)) > 1):
            found[name] = joined
    return found


def _in_words(value: Any) -> str:
    """Returns a value of a recipe as readers of a paper write it."""
    if value is None or value in ([], (), {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(_in_words(each) for each in value)
    return plain(value)


def arrow(metric: str) -> str:
    """Returns an arrow to where a figure is better: "↓" or "↑"."""
    return "↓" if Evaluation.better(metric) == "less" else "↑"
