"""Text and errors of foreign files become one line that a terminal only shows."""

import pickle

import pytest

from keras_gan._checks import (
    InputError,
    foreign_file,
    missing_error,
    one_line,
    printable,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("é – 猫 0:1", "é – 猫 0:1"),
        ("\x1b[2J\x1b]0;owned\x07", "?[2J?]0;owned?"),
        ("a\r\nb\tc\x9bd", "a??b?c?d"),
        ("a\u202eb\u2028c\udc80", "a?b?c?"),
    ],
)
def test_no_character_of_foreign_text_controls_a_terminal(text, shown):
    assert printable(text) == shown
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (ValueError("a\n  b\x1b"), "a b?"),
        (KeyError("units"), "KeyError 'units'"),
        (MemoryError(), "MemoryError"),
    ],
)
def test_an_error_is_one_line_that_says_something(error, shown):
    assert one_line(error) == shown


@pytest.mark.parametrize("error", [MemoryError(), RecursionError("deep\n"), KeyError()])
def test_whatever_a_parser_raises_becomes_one_input_error(error):
    with (
        pytest.raises(InputError, match=r"'a\.x': Keras cannot load it.*\)\.$"),
        foreign_file("a.x", "Keras"),
    ):
        raise error


def test_an_input_error_passes_a_parser_as_it_is():
    with pytest.raises(InputError, match=r"^as it is$"), foreign_file("a.x", "Keras"):
        raise InputError("as it is")


def test_no_line_shows_a_password():
    error = ValueError("cannot open https://anna:se@same@example.org/x?y and b@c")
    assert one_line(error) == "cannot open https://…@example.org/x?y and b@c"
    assert one_line("ftp://token@h") == "ftp://…@h"


def test_the_message_of_a_mistake_is_one_printable_line():
    error = InputError("a\x1b[2J\nb  c\udc80")
    assert str(error) == "a?[2J b  c?"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_a_missing_path_is_told_with_the_neighbour_most_like_it(tmp_path):
    (tmp_path / "quickstart").mkdir()
    for missing, hint in (
        (tmp_path / "quikstart", f" Did you mean '{tmp_path / 'quickstart'}'?"),
        (tmp_path / "quickstart", ""),
        (tmp_path / "else", ""),
        (tmp_path / "no" / "quikstart", ""),
    ):
        error = missing_error(missing, "run")
        assert str(error) == f"'{missing}': there is no such run.{hint}"
