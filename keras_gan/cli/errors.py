"""Turns a user's mistake into one line on standard error and an exit code."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from keras_gan._checks import DivergenceError, InputError, one_line
from keras_gan.cli.wording import in_options

# The common base of the parser's errors, in whichever module typer keeps it.
_ParserError: Any = typer.BadParameter.__mro__[2]


class Commands(TyperGroup):
    """Commands whose errors are one line on standard error, with exit code 2.

    A training that diverged has exit code 1.
    """

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
        except (KeyboardInterrupt, typer.Abort):
            print("keras-gan: interrupted", file=sys.stderr)
            code = 130
        except Exception as error:
            message = _message_for_user(error)
            if message is not None and not isinstance(error, _ParserError):
                message = self._reworded(message, given)
            if message is None or os.environ.get("KERAS_GAN_TRACEBACK") == "1":
                raise
            print(f"keras-gan: {message}", file=sys.stderr)
            code = 1 if isinstance(error, DivergenceError) else 2
        if standalone_mode:
            sys.exit(code if isinstance(code, int) else 0)
        return code

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


def _message_for_user(error: Exception) -> str | None:
    """Returns a user's mistake in one line; None if the error is not the user's."""
    if isinstance(error, _ParserError):
        text = error.format_message()  # pyright: ignore[reportAttributeAccessIssue]
    elif isinstance(error, (InputError, DivergenceError)):
        text = str(error)
    elif isinstance(error, OSError) and error.filename is not None:
        text = f"'{error.filename}': {error.strerror}"
    else:
        return None
    return one_line(text, None)
