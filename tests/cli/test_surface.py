"""What the command line shows: its help, its name, and figures on narrow terminals."""

import os
import shlex
import sys

import pytest
import typer
from typer.testing import CliRunner

from keras_gan import evaluation
from keras_gan._process import program
from keras_gan.benchmark.timing import Timing
from keras_gan.cli import app, benchmarking, evaluating


def commands(group=None, path=()):
    """Yields each command with its words."""
    group = typer.main.get_command(app) if group is None else group
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(commands())


def help_of(*words):
    return CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "100"}).output


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_help_ends_with_an_example_that_can_be_run(words):
    *_, example = filter(None, map(str.strip, help_of(*words).splitlines()))
    start, rest = f"Example: keras-gan {' '.join(words)}", example
    assert rest.startswith(start)
    arguments = shlex.split(rest.removeprefix(start))
    context = COMMANDS[words].make_context(words[-1], arguments)
    assert len(context.args) == 0


@pytest.mark.parametrize("words", [(), ("export",), *COMMANDS], ids=" ".join)
def test_no_option_without_a_value_shows_a_type(words):
    assert "bool" not in help_of(*words)


def test_the_commands_that_are_needed_most_come_first():
    lines = help_of().splitlines()
    start = next(i for i, line in enumerate(lines) if "Commands" in line)
    listed = [line.split()[1] for line in lines[start + 1 : start + 5]]
    assert listed == ["train", "sample", "evaluate", "export"]


@pytest.fixture
def python(tmp_path, monkeypatch):
    """A Python beside which the script may stand; the current folder holds both."""
    folder = tmp_path / "my venv" / "bin"
    folder.mkdir(parents=True)
    for name in ("python", "keras-gan"):
        (folder / name).write_text("")
        (folder / name).chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setenv("PATH", os.defpath)
    return folder


def test_the_program_is_named_as_the_shell_finds_it(
    python, monkeypatch, tmp_path_factory
):
    assert program() == "'my venv/bin/keras-gan'"
    monkeypatch.setenv("PATH", str(python))
    assert program() == "keras-gan"
    (python / "keras-gan").unlink()
    assert program() == "python -m keras_gan"
    monkeypatch.setenv("PATH", os.defpath)
    assert program() == "'my venv/bin/python' -m keras_gan"
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert program() == f"'{python / 'python'}' -m keras_gan"


def test_another_installation_on_the_path_is_not_taken(python, monkeypatch, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "keras-gan").write_text("")
    (other / "keras-gan").chmod(0o755)
    monkeypatch.setenv("PATH", str(other))
    assert program() == "'my venv/bin/keras-gan'"


@pytest.mark.parametrize("columns", [30, 60, 100])
def test_no_figure_of_a_table_is_cut(columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(columns))
    values = {"frechet": 0.123456, "density_and_a_long_name": 12345.6}
    evaluating._print(
        evaluation.Evaluation(values, "pixels", "none", 5, 5, "tiny", "", 0), "runs/a"
    )
    benchmarking._print(
        [
            Timing(
                artifact="runs/taste",
                kind="saved_model",
                calls=20,
                threads=2,
                batch_size=64,
                p50_ms=1234.5,
                p95_ms=0.0123,
                p99_ms=99.9,
                images_per_second=123456.0,
            )
        ]
    )
    printed = capsys.readouterr().out
    for figure in ("0.123456", "12345.6", "1,234", "0.0123", "99.9", "123,456"):
        assert figure in printed
    assert "…" not in printed
