"""The command `keras-gan bench`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keras_gan._checks import check_at_most, check_positive_int
from keras_gan._files import write_json
from keras_gan._limits import LIMITS
from keras_gan._process import usable_cores
from keras_gan.cli.options import Sources, parse_integers
from keras_gan.cli.tables import print_table

if TYPE_CHECKING:
    from keras_gan.benchmark.timing import Timing


def bench(
    artifacts: Sources,
    *,
    batch_sizes: Annotated[
        str, typer.Option(help="Images of a call, such as 1,64.")
    ] = "1,8,64",
    threads: Annotated[
        str | None,
        typer.Option(help="CPU threads, such as 1,2; by default the usable cores."),
    ] = None,
    rounds: Annotated[int, typer.Option(help="Turns of each artifact.")] = 20,
    as_json: Annotated[
        Path | None, typer.Option("--json", help="Write the figures to this file, too.")
    ] = None,
) -> None:
    """Time artifacts side by side: latency and images per second."""
    from keras_gan.benchmark.timing import run_benchmark

    sizes = parse_integers("--batch-sizes", batch_sizes)
    counts = [usable_cores()]
    if threads is not None:
        counts = parse_integers("--threads", threads)
    for option, values in (("--batch-sizes", sizes), ("--threads", counts)):
        for value in values:
            check_positive_int(option, value)
            check_at_most(
                option, value, LIMITS.images, "images of one call", "take less"
            )
    check_positive_int("--rounds", rounds)
    timings = run_benchmark(artifacts, batch_sizes=sizes, threads=counts, rounds=rounds)
    if as_json is not None:
        content = [timing.to_dict() for timing in timings]
        write_json(as_json, content)
    _print(timings)


def _three_digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _print(timings: list[Timing]) -> None:
    """Prints a table, with a line between threads and between batch sizes."""
    from rich.table import Table

    table = Table()
    table.add_column("artifact", overflow="fold")
    table.add_column("kind", no_wrap=True)
    for heading in ("threads", "batch", "p50 ms", "p95 ms", "p99 ms", "images/s"):
        table.add_column(heading, justify="right", no_wrap=True)
    group = None
    for timing in timings:
        if group not in (None, (timing.threads, timing.batch_size)):
            table.add_section()
        group = (timing.threads, timing.batch_size)
        milliseconds = (timing.p50_ms, timing.p95_ms, timing.p99_ms)
        table.add_row(
            timing.artifact,
            timing.kind,
            str(timing.threads),
            str(timing.batch_size),
            *map(_three_digits, milliseconds),
            f"{timing.images_per_second:,.0f}",
        )
    print_table(table)
