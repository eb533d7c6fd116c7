"""The command `keras-gan push`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keras_gan._process import import_tensorflow
from keras_gan.cli.opening import say_epoch
from keras_gan.cli.options import Licence, Run, Which
from keras_gan.trained_generators.hub_client import HubClient


def push(
    run: Run,
    repository: Annotated[str, typer.Argument(metavar="USER/NAME")],
    exports: Annotated[
        list[Path] | None,
        typer.Option(
            "--export",
            metavar="PATH",
            help="An .onnx file or SavedModel folder of this GAN that lies outside of "
            "RUN, too.",
        ),
    ] = None,
    which: Which = None,
    licence: Licence = None,
    private: Annotated[
        bool, typer.Option("--private", help="Make a new repository private.")
    ] = False,
) -> None:
    """Put a GAN, its exports and a card on the Hugging Face Hub, in one commit.

    The token comes from `hf auth login` or HF_TOKEN.
    """
    HubClient().check_token()  # soon, before TensorFlow is imported
    say_epoch(run, which)
    import_tensorflow()
    from keras_gan import hub

    pushed = hub.push(
        run,
        repository,
        which=which,
        exports=exports or (),
        licence=licence,
        private=private,
    )
    print(f"{pushed.url}\n{pushed.address}")
