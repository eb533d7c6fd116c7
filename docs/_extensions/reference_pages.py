"""Writes the pages of the API reference and of the command line before a build.

Every public module gets a page with all its public names, and the commands get one from
what `--help` prints. tests/public_names.json lists both.
"""

import ast
import importlib
import inspect
import json
import re
from pathlib import Path

from sphinx.util.inspect import signature, stringify_signature

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "tests/public_names.json"
# Public modules that are not recorded as names of another.
OTHER_MODULES = ("keras_gan.convergence",)


def setup(app):
    app.connect("config-inited", write_pages)
    # Before napoleon, which writes markup.
    app.connect("autodoc-process-docstring", escape, priority=100)
    app.connect("autodoc-skip-member", skip_foreign)
    app.connect("autodoc-process-signature", own_signature)
    return {"parallel_read_safe": True}


def write_pages(app, config):
    folder = Path(app.srcdir, "reference")
    folder.mkdir(exist_ok=True)
    names = json.loads(RECORD.read_text(encoding="utf-8"))["names"]
    modules = [name for name, kind in names.items() if kind == "module"]
    modules = sorted({*modules, *OTHER_MODULES})
    write(folder / "keras_gan.rst", module_page("keras_gan", names))
    for module in modules:
        write(folder / f"{module}.rst", module_page(module, names))
    write(folder / "index.rst", index_page(["keras_gan", *modules]))
    write(folder / "commands.md", commands_page())


def write(path, text):
    """Writes a page only if it has changed, so that Sphinx does not read it again."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def index_page(modules):
    rows = "\n".join(f"   {module}" for module in modules)
    return (
        "API reference\n=============\n\nEvery public name, by the module it is "
        "imported from.\n\n.. toctree::\n   :maxdepth: 1\n\n" + rows + "\n"
    )


def module_page(module, names):
    """Returns the page of a module: its docstring, then every public name."""
    loaded = importlib.import_module(module)
    lines = [module, "=" * len(module), ""]
    lines += [*escaped(inspect.getdoc(loaded) or "").splitlines(), ""]
    lines += [f".. currentmodule:: {module}", ""]
    for name, kind in names.items():
        place, _, short = name.rpartition(".")
        if place != module or kind == "module" or short.startswith("_"):
            continue
        lines += [*entry(name, getattr(loaded, short)), ""]
    return "\n".join(lines)


def entry(name, value):
    """Returns the directive that describes a name, or a link to where it stands."""
    if inspect.isclass(value):
        if name == "keras_gan.training.GAN":
            return [".. data:: GAN", "   :no-index:", "", "   :class:`keras_gan.GAN`."]
        return [
            f".. autoclass:: {name}",
            "   :members:",
            "   :inherited-members: tuple",
            "   :show-inheritance:",
        ]
    if inspect.isroutine(value):
        return [f".. autofunction:: {name}"]
    words = " ".join(docstring_of(name).split())
    return [f".. data:: {name.rpartition('.')[2]}", "", f"   {escaped(words)}"]


def docstring_of(name):
    """Returns the string below the assignment of a value, wherever it is defined."""
    module, _, short = name.rpartition(".")
    tree = ast.parse(Path(importlib.import_module(module).__file__).read_text())
    for node, below in zip(tree.body, [*tree.body[1:], None], strict=True):
        match node:
            case ast.ImportFrom() if short in [a.asname for a in node.names]:
                return docstring_of(f"{node.module}.{short}")
            case (
                ast.Assign(targets=[ast.Name(id=target)])
                | ast.AnnAssign(target=ast.Name(id=target))
            ) if target == short:
                return ast.literal_eval(below.value) if is_string(below) else ""
    return ""


def is_string(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def commands_page():
    import typer.cli
    import typer.main

    from keras_gan.cli import app

    command = typer.main.get_command(app)
    with command.make_context("keras-gan", [], resilient_parsing=True) as context:
        text = typer.cli.get_docs_for_click(obj=command, ctx=context, name="keras-gan")
    return text.replace("# `keras-gan`", "# Command line", 1)


def own_signature(app, what, name, obj, options, arguments, returned):
    """Returns the arguments of a class that Keras's `__new__` hides."""
    if what != "class" or arguments != "(*args, **kwargs)":
        return None
    own = signature(obj.__init__, bound_method=True)
    return stringify_signature(own, unqualified_typehints=True), returned


def skip_foreign(app, what, name, member, skip, options):
    """Leaves out what a class inherits from Keras, and what a tuple says of fields."""
    if (getattr(member, "__doc__", None) or "").startswith("Alias for field number"):
        return True
    function = getattr(member, "fget", member)
    module = getattr(inspect.unwrap(function), "__module__", None)
    own = module is None or module.startswith("keras_gan")
    return None if own else True


_LITERAL = re.compile(r"``(.+?)``|`([^`]+)`", re.DOTALL)
_MARKUP = re.compile(r"[*|\\]|(?<=\w)_(?!\w)")
# After a literal reStructuredText needs one of these, or an escaped space.
_AFTER = re.compile(r"$|[\s.,:;!?)\]}'\"/-]")


def escaped(text):
    """Makes reStructuredText of a docstring: only `code` is markup there."""
    made, place = "", 0
    for found in _LITERAL.finditer(text):
        made += _MARKUP.sub(r"\\\g<0>", text[place : found.start()])
        made += f"``{found[1] or found[2]}``"
        place = found.end()
        if not _AFTER.match(text[place : place + 1]):
            made += "\\ "
    return made + _MARKUP.sub(r"\\\g<0>", text[place:])


def escape(app, what, name, obj, options, lines):
    """Escapes a docstring, but for its examples; literals may go over lines."""
    text = "\n".join(
        line if line.lstrip().startswith((">>>", "...")) else f"{line}\0"
        for line in lines
    )
    parts = re.split(r"((?:^[^\0\n]*(?:\n|$))+)", text, flags=re.MULTILINE)
    lines[:] = (
        "".join(escaped(part) if "\0" in part else part for part in parts)
        .replace("\0", "")
        .split("\n")
    )
