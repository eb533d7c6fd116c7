"""The public names, their signatures and the commands are those that are recorded.

`public_names.json` was recorded by the version before. Whoever means to add, change or
remove a name records it anew, and says so in the CHANGELOG:

    python tests/test_public_names.py
"""

import ast
import importlib
import inspect
import json
import re
from pathlib import Path

import pytest
import typer

RECORD = Path(__file__).with_name("public_names.json")
# Public, and not among the names of `keras_gan`: a program and a demonstration.
OTHER_MODULES = ("keras_gan.convergence",)
# The other names of `keras_gan.cli` are its commands, which are recorded as such.
CLI = ("app", "main")
# Methods of Keras's classes that users call, and that may be defined anew.
CALLED = {"compile", "evaluate", "fit", "train_on_batch"}


def names_of(module):
    """The names that a module means to offer, wherever they are defined.

    Those in `__all__`, or else what it defines and what it imports as itself (`X as
    X`), without names that begin with "_". Other imports and submodules do not count.
    """
    if hasattr(module, "__all__"):
        return sorted(module.__all__)
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    return sorted(name for name in bound_names(tree.body) if not name.startswith("_"))


def bound_names(statements):
    """The names that statements of a module bind on purpose."""
    for node in statements:
        match node:
            case ast.If():  # TYPE_CHECKING
                yield from bound_names([*node.body, *node.orelse])
            case ast.Import() | ast.ImportFrom():
                yield from (a.asname for a in node.names if a.asname == a.name)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Assign():
                yield from (t.id for t in node.targets if isinstance(t, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def signature_of(value):
    """The parameters with their kinds and defaults.

    Without annotations: these name the same types in other words from another module.
    """
    parameters = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in inspect.signature(value).parameters.values()
    ]
    # A default that is a function shows where it is in memory.
    return re.sub(" at 0x[0-9a-f]+", "", str(inspect.Signature(parameters)))


def describe(value):
    """What a name stands for, in a line."""
    if inspect.ismodule(value):
        return "module"
    if inspect.isclass(value):
        owner = next(c for c in value.__mro__ if {"__init__", "__new__"} & {*vars(c)})
        return f"class{signature_of(value)}" if is_ours(owner) else "class"
    if inspect.isroutine(value):
        return f"function{signature_of(value)}"
    return "value"


def is_ours(cls):
    return cls.__module__.split(".")[0] == "keras_gan"


def members_of(cls, public):
    """What a class adds to its bases, of which those that are private count as itself.

    What Keras calls is not in the list, nor are the fields of a dataclass, which are in
    its signature.
    """
    bases = cls.__mro__[1:]
    given = {name for base in bases if not is_ours(base) for name in dir(base)}
    given -= CALLED
    given |= {*getattr(cls, "__dataclass_fields__", ())}
    for name in dir(cls):
        owner = next((base for base in cls.__mro__ if name in vars(base)), None)
        if name.startswith("_") or name in given or owner is None or not is_ours(owner):
            continue
        about = describe(getattr(cls, name))
        known = [base for base in bases if base in public and hasattr(base, name)]
        if all(describe(getattr(base, name)) != about for base in known):
            yield name, about


def public_names():
    """From each public name, dotted, to what it stands for."""
    found = {}
    modules = ["keras_gan", *OTHER_MODULES]
    for path in modules:  # grows
        module = importlib.import_module(path)
        for name in names_of(module):
            found[f"{path}.{name}"] = value = getattr(module, name)
            if inspect.ismodule(value):
                assert value is importlib.import_module(f"{path}.{name}")
                modules.append(f"{path}.{name}")
    cli = importlib.import_module("keras_gan.cli")
    found |= {f"keras_gan.cli.{name}": getattr(cli, name) for name in CLI}
    described = {path: describe(value) for path, value in found.items()}
    # By the class, so that one with two names is described under the last.
    classes = {value: path for path, value in found.items() if inspect.isclass(value)}
    for cls, path in classes.items():
        members = members_of(cls, classes)
        described |= {f"{path}.{name}": about for name, about in members}
    return dict(sorted(described.items()))


def commands():
    """From each command to its arguments and options."""
    app = importlib.import_module("keras_gan.cli").app
    return dict(sorted(commands_in(typer.main.get_command(app), "keras-gan")))


def commands_in(command, path):
    """That of a command and of those within it."""
    yield path, [" ".join([*p.opts, *p.secondary_opts]) for p in command.params]
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands_in(inner, f"{path} {name}")


@pytest.fixture(scope="module")
def recorded():
    return json.loads(RECORD.read_text(encoding="utf-8"))


def test_the_public_names_are_those_recorded(recorded):
    assert public_names() == recorded["names"]


def test_the_commands_are_those_recorded(recorded):
    assert commands() == recorded["commands"]


if __name__ == "__main__":
    text = (
        json.dumps(
            {"names": public_names(), "commands": commands()},
            indent=1,
            ensure_ascii=False,
        )
        + "\n"
    )
    RECORD.write_text(text, encoding="utf-8")
