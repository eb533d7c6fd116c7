"""The command line `keras-gan`.

Nothing heavy is imported before a command knows that it needs it: the help, the
presets, and sampling from an ONNX file work without TensorFlow.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from keras_gan._checks import InputError
from keras_gan._version import __version__
from keras_gan.cli.bench import bench
from keras_gan.cli.command_line import (
    Commands,
    parse_integers,
)
from keras_gan.cli.evaluate import compare, evaluate
from keras_gan.cli.inspect import inspect
from keras_gan.cli.pictures import animate, classes, neighbors, truncation
from keras_gan.cli.theory import theory
from keras_gan.cli.train import train
from keras_gan.cli.web import export_web

app = typer.Typer(
    cls=Commands,
    help="Train generative adversarial networks and ship their generators.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
export_app = typer.Typer(help="Write a generator as a file that equals the model.")
app.add_typer(export_app, name="export")

_Source = Annotated[
    Path,
    typer.Argument(
        metavar="RUN|ARTIFACT",
        help="A run folder, a .keras or .onnx file, or a SavedModel folder.",
    ),
]
_Licence = Annotated[
    str | None,
    typer.Option(
        help="Of the training data, such as CC-BY-4.0; by default what is known."
    ),
]
_Run = Annotated[
    Path, typer.Argument(metavar="RUN", help="A run folder, or a .keras file.")
]
_Out = Annotated[
    Path,
    typer.Option(
        "--out", help="FILE.png for a grid, FILE.npz for arrays, or a new folder."
    ),
]


def main() -> None:
    """Runs the command line."""
    app()


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.")
    ] = False,
) -> None:
    if version:
        print(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise InputError("Name a command, such as `train`; see keras-gan --help.")


app.command()(train)
app.command()(evaluate)
app.command()(compare)
app.command()(theory)
app.command()(neighbors)
app.command()(classes)
app.command()(truncation)
app.command()(animate)
export_app.command("web")(export_web)
app.command()(inspect)
app.command()(bench)


@app.command()
def sample(
    source: _Source,
    n: Annotated[int | None, typer.Option("--n", help="How many; default 64.")] = None,
    seed: Annotated[int | None, typer.Option(help="One seed for all images.")] = None,
    seeds: Annotated[
        str | None, typer.Option(help="One seed per image, such as 3,5,8.")
    ] = None,
    labels: Annotated[
        str | None, typer.Option(help="A class for all, or one each: 0,1,2.")
    ] = None,
    truncation: Annotated[
        float | None, typer.Option(help="In (0, 1]: more typical, less varied.")
    ] = None,
    out: _Out = Path("samples.png"),
) -> None:
    """Draw images; the same seed is the same image."""
    from keras_gan import priors
    from keras_gan.generators.image_files import (
        check_destination,
        notes_of,
        write_images,
    )
    from keras_gan.generators.opening import open_generator
    from keras_gan.priors.sample_arguments import resolve_labels, resolve_request

    chosen = None if seeds is None else parse_integers("--seeds", seeds)
    classes = None if labels is None else parse_integers("--labels", labels)
    if classes is not None and len(classes) == 1:
        classes = classes[0]
    if chosen is None:
        if n is None:
            n = len(classes) if isinstance(classes, list) else 64
        if seed is None:
            seed = int.from_bytes(os.urandom(4), "big")
    if truncation is not None:
        priors.check_truncation(truncation)
    resolved, _ = resolve_request(n, seed, chosen, None, None)
    check_destination(out)
    generator = open_generator(source)
    drawn = resolve_labels(classes, resolved, generator.num_classes)
    images = generator.sample(seeds=resolved, labels=drawn, truncation=truncation)
    arrays = {"seeds": resolved, "labels": drawn}
    notes = notes_of(source.name, resolved, drawn, truncation)
    write_images(out, images, generator.value_range, arrays, notes=notes)
    suffix = "" if seed is None else f" (seed {seed})"
    print(f"{len(images)} images: {out}{suffix}")


@app.command()
def interpolate(
    source: _Source,
    start: Annotated[int, typer.Option("--from", help="Seed of the first image.")],
    end: Annotated[int, typer.Option("--to", help="Seed of the last image.")],
    steps: Annotated[int, typer.Option(help="Images in all.")] = 10,
    kind: Annotated[str, typer.Option(help="linear or spherical.")] = "linear",
    label: Annotated[
        int | None, typer.Option(help="The class; by default what --from draws.")
    ] = None,
    out: _Out = Path("interpolation.png"),
) -> None:
    """Draw the images between the samples of two seeds."""
    from keras_gan import plotting, priors
    from keras_gan.generators.image_files import check_destination, write_images
    from keras_gan.generators.opening import open_generator
    from keras_gan.priors.sample_arguments import resolve_labels

    check_destination(out)
    plotting.interpolate([0.0], [1.0], steps, kind)  # refuses bad arguments early
    generator = open_generator(source)
    ends = priors.check_seeds([start, end])
    classes = resolve_labels(label, ends[:1], generator.num_classes)
    first, last = generator.prior.latents(ends, generator.latent_dim)
    z = plotting.interpolate(first, last, steps, kind)
    labels = None if classes is None else classes.repeat(steps)
    images = generator.generate(z, labels)
    arrays = {"z": z, "labels": labels}
    write_images(out, images, generator.value_range, arrays, columns=steps)
    print(f"{steps} images: {out}")


@export_app.command("saved-model")
def export_saved_model(
    run: _Run,
    path: Annotated[Path, typer.Argument(help="The base path of the served model.")],
    licence: _Licence = None,
) -> None:
    """Write the next version of a TF Serving model."""
    from keras_gan import export
    from keras_gan.generators.opening import open_gan

    gan = open_gan(run)  # first: it imports TensorFlow without its log lines
    from keras_gan.runs.provenance import provenance_of

    provenance = provenance_of(run, licence)
    print(export.save_saved_model(gan, path, provenance=provenance))


@export_app.command("onnx")
def export_onnx(
    run: _Run,
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
    licence: _Licence = None,
) -> None:
    """Write an ONNX file."""
    from keras_gan import export
    from keras_gan.generators.opening import open_gan

    gan = open_gan(run)
    from keras_gan.runs.provenance import provenance_of

    print(
        export.save_onnx(
            gan,
            path,
            opset=opset,
            output=output,
            precision=precision,
            layout=layout,
            inputs=inputs,
            provenance=provenance_of(run, licence),
        )
    )


@export_app.command("card")
def export_card(
    artifact: Annotated[
        Path, typer.Argument(help="An .onnx file or SavedModel folder.")
    ],
    directory: Annotated[Path, typer.Argument(help="A new folder.")],
) -> None:
    """Write a model card of an export, in Markdown and HTML, with samples."""
    from keras_gan import export
    from keras_gan._process import import_tensorflow

    if artifact.is_dir():
        import_tensorflow()
    print(export.save_model_card(artifact, directory))


@app.command()
def verify(
    path: Annotated[Path, typer.Argument(help="An .onnx file or SavedModel folder.")],
) -> None:
    """Check an exported artifact against its manifest."""
    from keras_gan import export
    from keras_gan._process import import_tensorflow

    if path.is_dir():
        import_tensorflow()
    print(export.verify(path))


@app.command("presets")
def list_presets(
    name: Annotated[str | None, typer.Argument(help="Show this one whole.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Its recipe alone, as --config takes it.")
    ] = False,
) -> None:
    """List the presets, or show one."""
    from keras_gan import presets

    if name is None:
        for known in map(presets.get, presets.names()):
            print(f"{known.name:20}{known.summary}")
        return
    preset = presets.get(name)
    if not as_json:
        print(f"{preset.name}: {preset.summary}\n")
        print(f"follows   {preset.reproduces}")
        print(f"expect    {preset.expected}")
        print(f"takes     {preset.duration}\n")
    print(json.dumps(preset.recipe.to_dict(), indent=2))
