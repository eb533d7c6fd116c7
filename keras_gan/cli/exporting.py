"""The commands that export a generator, and that verify and inspect exports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from keras_gan._checks import InputError
from keras_gan._process import import_tensorflow
from keras_gan.cli.opening import open_trained
from keras_gan.cli.options import Export, Licence, Run, Source, Which


def export_saved_model(
    run: Run,
    path: Annotated[Path, typer.Argument(help="The base path of the served model.")],
    exact: Annotated[
        bool,
        typer.Option(
            "--exact/--batched",
            help="Compute each picture of `generate` by itself, so that a seed is the "
            "same file in every batch, or a batch as one: faster, within a grey level.",
        ),
    ] = True,
    which: Which = None,
    licence: Licence = None,
) -> None:
    """Write the next version of a TF Serving model."""
    from keras_gan import export
    from keras_gan.trained_generators.provenance import provenance_of

    gan = open_trained(run, which)
    provenance = provenance_of(run, licence, step=int(gan.step))
    written = export.save_saved_model(gan, path, exact=exact, provenance=provenance)
    print(written)


def export_onnx(
    run: Run,
    path: Annotated[Path, typer.Argument(help="The .onnx file to write.")],
    opset: Annotated[int, typer.Option(help="13 to 18.")] = 18,
    output: Annotated[str, typer.Option(help="float32 or uint8 images.")] = "float32",
    precision: Annotated[
        str, typer.Option(help="float32, float16, or int8 weights.")
    ] = "float32",
    layout: Annotated[str, typer.Option(help="nhwc or nchw images.")] = "nhwc",
    inputs: Annotated[
        str, typer.Option(help="z, or seed for a graph that draws z itself.")
    ] = "z",
    which: Which = None,
    licence: Licence = None,
) -> None:
    """Write an ONNX file."""
    from keras_gan import export
    from keras_gan.trained_generators.provenance import provenance_of

    gan = open_trained(run, which)
    written = export.save_onnx(
        gan,
        path,
        opset=opset,
        output=output,
        precision=precision,
        layout=layout,
        inputs=inputs,
        provenance=provenance_of(run, licence, step=int(gan.step)),
    )
    print(written)


def export_litert(
    run: Run,
    path: Annotated[Path, typer.Argument(help="The .tflite file to write.")],
    precision: Annotated[
        str, typer.Option(help="float32, float16, or int8 weights.")
    ] = "float32",
    which: Which = None,
    licence: Licence = None,
) -> None:
    """Write a LiteRT file, for phones and small devices."""
    from keras_gan import export
    from keras_gan.trained_generators.provenance import provenance_of

    gan = open_trained(run, which)
    provenance = provenance_of(run, licence, step=int(gan.step))
    print(export.save_litert(gan, path, precision=precision, provenance=provenance))


def export_web(
    run: Annotated[
        Path,
        typer.Argument(
            metavar="RUN",
            help="A run folder, a .keras file, emoji or hf://USER/NAME; an exported "
            "page for --serve alone.",
        ),
    ],
    directory: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="A new folder, or an earlier page."),
    ] = None,
    *,
    title: Annotated[
        str | None, typer.Option(help="What it is called; by default as RUN.")
    ] = None,
    which: Which = None,
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
        _write_page(run, directory, title, which, directions, onnxruntime_web)
    if serve:
        _serve_page(run if directory is None else directory, port)


def export_card(
    artifact: Export,
    directory: Annotated[Path, typer.Argument(help="A new folder.")],
) -> None:
    """Write a model card of an export, in Markdown and HTML, with samples."""
    from keras_gan import export

    if artifact.is_dir():
        import_tensorflow()
    print(export.save_model_card(artifact, directory))


def verify(path: Export) -> None:
    """Check an exported artifact against its manifest."""
    from keras_gan import export

    if path.is_dir():
        import_tensorflow()
    print(export.verify(path))


def inspect(
    path: Source,
    as_json: Annotated[
        bool, typer.Option("--json", help="Everything that was found, as JSON.")
    ] = False,
) -> None:
    """Show what a file holds, without running it, and whether it is safe to load.

    The exit code is 1 where it would be refused.
    """
    from keras_gan.trained_generators.inspection import describe, examine

    found = examine(path)
    if as_json:
        print(json.dumps(found.to_dict(), indent=2))
    else:
        print("\n".join(describe(found)))
    if not found.is_safe:
        raise typer.Exit(1)


def _write_page(
    run: Path,
    directory: Path,
    title: str | None,
    which: str | None,
    directions: int,
    onnxruntime_web: Path | None,
) -> None:
    """Writes the page, and prints its path."""
    from keras_gan import export
    from keras_gan.export.web import onnxruntime_web as library
    from keras_gan.export.web import page_files
    from keras_gan.trained_generators.provenance import provenance_of

    page_files.check_replaceable(directory)  # reported before TensorFlow is loaded
    library.find(onnxruntime_web)
    gan = open_trained(run, which)
    page = export.save_web_page(
        gan,
        directory,
        title=run.resolve().stem if title is None else title,
        directions=directions,
        onnxruntime_web=onnxruntime_web,
        provenance=provenance_of(run, step=int(gan.step)),
    )
    print(page)


def _serve_page(folder: Path, port: int) -> None:
    """Serves a page until Ctrl-C."""
    from keras_gan.export.web import page_files
    from keras_gan.export.web.page_server import PageServer

    page_files.check(folder)
    with PageServer(folder, port) as server:
        print(f"{server.url} (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
