"""Checks arguments; an error says what is wrong, what was expected and what to do.

It also puts numbers and text of others into sentences.
"""

from __future__ import annotations

import contextlib
import difflib
import math
import os
import re
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path

_PACKAGE = str(Path(__file__).parent)
# The name and the password in a URL, up to the last "@" before its path.
_CREDENTIALS = re.compile(r"(?<=://)[^\s/?#]*@")


class InputError(ValueError):
    """A user's mistake; the message is one clear line.

    The command line prints it without a traceback and exits with code 2. Names of files
    and text of others in the message may hold control characters, which are replaced.
    """

    def __str__(self) -> str:
        """Returns the message in one printable line."""
        return printable(" ".join(super().__str__().splitlines()))

    def _render_traceback_(self) -> list[str]:
        """Returns what a notebook shows: the user's own lines, and the message."""
        frames = traceback.extract_tb(self.__traceback__)
        lines = [
            f"line {frame.lineno}: {frame.line}"
            for frame in frames
            if "site-packages" not in frame.filename
            and not frame.filename.startswith(_PACKAGE)
        ]
        return [*lines, f"{type(self).__name__}: {self}"]


class DivergenceError(ArithmeticError):
    """A training whose numbers became NaN or infinite; the message is one clear line.

    The command line prints it without a traceback and exits with code 1.
    """


class LostWorkerError(RuntimeError):
    """The loss of a worker without which a training cannot go on, in one clear line.

    The command line prints it without a traceback and exits with code 1.
    """


def printable(text: object, limit: int | None = None) -> str:
    """Returns text of others as one line that a terminal shows and does not obey.

    A "?" stands for each character that is not printable: line ends and escapes, marks
    that change the direction of writing, and halves of characters, which no encoding
    can write.

    Args:
        text: The text, or any object with a text.
        limit: The largest number of characters; None for the whole text.
    """
    text = str(text)[:limit]
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def without_passwords(text: object) -> str:
    """Returns text with "…" for the name and the password in each of its URLs."""
    return _CREDENTIALS.sub("…@", str(text))


def one_line(error: object, limit: int | None = 200) -> str:
    """Returns the printable text of an error on one line, without passwords.

    The type of the error comes first where the text alone says nothing.

    Args:
        error: An error, or any other object with a text.
        limit: The largest number of characters; None for the whole text.
    """
    text = " ".join(without_passwords(error).split())
    is_silent = not text and isinstance(error, BaseException)
    if is_silent or isinstance(error, KeyError):
        text = f"{type(error).__name__} {text}".rstrip()
    return printable(text, limit)


