"""Public docstrings name arguments, shapes, results and errors; their examples run."""

import ast
import importlib
import inspect
import itertools
import json
import re
from pathlib import Path

import keras
from harness.docstrings import (
    constructors,
    entries,
    function_in,
    refuses,
    sections,
)

RECORD = Path(__file__).with_name("public_names.json")
NAMES = json.loads(RECORD.read_text(encoding="utf-8"))["names"]
# Annotations of arrays and tensors, and how a docstring gives their shape.
ARRAY = re.compile(r"ArrayLike|ndarray|\bTensor\b")
SHAPE = re.compile(r"`\([^`]*\)`|\bscalar\b")


def value_of(path):
    """Returns what a public name stands for, and the class that it is a member of."""
    owner, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(owner), name), None
    except ModuleNotFoundError:
        cls, _ = value_of(owner)
        return inspect.getattr_static(cls, name), cls


VALUES = {path: value_of(path) for path in NAMES}
CLASSES = {
    path: value for path, (value, _) in VALUES.items() if isinstance(value, type)
}
FUNCTIONS = {
    path: (function_in(value), cls)
    for path, (value, cls) in VALUES.items()
    if path not in CLASSES and function_in(value) is not None
}
# The others are numbers, texts and the like, in modules and in classes.
CONSTANTS = {
    path: cls
    for path, (value, cls) in VALUES.items()
    if path not in CLASSES | FUNCTIONS and not inspect.ismodule(value)
}


def docstring_of(path):
    """Returns the docstring; a method that has none has that of its base."""
    value, cls = VALUES[path]
    if path in CLASSES:
        return value.__doc__
    if cls is None or function_in(value).__doc__:
        return function_in(value).__doc__
    return inspect.getdoc(getattr(cls, path.rpartition(".")[2]))


DOCSTRINGS = {path: docstring_of(path) for path in [*CLASSES, *FUNCTIONS]}
SECTIONS = {path: sections(docstring) for path, docstring in DOCSTRINGS.items()}


def parameters_of(path):
    """Returns the parameters that a docstring has to describe."""
    value = CLASSES.get(path)
    if value is None:
        function, _ = FUNCTIONS[path]
        parameters = inspect.signature(function).parameters.values()
        return [each for each in parameters if each.name not in ("self", "cls")]
    if not any(constructors(value)) and not hasattr(value, "_fields"):
        return []
    return [*inspect.signature(value).parameters.values()]


def described(path):
    """Returns the descriptions of arguments; attributes of a class are often those."""
    found = SECTIONS[path]
    return entries(found.get("Attributes", "")) | entries(found.get("Args", ""))


def test_every_public_class_and_function_has_a_docstring():
    assert len(DOCSTRINGS) > 250
    assert [path for path, docstring in DOCSTRINGS.items() if not docstring] == []


def test_every_public_constant_is_described():
    missing = []
    for path, cls in CONSTANTS.items():
        module, _, name = path.rpartition(".")
        if cls is None:
            known = "__version__" if name == "__version__" else below(module, name)
        else:
            texts = [sections(base.__doc__) for base in cls.__mro__]
            known = any(
                name in entries(text.get(section, ""))
                for text in texts
                for section in ("Args", "Attributes")
            )
        if not known:
            missing.append(path)
    assert missing == []


def below(module, name):
    """Returns the string below the assignment of a name, wherever that stands."""
    tree = ast.parse(Path(importlib.import_module(module).__file__).read_text("utf-8"))
    tried = [node.body if isinstance(node, ast.Try) else [node] for node in tree.body]
    body = list(itertools.chain.from_iterable(tried))
    for node, following in zip(body, [*body[1:], None], strict=True):
        match node:
            case ast.ImportFrom() if name in [each.asname for each in node.names]:
                return below(node.module, name)
            case (
                ast.Assign(targets=[ast.Name(id=target)])
                | ast.AnnAssign(target=ast.Name(id=target))
            ) if target == name:
                text = isinstance(following, ast.Expr) and following.value
                return isinstance(text, ast.Constant) and text.value
    return None


