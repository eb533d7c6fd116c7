"""Reads docstrings in sections, and the code below them for refusals of user input."""

import ast
import functools
import importlib
import inspect
import re
import sys
import textwrap

_SECTION = re.compile(
    r"^(Args|Attributes|Example|Raises|Returns|Source|Yields):", re.MULTILINE
)
# The line that begins the description of an argument, or of several.
_ENTRY = re.compile(r" {4}(\*{0,2}\w+(?:(?:, | and )\*{0,2}\w+)*):(?: (.*))?")


def sections(docstring):
    """From "Args", "Returns", ... to their text; "" is the text before them."""
    before, *parts = _SECTION.split(inspect.cleandoc(docstring or ""))
    return {"": before, **dict(zip(parts[::2], parts[1::2], strict=True))}


def entries(section):
    """From each name that a section describes to the description."""
    found, names = {}, []
    for line in section.splitlines():
        if entry := _ENTRY.fullmatch(line):
            names = re.findall(r"\w+", entry[1].replace(" and ", ", "))
            found |= dict.fromkeys(names, entry[2] or "")
        else:
            found |= {name: f"{found[name]} {line.strip()}" for name in names}
    return found


def function_in(value):
    """The function in a method, a property or a wrapper; None if there is none."""
    value = getattr(value, "__func__", value)
    value = getattr(value, "fget", getattr(value, "func", value))
    value = inspect.unwrap(value) if callable(value) else value
    return value if inspect.isfunction(value) else None


def constructors(cls):
    """The functions of this package that run when the class is called."""
    for name in ("__new__", "__init__", "__post_init__"):
        function = function_in(inspect.getattr_static(cls, name, None))
        if _is_ours(function):
            yield function


@functools.cache
def refuses(function, cls=None, below=()):
    """Tells whether a function, or one that it calls, raises a ValueError.

    Args:
        function: A function of this package.
        cls: The class that `self` is of, if it is not the one that defines it.
        below: The functions that call it.
    """
    tree = _tree(function)
    if function in below or tree is None:
        return False
    scope = _Scope(function, cls or _class_of(function), tree)
    nodes = list(ast.walk(tree))
    if any(scope.is_refusal(node) for node in nodes if isinstance(node, ast.Raise)):
        return True
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    return any(
        refuses(called, owner, (*below, function))
        for call in calls
        for called, owner in scope.called(call)
    )


class _Scope:
    """Finds the values of the names in a function."""

    def __init__(self, function, cls, tree):
        self._names = function.__globals__ | _imports_in(tree)
        self._cls = cls

    def is_refusal(self, node):
        error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        value = self._value(error)
        if isinstance(value, type):
            return issubclass(value, ValueError)
        return _is_ours(value) and "Error" in str(value.__annotations__.get("return"))

    def called(self, node):
        """The functions of this package that a call runs, and the class of `self`."""
        value = self._value(node)
        if isinstance(value, type):
            if value.__module__.startswith("keras_gan"):
                yield from ((function, value) for function in constructors(value))
        elif _is_ours(function := function_in(value)):
            yield function, self._cls if self._is_self(node) else None

    def _is_self(self, node):
        return isinstance(node, ast.Attribute) and (
            isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
        )

    def _value(self, node):
        match node:
            case ast.Name(id=name):
                return self._names.get(name)
            case ast.Attribute(attr=name) if self._is_self(node):
                return inspect.getattr_static(self._cls, name, None)
            case ast.Attribute(value=owner, attr=name):
                return getattr(self._value(owner), name, None)
        return None


@functools.cache
def _tree(function):
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError):  # made by `dataclass`; a lambda amid other code
        return None


def _imports_in(tree):
    """The names of this package that a function imports."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and "keras_gan" in (node.module or ""):
            module = importlib.import_module(node.module)
            found |= {a.asname or a.name: getattr(module, a.name) for a in node.names}
    return found


def _class_of(function):
    """The class that defines a method."""
    owner = sys.modules[function.__module__]
    for name in function.__qualname__.split(".")[:-1]:
        owner = getattr(owner, name, None)
    return owner


def _is_ours(value):
    return inspect.isfunction(value) and value.__module__.startswith("keras_gan")
