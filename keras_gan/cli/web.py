"""The command `keras-gan export web`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keras_gan._checks import InputError


def export_web(
    run: Annotated[
        Path,
        typer.Argument(
            metavar="RUN",
            help="A run folder or a .keras file; an exported page for --serve alone.",
        ),
    ],
    directory: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="The folder to write.")
    ] = None,
    *,
    title: Annotated[
        str | None, typer.Option(help="What it is called; by default as RUN.")
    ] = None,
    directions: Annotated[
        int, typer.Option(help="Sliders for directions in the latent space.")
    ] = 8,
    onnxruntime_web: Annotated[
        Path | None,
        typer.Option(
            help="The npm package onnxruntime-web, a .tgz file or a folder; by default "
            "where scripts/build_web.py puts it."
        ),
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Serve the page on this machine.")
    ] = False,
    port: Annotated[int, typer.Option(help="Where to serve; 0 for any.")] = 8000,
) -> None:
    """Write a page that explores the latent space in a browser."""
    if directory is None and not serve:
        raise InputError("Name the folder to write: keras-gan export web RUN DIR.")
    if directory is not None:
        from keras_gan import export
        from keras_gan.export.web import onnxruntime_web as library
        from keras_gan.generators.opening import open_gan

        library.find(onnxruntime_web)  # what is missing is known soon
        gan = open_gan(run)
        from keras_gan.runs.provenance import provenance_of

        name = run.resolve().stem if title is None else title
        page = export.save_web_page(
            gan,
            directory,
            title=name,
            directions=directions,
            onnxruntime_web=onnxruntime_web,
            provenance=provenance_of(run),
        )
        print(page)
    if serve:
        _serve(run if directory is None else directory, port)


def _serve(folder: Path, port: int) -> None:
    from keras_gan.export.web import page_files
    from keras_gan.export.web.page_server import PageServer

    page_files.check(folder)
    with PageServer(folder, port) as server:
        print(f"{server.url} (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
