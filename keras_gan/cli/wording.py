"""Says the library's messages in the words of the command line."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

# Messages whose remedy the command line has no word for, and what it says instead. They
# come before the names are put into its words.
_SENTENCES = [
    (
        r"`labels=True`, but (.*) has no labels; leave `labels` out\.",
        r"\1 has no labels, which this recipe uses: add `labels=False`.",
    ),
    (r"Pass for example (`image_size=\d+`)", r"Add for example \1"),
    (r", or an array; got", "; got"),
    (
        r"a smaller `learning_rate` of `discriminator_optimizer`",
        "a smaller rate (`discriminator_optimizer.learning_rate=1e-05`)",
    ),
    (r"Did you mean '\w+:(\\\\[^']*)'\?", ""),
    (
        r"smaller learning rates \(`learning_rate` of `generator_optimizer` and "
        r"`discriminator_optimizer`\), with gradient clipping \(their "
        r"`global_clipnorm`\)",
        "smaller learning rates (`generator_optimizer.learning_rate=1e-05`, and of "
        "`discriminator_optimizer` likewise), with gradient clipping "
        "(`generator_optimizer.global_clipnorm=1.0`, likewise)",
    ),
]
_BATCH = re.compile(r"(more than the (\d+) images .*): pass .*`drop_remainder=False`\.")
# Parameters of `train` by the fields of the recipe that they set.
_PARAMETERS = {"source": "data", "pretrained": "from"}
# What stands before a path in one word.
_BEFORE_PATH = re.compile(r"^(--[a-z-]+=)?((folder|idx|npz):)?")
_NAME = re.compile(r"`([a-z_]+(?:\.[a-z_]+)?)(?:=([^`]*))?`")


def hint_at_quotes(args: Sequence[str], message: str) -> str:
    """Returns a hint where words of a command are the parts of one path, else "".

    Args:
        args: The words of the command, as the shell has cut them.
        message: The message that the hint follows.
    """
    for start in range(len(args)):
        for end in range(start + 2, len(args) + 1):
            joined = " ".join(args[start:end])
            if os.path.exists(_BEFORE_PATH.sub("", joined)):
                ended = "" if message.endswith(".") else "."
                return (
                    f"{ended} A path with spaces needs quotes: {shlex.quote(joined)}."
                )
    return ""


def in_options(message: str, options: Mapping[str, str], *, recipe: bool) -> str:
    """Returns a message with the options of a command for the library's arguments.

    Args:
        message: A message of the library, with arguments such as `batch_size=500`.
        options: The command's options by the names of their parameters, such as
            "--batch-size" by "batch_size".
        recipe: Whether the command has `--set FIELD=VALUE`.
    """
    if recipe:
        for pattern, said in _SENTENCES:
            message = re.sub(pattern, said, message)
        message = _BATCH.sub(_fitting_batch, message)

    def reworded(match: re.Match[str]) -> str:
        name, value = match[1], match[2]
        option = options.get(_PARAMETERS.get(name, name))
        if option is not None:
            return f"`{option}`" if value is None else f"`{option} {_plain(value)}`"
        if recipe and value is not None:
            setting = f"{name}={_json(value)}"
            # A shell would take away the quotes of JSON.
            if '"' in setting:
                setting = shlex.quote(setting)
            return f"`--set {setting}`"
        return match[0]

    return _NAME.sub(reworded, message).rstrip()


def _fitting_batch(match: re.Match[str]) -> str:
    """Proposes the largest power of two that the data fill."""
    size = 1 << (int(match[2]).bit_length() - 1)
    return f"{match[1]}: give a smaller one, such as `batch_size={size}`."


def _value(text: str) -> Any:
    """Returns the value of a Python literal; other text stays text."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _plain(text: str) -> str:
    value = _value(text)
    if isinstance(value, (tuple, list)):
        return ",".join(str(each) for each in value)
    return text if value is None else str(value)


def _json(text: str) -> str:
    value = _value(text)
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
