"""What the commands share: errors of one line, and what the options' texts mean."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from keras_gan._checks import InputError, one_line

if TYPE_CHECKING:
    from keras_gan.presets import Recipe
    from keras_gan.runs.folder import RunFolder

# The common base of the parser's errors, in whichever module typer keeps it.
_ParserError: Any = typer.BadParameter.__mro__[2]


class Commands(TyperGroup):
    """Commands whose errors are one line on standard error, and exit code 2."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Runs a command; a user's mistake leaves no traceback."""
        warnings.formatwarning = _format_warning
        try:
            code = super().main(
                args, "keras-gan", complete_var, standalone_mode=False, **extra
            )
        except (KeyboardInterrupt, typer.Abort):
            print("keras-gan: interrupted", file=sys.stderr)
            code = 130
        except Exception as error:
            message = _users_mistake(error)
            if message is None or os.environ.get("KERAS_GAN_TRACEBACK") == "1":
                raise
            print(f"keras-gan: {message}", file=sys.stderr)
            code = 2
        if standalone_mode:
            sys.exit(code if isinstance(code, int) else 0)
        return code


def _format_warning(message: Warning | str, *_: Any, **__: Any) -> str:
    """A warning in one line, without the place in the code that gave it."""
    return f"keras-gan: {one_line(message, None)}\n"


def _users_mistake(error: Exception) -> str | None:
    """What to tell a user in one line; None if the error is not the user's."""
    if isinstance(error, _ParserError):
        text = error.format_message()  # pyright: ignore[reportAttributeAccessIssue]
    elif isinstance(error, InputError):
        text = str(error)
    elif isinstance(error, OSError) and error.filename is not None:
        text = f"'{error.filename}': {error.strerror}"
    else:
        return None
    return one_line(text, None)


def choose_recipe(
    preset: str | None, config: Path | None, resumed: Path | None
) -> tuple[Recipe, str]:
    """Returns what to train, and its name."""
    from keras_gan import presets
    from keras_gan.runs.folder import RunFolder

    if preset is not None and config is not None:
        raise InputError("Give either a preset or `--config`, not both.")
    if preset is not None:
        return presets.get(preset).recipe, preset
    if config is not None:
        of_run = config.name == "config.json"
        name = config.resolve().parent.name if of_run else config.stem
        return presets.Recipe.from_file(config), name
    if resumed is None:
        raise InputError(
            f"Name a preset ({', '.join(presets.names())}) or give `--config FILE`; "
            "`--resume` needs `--out RUN`."
        )
    folder = RunFolder(resumed)
    name = folder.read_config().get("name")
    return presets.Recipe.from_file(folder.config), str(name)


def parse_settings(settings: Sequence[str]) -> dict[str, Any]:
    """Returns the fields of `--set`; a value is JSON or, failing that, text."""
    parsed = {}
    for setting in settings:
        field, equals, value = setting.partition("=")
        if not equals:
            raise InputError(f"`--set` must be FIELD=VALUE; got {setting!r}.")
        try:
            parsed[field] = json.loads(value)
        except ValueError:
            parsed[field] = value
    return parsed


def new_run_folder(name: str) -> Path:
    """A folder in `runs` that is not there yet."""
    folder, number = Path("runs", name), 1
    while folder.exists():
        number += 1
        folder = Path("runs", f"{name}-{number}")
    return folder


@contextlib.contextmanager
def resumable(folder: Path) -> Iterator[None]:
    """Says how to go on with a run that Ctrl-C interrupts, and exits with 130."""
    try:
        yield
    except KeyboardInterrupt:
        again = f"keras-gan train --resume --out {shlex.quote(str(folder))}"
        print(f"keras-gan: interrupted; continue with: {again}", file=sys.stderr)
        raise typer.Exit(130) from None


def print_next(run: RunFolder) -> None:
    """Prints where the pictures of a run are, and what to do with it."""
    print(f"\nsamples  {run.samples}\nreport   {run.report}\n\nNext:")
    for command in run.commands():
        print(f"  {command}")


def parse_names(text: str | None) -> list[str]:
    """Returns the names that an option lists, separated by commas; None are none."""
    return [] if text is None else [name.strip() for name in text.split(",")]


def parse_integers(option: str, text: str) -> list[int]:
    """Returns what `option` lists, separated by commas."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise InputError(
            f"`{option}` must be integers with commas between, such as 3,5,8; got "
            f"{text!r}."
        ) from None