def test_every_parameter_is_described():
    missing = [
        f"{path}: {parameter.name}"
        for path in DOCSTRINGS
        for parameter in parameters_of(path)
        if parameter.name not in described(path)
    ]
    # The class is `Layer` with a fixed filter.
    assert missing == []


def test_every_array_has_a_shape():
    missing = [
        f"{path}: {parameter.name}"
        for path in DOCSTRINGS
        for parameter in parameters_of(path)
        if ARRAY.search(str(parameter.annotation))
        and not SHAPE.search(described(path).get(parameter.name, ""))
    ]
    for path, (function, _) in FUNCTIONS.items():
        text = SECTIONS[path].get("Returns", SECTIONS[path][""])
        if ARRAY.search(str(result_of(function))) and not SHAPE.search(text):
            missing.append(f"{path}: its result")
    for path, cls in CLASSES.items():
        if issubclass(cls, keras.layers.Layer) and path.startswith("keras_gan.layers"):
            takes = re.search(r"Takes(.*?)returns?(.*?)\.\n", DOCSTRINGS[path], re.S)
            if takes is None or not SHAPE.search(takes[1]):
                missing.append(f"{path}: its inputs and outputs")
    assert missing == []


def result_of(function):
    """Returns the annotation of a result, None of functions without one."""
    annotation = inspect.signature(function).return_annotation
    nothing = (inspect.Signature.empty, None, "None")
    return None if annotation in nothing else annotation


def test_every_result_is_described():
    missing = [
        path
        for path, (function, cls) in FUNCTIONS.items()
        if result_of(function) is not None
        and not isinstance(VALUES[path][0], property)
        and "Returns" not in SECTIONS[path]
        and not re.search(r"\b[Rr]eturns\b", SECTIONS[path][""].split("\n")[0])
    ]
    assert missing == []


def test_whatever_refuses_user_input_says_so():
    silent = [
        path
        for path in DOCSTRINGS
        for function, cls in functions_of(path)
        if "Raises" not in SECTIONS[path] and refuses(function, cls)
    ]
    assert silent == []


def functions_of(path):
    """Returns what runs when a public name is called, and the class of `self`."""
    if path in FUNCTIONS:
        return [FUNCTIONS[path]]
    return [(each, CLASSES[path]) for each in constructors(CLASSES[path])]


def test_refusals_are_found_through_calls_methods_and_constructors():
    from keras_gan import data, losses, metrics, priors

    assert refuses(priors.check_seeds)  # raises
    assert refuses(priors.labels)  # calls the one above
    assert refuses(metrics.FrechetStatistics.merge)  # a method of its base
    assert [*map(refuses, constructors(losses.penalties.R1))] == [True]
    assert not refuses(priors.names)
    assert not refuses(data.licence)


def test_errors_are_named_by_a_public_class():
    assert [path for path in DOCSTRINGS if "InputError" in DOCSTRINGS[path]] == []


def test_whatever_users_call_has_an_example():
    missing = [
        path
        for path in DOCSTRINGS
        if "Example" not in SECTIONS[path] and is_called_by_users(path)
    ]
    assert missing == []


def is_called_by_users(path):
    """Tells whether users call a function or a class themselves.

    Methods are shown in the examples of their class, networks in that of `build`.
    Functions make records and errors. The command line has a page of its own.
    """
    value, cls = VALUES[path]
    if path in CLASSES:
        makes_itself = hasattr(value, "__dataclass_fields__") or hasattr(
            value, "_fields"
        )
        return not makes_itself and not issubclass(value, Exception)
    first = next(iter(inspect.signature(value).parameters), "") if cls is None else ""
    return cls is None and first != "networks" and path != "keras_gan.cli.main"
