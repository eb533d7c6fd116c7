"""Runs `keras-gan` in this process."""

from typer.testing import CliRunner

from keras_gan.cli import app


def invoke(*arguments):
    """Returns what came of a command: `exit_code`, `stdout`, `stderr`."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def succeed(*arguments):
    """Runs a command that must do what it is told; returns its output."""
    result = invoke(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def assert_mistake(line, message, folder):
    """Runs a wrong command in a folder, the current one.

    It must answer with one line, and code 2, and leave the folder as it is.
    """
    before = sorted(folder.iterdir())
    result = invoke(*line.split())
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert result.stderr.startswith("keras-gan: ")
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""
    assert sorted(folder.iterdir()) == before
