"""The command `keras-gan presets`."""

from __future__ import annotations

import json
from typing import Annotated

import typer


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