@contextlib.contextmanager
def foreign_file(path: object, reader: str) -> Iterator[None]:
    """Turns whatever a parser raises on a file of others into one `InputError`.

    Parsers raise errors of many kinds for a damaged file, also `MemoryError` and
    `RecursionError`. An `InputError` passes as it is.

    Args:
        path: The file or folder, which the message names.
        reader: The name of the parser, as the message says it.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"'{path}': {reader} cannot load it; it may be damaged ({one_line(error)})."
        ) from error


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Returns a number and its noun: "1 picture", "1,200 pictures".

    Args:
        number: The number.
        noun: The noun for one.
        plural: The noun for any other number; None adds an "s" to `noun`.
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def choice_error(argument: str, value: object, choices: Iterable[str]) -> InputError:
    """Returns an error that lists the choices, and the one most like `value`."""
    choices = sorted(choices)
    listed = ", ".join(repr(choice) for choice in choices)
    close = difflib.get_close_matches(str(value), choices, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return InputError(f"`{argument}` must be one of {listed}; got {value!r}.{hint}")


def missing_error(path: str | os.PathLike[str], what: str) -> InputError:
    """Returns an error about a path that is not there, and the neighbour most like it.

    Args:
        path: The path.
        what: What there should be, such as "run or file".
    """
    path, neighbours = Path(path), set()
    with contextlib.suppress(OSError):
        neighbours = {neighbour.name for neighbour in path.parent.iterdir()}
    close = difflib.get_close_matches(
        path.name, neighbours - {path.name}, n=1, cutoff=0.7
    )
    hint = f" Did you mean '{path.with_name(close[0])}'?" if close else ""
    return InputError(f"'{path}': there is no such {what}.{hint}")


def check_choice(argument: str, value: str, choices: Iterable[str]) -> str:
    """Returns `value` if it is one of `choices`, else raises `InputError`."""
    choices = list(choices)
    if value not in choices:
        raise choice_error(argument, value, choices)
    return value


def check_positive_int(argument: str, value: object, *, minimum: int = 1) -> int:
    """Returns `value` as an int of at least `minimum`, else raises `InputError`."""
    is_integer = hasattr(value, "__index__") and not isinstance(value, bool)
    if not is_integer or int(value) < minimum:  # type: ignore[call-overload]
        raise InputError(
            f"`{argument}` must be an integer >= {minimum}; got {value!r}."
        )
    return int(value)  # type: ignore[call-overload]


def check_seed(argument: str, value: object) -> int:
    """Returns the seed of a training as an int from 0 to 2³² − 1.

    Streams of random numbers follow each other at distances of 2³² (see
    `training.steps.streams`), and Keras takes no larger seed either.
    """
    seed = check_positive_int(argument, value, minimum=0)
    if seed >= 2**32:
        raise InputError(f"`{argument}` must be from 0 to 2**32 - 1; got {seed}.")
    return seed


def check_at_most(argument: str, value: float, most: float, of: str, do: str) -> None:
    """Raises `InputError` if `value` is more than `most`.

    Args:
        argument: The argument's name.
        value: A number.
        most: The limit.
        of: A description of the limit, such as "images of one request".
        do: The remedy, such as "ask for them in several requests".
    """
    if value > most:
        raise InputError(f"`{argument}={value}` is more than the {most:,} {of}; {do}.")


def check_memory(what: str, needed: int, available: int, do: str) -> None:
    """Raises `InputError` if something would need more memory than there is.

    Args:
        what: A description of it, to begin the message with.
        needed: Its bytes.
        available: The bytes that there are, usually `LIMITS.memory_bytes`.
        do: The remedy.
    """
    if needed > available:
        raise InputError(
            f"{what} would take {needed / 2**30:,.1f} GiB of memory, and this process "
            f"may use {available / 2**30:,.1f}; {do}."
        )


def check_positive_int_or_none(
    argument: str, value: object, *, minimum: int = 1
) -> int | None:
    """Returns None for None, else as `check_positive_int`."""
    return (
        None if value is None else check_positive_int(argument, value, minimum=minimum)
    )


def check_steps_per_execution(value: object) -> int | str:
    """Returns `value` if it is "auto" or an integer of at least 1."""
    if isinstance(value, str):
        if value != "auto":
            raise InputError(
                "`steps_per_execution` must be an integer >= 1 or 'auto'; got "
                f"{value!r}."
            )
        return value
    return check_positive_int("steps_per_execution", value)


def check_positive_float(argument: str, value: object) -> float:
    """Returns `value` as a finite float > 0, else raises `InputError`."""
    number = _float_or_nan(value)
    if not 0.0 < number < math.inf:
        raise InputError(f"`{argument}` must be a positive number; got {value!r}.")
    return number


def check_non_negative_float(argument: str, value: object) -> float:
    """Returns `value` as a finite float >= 0, else raises `InputError`."""
    number = _float_or_nan(value)
    if not 0.0 <= number < math.inf:
        raise InputError(f"`{argument}` must be a number >= 0; got {value!r}.")
    return number


def check_between(
    argument: str,
    value: object,
    low: float,
    high: float,
    *,
    low_included: bool = False,
) -> float:
    """Returns `value` as a float in (low, high), or in [low, high)."""
    number = _float_or_nan(value)
    if not (low < number < high or (low_included and number == low)):
        bracket = "[" if low_included else "("
        raise InputError(
            f"`{argument}` must be in {bracket}{low:g}, {high:g}); got {value!r}."
        )
    return number


def check_value_range(
    value: object,
    *,
    argument: str = "value_range",
    example: str = "(-1.0, 1.0)",
    finite: bool = True,
) -> tuple[float, float]:
    """Returns `value` as a (low, high) pair of floats, low < high.

    Args:
        value: The pair.
        argument: Its name in messages.
        example: A right pair, for messages.
        finite: Whether neither may be infinite.
    """
    try:
        low, high = (float(bound) for bound in value)  # type: ignore[attr-defined]
    except (TypeError, ValueError, OverflowError):
        low = high = 0.0
    if not low < high or (finite and math.inf in (-low, high)):
        raise InputError(
            f"`{argument}` must be a pair (low, high) with low < high, for example "
            f"{example}; got {value!r}."
        )
    return low, high


def check_image_shape(
    value: object, *, argument: str = "image_shape"
) -> tuple[int, int, int]:
    """Returns `value` as a (height, width, channels) triple of positive ints."""
    try:
        height, width, channels = (int(size) for size in value)  # type: ignore[attr-defined]
    except (TypeError, ValueError, OverflowError):
        height = width = channels = 0
    if min(height, width, channels) < 1:
        raise InputError(
            f"`{argument}` must be three positive integers (height, width, channels), "
            f"for example (28, 28, 1); got {value!r}."
        )
    return height, width, channels


def check_image_size(value: object, most_pixels: int) -> tuple[int, int] | None:
    """Returns `value`, one number or a pair, as (height, width); None stays None.

    Args:
        value: The argument `image_size`.
        most_pixels: The largest height times width.
    """
    if value is None:
        return None
    sizes = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(sizes) != 2:
        raise InputError(
            f"`image_size` must be an integer or a pair (height, width); got {value!r}."
        )
    height, width = (check_positive_int("image_size", size) for size in sizes)
    if height * width > most_pixels:
        raise InputError(
            f"`image_size={value}` is more than the {most_pixels:,} pixels of one "
            "image; give a smaller one, such as 64."
        )
    return height, width


def check_positive_ints(
    argument: str, value: object, *, example: str
) -> tuple[int, ...]:
    """Returns `value` as a tuple of at least one positive int.

    Args:
        argument: The argument's name.
        value: Any sequence of integers.
        example: A right value for the error to show, for instance "(2,)".
    """
    try:
        sizes = tuple(value)  # type: ignore[call-overload]
        checked = tuple(check_positive_int(argument, size) for size in sizes)
    except (TypeError, InputError):
        checked = ()
    if not checked:
        raise InputError(
            f"`{argument}` must be one or more positive integers, for example "
            f"{example}; got {value!r}."
        )
    return checked


def _float_or_nan(value: object) -> float:
    """Returns `value` as a float, or NaN, which every check refuses, if it is none."""
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return math.nan
