"""Classes of the commands: errors in one line, and help that is quick to read."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from keras_gan._checks import DivergenceError, InputError, LostWorkerError, one_line
from keras_gan._process import missing_library
from keras_gan.cli.wording import hint_at_quotes, in_options

# The common base of the parser's errors, in whichever module typer keeps it.
_ParserError: Any = typer.BadParameter.__mro__[2]


# Ends of a training that are no mistake in the command.
_FAILURES = (DivergenceError, LostWorkerError)
# They come first in the help; the others follow in the order of their registration.
_FIRST = ("train", "sample", "evaluate", "export")


class Command(TyperCommand):
    """A command whose help shows no type for options that take no value."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Returns the parameters, flags without a type."""
        return _without_types(super().get_params(ctx))


class Commands(TyperGroup):
    """Commands whose errors are one line on standard error, with exit code 2.

    A training that diverged, or lost a worker, has exit code 1.
    """

    def get_params(self, ctx: Any) -> list[Any]:
        """Returns the parameters, flags without a type."""
        return _without_types(super().get_params(ctx))

    def list_commands(self, ctx: Any) -> list[str]:
        """Returns the names of the commands, those that most users need first."""
        names = super().list_commands(ctx)
        first = [name for name in _FIRST if name in names]
        return first + [name for name in names if name not in first]

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Runs a command; a user's mistake leaves no traceback."""
        given = sys.argv[1:] if args is None else args

        def format_warning(message: Warning | str, *_: Any, **__: Any) -> str:
            """Returns a warning in one line, without the place in the code."""
            said = self._reworded(one_line(message, None), given)
            return f"keras-gan: {said}\n"

        warnings.formatwarning = format_warning
        try:
            code = super().main(
                args, "keras-gan", complete_var, standalone_mode=False, **extra
            )
        except typer.Abort:
            code = _interrupted()
        except Exception as error:
            message = _message_for_user(error)
            if message is not None and not isinstance(error, _ParserError):
                message = self._reworded(message, given)
            if message is not None:
                message += hint_at_quotes(given, message)
            if message is None or os.environ.get("KERAS_GAN_TRACEBACK") == "1":
                raise
            print(f"keras-gan: {message}", file=sys.stderr)
            code = 1 if isinstance(error, _FAILURES) else 2
        if standalone_mode:
            sys.exit(code if isinstance(code, int) else 0)
        return code

    def invoke(self, ctx: Any) -> Any:
        """Runs the command; typer would end without a word when it is interrupted."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise typer.Exit(_interrupted()) from None

    def _reworded(self, message: str, args: Sequence[str]) -> str:
        """Returns a message in the options of the command that `args` name."""
        command: Any = self
        for name in args:
            if name not in getattr(command, "commands", {}):
                break
            command = command.commands[name]
        options = {
            parameter.name.strip("_"): next(
                (o for o in parameter.opts if o.startswith("--")), None
            )
            for parameter in command.params
        }
        options = {name: option for name, option in options.items() if option}
        # The fields of a file are not options.
        if message.startswith("'") and ".json': " in message:
            return message
        return in_options(message, options, recipe="set" in options)


def _interrupted() -> int:
    """Says that a signal ended the command; returns the exit code."""
    print("keras-gan: interrupted", file=sys.stderr)
    return 130


def _without_types(parameters: list[Any]) -> list[Any]:
    """Takes away the `<bool>` that the help would show beside a flag."""
    for parameter in parameters:
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""
    return parameters


def _message_for_user(error: Exception) -> str | None:
    """Returns a user's mistake in one line; None if the error is not the user's."""
    if isinstance(error, _ParserError):
        text = error.format_message()  # pyright: ignore[reportAttributeAccessIssue]
    elif isinstance(error, (InputError, *_FAILURES)):
        text = str(error)
    elif isinstance(error, OSError) and error.filename is not None:
        text = f"'{error.filename}': {error.strerror}"
    elif isinstance(error, ImportError) and (missing := missing_library(error)):
        text = missing
    else:
        return None
    return one_line(text, None)
